"""All that is asked together is answered by few queries, and each ask by exactly its own rows."""

from collections.abc import Iterator

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import parse_period
from tests.oracles import generated

AS_OF = "2026-10-05"


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.aware(generated.frames(200))


@pytest.fixture
def evaluation(tables: dict[str, pd.DataFrame]) -> Evaluation:
    crm = kt.from_frames(as_of=AS_OF, **tables)
    return Evaluation(crm, crm.as_of)


def report(crm: Crm) -> Iterator[Ask]:
    """Every KPI: the quarter, the one before, 13 months, two breakdowns."""
    quarter = parse_period("2026-Q3", crm.calendar, crm.as_of)
    months = parse_period("2026-09", crm.calendar, crm.as_of).last(13)
    for kpi in kt.kpis.registry().values():
        if kpi.is_modelled:  # a model learns at each end, which tests/models counts
            continue
        bound = kpi.bind()
        yield Ask(bound, quarter)
        yield Ask(bound, quarter.previous())
        for dimension in kpi.dimensions(crm)[:2]:
            yield Ask(bound, quarter, (dimension,))
        if kpi.finest_grain != "quarter":
            yield from (Ask(bound, month) for month in months)


def test_a_report_of_all_kpis_takes_86_queries(evaluation: Evaluation) -> None:
    """One for totals and one for breakdowns of each fact and time column, one of orders beside the
    customer's others, one that makes the stays, and two of the first days of records, before which
    a year's figure is of a part, and nothing is no 0.
    """
    asks = list(report(evaluation.crm))
    values = evaluation.values(asks)
    assert len(values) == len(asks)
    assert evaluation.crm.queries == 86


def test_facts_that_differ_in_their_dimensions_only_are_read_together(
    evaluation: Evaluation,
) -> None:
    crm = evaluation.crm
    quarter = parse_period("2026-Q3", crm.calendar, crm.as_of)
    asks = [Ask(kpi.bind(), quarter, ("owner",)) for kpi in (kt.won_deals, kt.lost_deals)]
    asks += [Ask(kpi.bind(), quarter) for kpi in (kt.pipeline_deals, kt.deals_by_status)]
    together = evaluation.values(asks)
    assert crm.queries == 2
    # What a deal had become by then is derived, and not the column of that name.
    became = Ask(kt.deals_by_status.bind(), quarter, ("status",))
    assert {v.members["status"] for v in evaluation.values([became])[became]} > {"open", "won"}
    assert crm.queries == 3
    for ask, values in together.items():
        assert Evaluation(crm, evaluation.as_of).values([ask])[ask] == values


def test_what_was_computed_is_not_computed_again(evaluation: Evaluation) -> None:
    first = evaluation.values(report(evaluation.crm))
    before = evaluation.crm.queries
    assert evaluation.values(report(evaluation.crm)) == first
    assert evaluation.crm.queries == before


def test_a_batch_gives_what_each_ask_gives_alone(evaluation: Evaluation) -> None:
    together = evaluation.values(report(evaluation.crm))
    for ask, values in list(together.items())[::5]:
        assert Evaluation(evaluation.crm, evaluation.as_of).values([ask])[ask] == values


def test_a_kpi_that_is_not_available_does_not_stop_the_others(
    tables: dict[str, pd.DataFrame],
) -> None:
    crm = kt.from_frames(as_of=AS_OF, deals=tables["deals"])
    quarter = parse_period("2026-Q3", crm.calendar, crm.as_of)
    asks = [Ask(k.bind(), quarter) for k in (kt.churn_rate, kt.won_value, kt.time_in_stage)]
    churn, won, time = (found[0] for found in Evaluation(crm, crm.as_of).values(asks).values())
    assert (churn.status, churn.reason) == ("not_available", "the data lack accounts")
    assert time.reason == "the data lack deal_stages, stages"
    assert won.status == "ok"


def test_periods_that_overlap_do_not_disturb_each_other(evaluation: Evaluation) -> None:
    crm = evaluation.crm
    keys = ["2026", "2026-Q3", "2026-09", "2026-W36", "all", "2026-08"]
    periods = [parse_period(key, crm.calendar, crm.as_of) for key in keys]
    asks = [Ask(kt.won_value.bind(), period) for period in periods]
    together = [found[0].value for found in evaluation.values(asks).values()]
    assert together == [kt.won_value(crm, key).value for key in keys]


def test_a_join_does_not_multiply_the_rows_of_a_fact(tables: dict[str, pd.DataFrame]) -> None:
    bought = tables["orders"].assign(amount=1.0)
    crm = kt.from_frames(as_of=AS_OF, **{**tables, "orders": bought})
    lines = kt.new_customer_revenue.records(crm, "all", new_for="months", months=9_999)
    known = bought["account_id"].notna()
    assert len(lines) == known.sum()
    assert lines["line"].is_unique
