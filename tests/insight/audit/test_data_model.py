"""What KPIs read, as their definitions say it."""

import pandas as pd

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight.audit.data_model import data_model
from kpi_toolkit.kpis import find, registry


def uses(*kpis: str) -> dict[tuple[str, str], str]:
    tables = data_model(find(kpi) for kpi in kpis)
    return {(t.name, c.name): c.use for t in tables for c in t.columns}


def test_a_column_is_needed_where_the_kpi_lacks_it() -> None:
    found = uses("won_value")
    assert {column for (_, column), use in found.items() if use == "needed"} == {
        "amount",
        "closed_at",
        "status",
    }
    assert found["deals", "deal_id"] == "id"
    assert found["deals", "region"] == "breakdown"


def test_tables_that_lead_to_the_number_are_needed_too() -> None:
    tables = {table.name: table.needed for table in data_model([find("time_in_stage")])}
    assert tables == {"deal_stages": True, "deals": True, "stages": True}


def test_a_column_that_may_be_absent_is_used() -> None:
    found = uses("sales_cycle")
    assert found["deals", "first_contact_at"] == "used"
    assert found["deals", "created_at"] == "needed"


def test_of_several_kpis_the_strongest_use_counts_and_names_its_kpis() -> None:
    tables = data_model([find("new_customer_revenue"), find("retention_rate")])
    accounts = next(table for table in tables if table.name == "accounts")
    column = next(c for c in accounts.columns if c.name == "became_customer_at")
    assert (column.use, column.kpis) == ("needed", ("retention_rate",))


def test_a_crm_with_what_is_needed_lacks_nothing() -> None:
    for kpi in registry().values():
        frames = {
            table.name: pd.DataFrame({c.name: [] for c in table.columns if c.use == "needed"})
            for table in data_model([kpi])
            if table.needed
        }
        assert kpi.lacks(from_frames(**frames)) == (), kpi.name
