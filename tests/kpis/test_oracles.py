"""Every KPI equals a second implementation to the last bit: periods, time zones, members."""

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.kpis import find, registry
from tests.oracles import generated
from tests.oracles.bounds import bounds
from tests.oracles.every import ORACLES
from tests.oracles.options import OPTIONS
from tests.oracles.oracle import Frames

AS_OF = "2026-10-05T06:00:00"
# A moment after which the export knows more: what happened later must not count.
BEFORE = "2026-08-20T10:30:00"
ZONES = ["UTC", "Europe/Paris", "America/New_York"]
CASES = [(name, options) for name in ORACLES for options in [{}, *OPTIONS.get(name, [])]]
DIMENSIONS = {
    "sales": [("owner",), ("source",), ("team", "owner")],
    "orders": [("segment",), ("product",), ("owner", "channel")],
    "subscriptions": [("plan",), ("segment",), ("segment", "plan")],
    "customers": [("segment",), ("region", "segment")],
    "service": [("category",), ("range",), ("team", "product")],
    "marketing": [("campaign_id",), ("variant",), ("campaign_id", "variant")],
}
OTHERS = {
    "new_customer_revenue": [("segment",), ("product",), ("owner", "channel")],
    **dict.fromkeys(
        ("time_in_stage", "time_in_stage_median", "stage_conversion_rate")
        + ("pipeline_value_by_stage", "pipeline_deals_by_stage"),
        [("stage",), ("owner",), ("stage", "source")],
    ),
    **dict.fromkeys(
        ("deals_by_status", "deal_value_by_status", "average_opportunity_value"),
        [("status",), ("source",), ("owner", "status")],
    ),
    **dict.fromkeys(("lost_deals", "lost_value"), [("close_reason",), ("stage", "owner")]),
    "new_product_conversion_rate": [("product",), ("team", "owner")],
    "new_customers": [("segment",), ("region", "segment")],
    "upsell_rate": [("segment",)],
    "customer_satisfaction": [("segment",), ("category",), ("team", "segment")],
    "leads_created": [("source",), ("channel", "segment")],
    **dict.fromkeys(
        (
            "lead_conversion_rate",
            "lead_to_opportunity_rate",
            "lead_source_success_rate",
            "lead_response_time",
            "lead_response_median",
        ),
        [("source",), ("channel", "segment")],
    ),
}
LAST = {"day": "2026-10-02", "week": "2026-W40", "month": "2026-10", "quarter": "2026-Q4"}


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.frames()


@pytest.fixture(scope="module", params=ZONES)
def abroad(request: pytest.FixtureRequest, tables: dict[str, pd.DataFrame]) -> Crm:
    return crm_of(tables, time_zone=request.param)


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return crm_of(tables, time_zone="Europe/Paris")


def crm_of(tables: dict[str, pd.DataFrame], **settings: object) -> Crm:
    as_of = pd.Timestamp(AS_OF).to_pydatetime()
    return from_frames(as_of=as_of, **settings, **generated.aware(tables))


def test_every_kpi_has_an_oracle() -> None:
    """What a model estimates has its own tests in tests/models."""
    measured = {name for name, k in registry().items() if k.family != "own" and not k.is_modelled}
    assert set(ORACLES) == measured


