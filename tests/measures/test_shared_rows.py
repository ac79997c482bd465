"""Rows that are derived from other rows are made once for all that is asked together."""

from collections.abc import Iterator

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import parse_period
from tests.oracles import generated

OF_STAGES = (
    *(kt.stage_conversion_rate, kt.time_in_stage),
    *(kt.pipeline_value_by_stage, kt.pipeline_deals_by_stage),
)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.aware(generated.frames(200))


@pytest.fixture
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return kt.from_frames(as_of="2026-10-05", **tables)


def of_stages(crm: Crm) -> Iterator[Ask]:
    """KPIs of stays: 13 months, and the last one by stage."""
    month = parse_period("2026-09", crm.calendar, crm.as_of)
    for kpi in OF_STAGES:
        yield from (Ask(kpi.bind(), each) for each in month.last(13))
        yield Ask(kpi.bind(), month, ("stage",))


def tables_left(crm: Crm) -> int:
    found = crm.connection.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary")
    return found.fetchall()[0][0]


def test_stays_are_sorted_once_for_all_kpis_of_stages(crm: Crm, log: list[str]) -> None:
    Evaluation(crm, crm.as_of).values(of_stages(crm))
    dear = [sql for sql in log if "PARTITION BY" in sql]
    assert len(dear) == 1
    assert dear[0].startswith('CREATE TEMP TABLE "_made_0" AS SELECT')
    assert sum('FROM "_made_0"' in sql for sql in log) > 4


def test_values_are_those_of_each_ask_alone_to_the_last_bit(crm: Crm) -> None:
    together = Evaluation(crm, crm.as_of).values(of_stages(crm))
    for ask, values in together.items():
        # A KPI of a single query makes its rows within it.
        assert Evaluation(crm, crm.as_of).values([ask])[ask] == values


def test_what_one_query_reads_is_made_within_it(crm: Crm, log: list[str]) -> None:
    month = parse_period("2026-09", crm.calendar, crm.as_of)
    Evaluation(crm, crm.as_of).values([Ask(kt.pipeline_deals_by_stage.bind(), month)])
    assert not any("CREATE" in sql for sql in log)


def test_nothing_is_left_when_all_is_answered_or_a_query_fails(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation = Evaluation(crm, crm.as_of)
    evaluation.values(of_stages(crm))
    assert tables_left(crm) == 0
    query = crm.query

    def fails(sql: str, *parameters: object) -> list[tuple]:
        if "GROUPING" in sql:
            assert tables_left(crm) == 1
            raise InterruptedError
        return query(sql, *parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(crm, "query", fails)
    with pytest.raises(InterruptedError):
        Evaluation(crm, crm.as_of).values(of_stages(crm))
    assert tables_left(crm) == 0


def test_the_sql_that_is_shown_is_whole(crm: Crm) -> None:
    month = parse_period("2026-09", crm.calendar, crm.as_of)
    evaluation = Evaluation(crm, crm.as_of)
    for sql in evaluation.explain(Ask(kt.stage_conversion_rate.bind(), month, ("stage",))):
        assert "_made_" not in sql
        assert crm.query(sql)


def test_records_in_their_own_database_are_not_copied(
    crm: Crm, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm, "is_local", lambda sql: False)
    together = Evaluation(crm, crm.as_of).values(of_stages(crm))
    assert not any("CREATE" in sql for sql in log)
    monkeypatch.undo()
    assert Evaluation(crm, crm.as_of).values(of_stages(crm)) == together
