"""Every KPI on tables without rows: all its SQL is bound, and no rate is 0 %."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.tables import TABLES

TYPES = {
    "instant": "datetime64[us]",
    "date": "datetime64[us]",
    "money": "float64",
    "number": "float64",
    "whole": "int64",
    "boolean": "bool",
}
KPIS = list(kt.kpis.registry())


def empty(table: str, *, without_optional: bool = False) -> pd.DataFrame:
    columns = TABLES[table].columns.values()
    return pd.DataFrame(
        {
            column.name: pd.Series(dtype=TYPES.get(column.type, "str"))
            for column in columns
            if not (without_optional and column.optional)
        }
    )


@pytest.fixture(scope="module", params=[False, True], ids=["all columns", "required columns"])
def crm(request: pytest.FixtureRequest) -> Crm:
    tables = {t: empty(t, without_optional=request.param) for t in TABLES if t != "targets"}
    return kt.from_frames(as_of="2026-10-05", **tables)


@pytest.mark.parametrize("name", KPIS)
def test_a_kpi_is_bound_on_empty_tables(crm: Crm, name: str) -> None:
    kpi = kt.kpis.find(name)
    found = kpi(crm, "2026-Q3")
    assert found.value in (None, 0.0)
    assert found.status == ("no_data" if found.value is None else "ok")
    assert kpi.records(crm, "2026-Q3").empty
    assert kpi.series(crm, "2026-Q3", 3)["n"].tolist() == [0, 0, 0]
    assert kpi.sql(crm, "2026-Q3")


@pytest.mark.parametrize("name", KPIS)
def test_every_dimension_is_bound_on_empty_tables(crm: Crm, name: str) -> None:
    kpi = kt.kpis.find(name)
    assert kpi.dimensions(crm)
    for dimension in kpi.dimensions(crm):
        assert kpi.by(crm, "2026-Q3", dimension).empty


@pytest.mark.parametrize("name", KPIS)
def test_a_kpi_needs_its_own_tables_only(name: str) -> None:
    kpi = kt.kpis.find(name)
    facts = {measure.fact for measure in kpi.bind().measures}
    tables = {table for fact in facts for table in (fact.table, *fact.required)}
    crm = kt.from_frames(as_of="2026-10-05", **{t: empty(t) for t in tables})
    assert kpi(crm, "2026-Q3").n == 0
    for dimension in kpi.dimensions(crm):
        assert kpi.by(crm, "2026-Q3", dimension).empty