@pytest.mark.parametrize(("name", "options"), CASES)
def test_value(abroad: Crm, tables: Frames, name: str, options: dict[str, object]) -> None:
    for key, as_of in [("2026-Q3", AS_OF), ("2026-Q3", BEFORE), ("2026", AS_OF)]:
        at = bounds(key, as_of, abroad.calendar.time_zone)
        found = find(name).rows(abroad, key, as_of=at.as_of.to_pydatetime(), **options)
        assert found[0].value == ORACLES[name].value(tables, at, **options), (key, as_of)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_breakdowns_and_missing_members(
    crm: Crm, tables: Frames, name: str, options: dict[str, object]
) -> None:
    at = bounds("2026-Q3", AS_OF, crm.calendar.time_zone)
    for dimensions in OTHERS.get(name, DIMENSIONS[find(name).family]):
        found = find(name).rows(crm, "2026-Q3", by=dimensions, **options)
        values = {tuple(v.members.values()): v.value for v in found}
        assert values == ORACLES[name].by(tables, at, *dimensions, **options)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_series(crm: Crm, tables: Frames, name: str, options: dict[str, object]) -> None:
    found = find(name).rows(crm, LAST[find(name).finest_grain], n=6, **options)
    expected = [
        ORACLES[name].value(tables, bounds(v.period.key, AS_OF, crm.calendar.time_zone), **options)
        for v in found
    ]
    assert [v.value for v in found] == expected
    assert any(value is not None for value in expected)


@pytest.mark.parametrize("name", ORACLES)
def test_fiscal_year(tables: Frames, name: str) -> None:
    crm = crm_of(tables, fiscal_year_starts=4)
    for key in ["2027-Q1", "2027-Q2", "2026", "2027"]:
        at = bounds(key, AS_OF, fiscal_year_starts=4)
        assert find(name)(crm, key).value == ORACLES[name].value(tables, at)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_records_make_the_value_again(crm: Crm, name: str, options: dict[str, object]) -> None:
    kpi = find(name)
    found = kpi(crm, "2026-Q3", **options)
    again = _reaggregated(kpi.records(crm, "2026-Q3", **options), name, **options)
    assert again == pytest.approx(found.value, rel=1e-12)


def _reaggregated(records: pd.DataFrame, name: str, **options: object) -> float:
    if name == "pipeline_velocity":
        return _velocity(records, **options)
    if name in REAGGREGATED:
        return REAGGREGATED[name](records)
    above = records[records["in_numerator"]]
    measured = above["measured"].sum() if "measured" in records else len(above)
    return measured / records["in_denominator"].sum() if "in_denominator" in records else measured


def _of_delivered(records: pd.DataFrame) -> float:
    return records["measured"].sum() / records["delivered"].sum()


def _survival_median(records: pd.DataFrame) -> float:
    """The product-limit estimate as an analyst would write it in a notebook."""
    table = records.groupby("measured")["ended"].agg(["sum", "size"])
    at_risk = len(records) - table["size"].cumsum().shift(fill_value=0)
    survival = (1 - table["sum"] / at_risk).cumprod()
    return survival.index[survival <= 0.5][0]


def _velocity(records: pd.DataFrame, start: str = "first_contact") -> float:
    """Open deals x average won deal x win rate, over the cycle, from the columns of the deals."""
    closed = records[records["closed_at"] < "2026-09-30 22:00"]
    won = closed[closed["status"] == "won"]
    contact = won["first_contact_at"] if start == "first_contact" else won["created_at"]
    began = contact.fillna(won["created_at"])
    days = (won["closed_at"] - began)[began <= won["closed_at"]] / pd.Timedelta(days=1)
    still_open = len(records) - len(closed)
    return still_open * won["amount"].mean() * len(won) / len(closed) / days.mean()


# What is not a sum or a count of the records, or such a one over a count.
REAGGREGATED = {
    "time_in_stage_median": lambda records: records["measured"].median(),
    "sales_cycle_median": lambda records: records["measured"].median(),
    "sales_cycle_survival": _survival_median,
    "average_purchase": lambda r: r["measured"].sum() / r["order_id"][r["amount"] >= 0].nunique(),
    "buying_customers": lambda records: records["account_id"].nunique(),
    "purchase_frequency": lambda r: r["order_id"].nunique() / r["account_id"].nunique(),
    "resolution_time_median": lambda records: records["measured"].median(),
    "lead_response_median": lambda records: records["measured"].median(),
    "profit_margin": lambda r: r["measured"].sum() / (r["measured"] + r["cost"]).sum(),
    "email_open_rate": _of_delivered,
    "email_click_rate": _of_delivered,
    "email_conversion_rate": _of_delivered,
}
