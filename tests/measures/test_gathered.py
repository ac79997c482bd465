"""Rows that lie between the same bounds are gathered before the periods look at them; every number
stays what it is row by row.
"""

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.kpis.facts import accounts, deals, in_pipeline
from kpi_toolkit.measures.batch import Batch, Need
from kpi_toolkit.measures.bounded import bounded
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.gathered import can_be_gathered, gathered
from kpi_toolkit.period import parse_period

# Every pair of a beginning and an end that lies on a bound, beside one, between two or nowhere.
INSTANTS = [
    *("2026-05-31 23:59:59.999999", "2026-06-01", "2026-06-01 00:00:00.000001", "2026-07-15"),
    *("2026-08-01", "2026-08-31 23:59:59.999999", "2026-09-30", "2026-10-01", None),
]
PAIRS = list(product(INSTANTS, INSTANTS))


@pytest.fixture(scope="module")
def crm() -> Crm:
    began, closed = (
        pd.to_datetime(pd.Series(each), format="ISO8601", utc=True)
        for each in zip(*PAIRS, strict=True)
    )
    n = range(len(PAIRS))
    status = [["won", "lost"][i % 2] if pair[1] else "open" for i, pair in enumerate(PAIRS)]
    frame = pd.DataFrame(
        {
            "deal_id": [f"d{i}" for i in n],
            "status": status,
            "amount": [None if i % 7 == 0 else 100.25 * i for i in n],
            "owner": [None if i % 5 == 0 else f"owner {i % 4}" for i in n],
            "source": [f"source {i % 3}" for i in n],
            "created_at": began,
            "closed_at": closed,
        }
    )
    return kt.from_frames(as_of="2026-10-05", deals=frame)


def measures() -> tuple[Measure, ...]:
    parts = (deals.at_start, deals.at_end, deals.during)
    amounts = [part.sum("amount") for part in parts]
    return (
        *amounts,
        *(replace(amount, aggregate="squares") for amount in amounts),
        *(part.count() for part in parts),
        *(part.count("status = 'won'", of="amount") for part in parts),
        deals.during.count("status = 'won' and closed_at >= :start and closed_at < :end"),
        deals.during.count("(closed_at is null or closed_at >= :end) and not status = 'lost'"),
        deals.sum("amount", "created_at >= :since and closed_at < :start"),
        deals.count("closed_at < :start or closed_at >= :end"),
    )


@pytest.mark.parametrize("bys", [((),), (("owner",), ("source",)), (("owner", "source"), ())])
@pytest.mark.parametrize("key", ["2026-09", "2026-Q3", "all"])
def test_gathered_rows_give_what_each_row_gives(
    crm: Crm, bys: tuple[tuple[str, ...], ...], key: str
) -> None:
    evaluation = Evaluation(crm, crm.as_of)
    last = parse_period(key, crm.calendar, crm.as_of)
    spans = tuple(map(evaluation.span, last.last(5) if key != "all" else [last]))
    batch = Batch(deals, None, measures(), bys, (spans,))
    assert all(map(can_be_gathered, batch.measures))
    asked = (form(batch, crm.columns, "UTC") for form in (gathered, bounded))
    together, by_row = (dict(query.read(crm.query(query.sql))) for query in asked)
    assert _with_rows(together) == _with_rows(by_row)


def _with_rows(cells: dict[Need, dict]) -> dict[Need, dict]:
    return {need: {m: c for m, c in found.items() if c.n} for need, found in cells.items()}


@pytest.mark.parametrize(
    "measure",
    [
        deals.count("closed_at <= :end"),
        deals.count("closed_at > :start"),
        deals.count("coalesce(closed_at, :end) < :end"),
        deals.count("local_day(closed_at) < local_day(:end)"),
        deals.count("closed_at - created_at < :end - :start"),
        deals.count("created_at < :end and closed_at = expected_close_on or closed_at < :end"),
        deals.at_end.sum("days(created_at, :end)"),
        deals.at_end.median("amount"),
        deals.at_end.distinct("account_id"),
    ],
)
def test_what_asks_more_of_a_row_than_its_side_of_a_bound_is_not_gathered(measure: Measure) -> None:
    assert not can_be_gathered(measure)


def test_the_series_of_a_stock_of_the_registry_is_gathered() -> None:
    found = {in_pipeline: "during", deals: "at_end", accounts: "at_start"}
    assert all(can_be_gathered(getattr(fact, part).count()) for fact, part in found.items())


def test_periods_add_no_column_to_the_query(crm: Crm) -> None:
    evaluation = Evaluation(crm, crm.as_of)
    months = parse_period("2026-09", crm.calendar, crm.as_of).last(13)
    spans = tuple(map(evaluation.span, months))
    sqls = [
        gathered(Batch(deals, None, measures(), ((),), (asked,)), crm.columns, "UTC").sql
        for asked in (spans[-1:], spans)
    ]
    assert sqls[0].count("FILTER") == sqls[1].count("FILTER")
