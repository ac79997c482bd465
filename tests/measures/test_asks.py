"""What an analyst asks and gets: values, breakdowns, series, records, refusals."""

import numpy as np
import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DataError, DefinitionError, NotAvailable, PeriodError
from tests.oracles import generated

AS_OF = "2026-10-05"
ADDITIVE = ["won_value", "pipeline_value", "new_customer_revenue"]
COLUMNS = ["value", "lower", "upper", "numerator", "denominator", "n", "status"]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.aware(generated.frames(200))


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return kt.from_frames(as_of=AS_OF, **tables)


# -- forms of data


def test_a_crm_a_dict_of_frames_and_one_frame_give_one_value(
    tables: dict[str, pd.DataFrame],
) -> None:
    deals = tables["deals"]
    asked = {"period": "2026-Q3", "as_of": AS_OF}
    values = {
        kt.decided_win_rate(data, **asked).value
        for data in (kt.from_frames(deals=deals), {"deals": deals}, deals)
    }
    assert len(values) == 1


def test_something_else_is_refused() -> None:
    with pytest.raises(DataError, match="a dict of frames or one frame"):
        kt.decided_win_rate([1, 2], "2026-Q3")


def test_the_frames_stay_as_they_are(tables: dict[str, pd.DataFrame]) -> None:
    before = {name: frame.copy(deep=True) for name, frame in tables.items()}
    for kpi in kt.kpis.registry().values():
        kpi(tables, "2026-Q3", as_of=AS_OF)
        kpi.records(tables, "2026-Q3", as_of=AS_OF)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


# -- breakdowns and series


@pytest.mark.parametrize("name", ADDITIVE)
@pytest.mark.parametrize("by", [("owner",), ("product",), ("owner", "product")])
def test_the_members_of_a_sum_add_up_to_it(crm: Crm, name: str, by: tuple[str, ...]) -> None:
    kpi = getattr(kt, name)
    members, total = kpi.by(crm, "2026-Q3", *by), kpi(crm, "2026-Q3")
    assert members["value"].sum() == pytest.approx(total.value, rel=1e-12)
    assert members["n"].sum() == total.n
    assert len(members) >= 2


def test_parts_of_a_share_add_up_to_its_parts(crm: Crm) -> None:
    members, total = kt.close_rate.by(crm, "2026-Q3", "team"), kt.close_rate(crm, "2026-Q3")
    parts = members[["numerator", "denominator"]].sum()
    assert parts.tolist() == [total.numerator, total.denominator]


def test_a_missing_owner_is_a_member(crm: Crm) -> None:
    members = [v.members["owner"] for v in kt.won_value.rows(crm, "2026-Q3", by=["owner"])]
    assert None in members
    assert kt.won_value.by(crm, "2026-Q3").index.hasnans


def test_a_breakdown_is_a_frame_with_the_greatest_first(crm: Crm) -> None:
    found = kt.won_value.by(crm, "2026-Q3", "team", "product")
    assert found.columns.tolist() == COLUMNS
    assert found.index.names == ["team", "product"]
    assert set(found[COLUMNS[:5]].dtypes) == {np.dtype("float64")}
    assert found["value"].is_monotonic_decreasing


def test_a_breakdown_in_the_other_order_has_the_same_members(crm: Crm) -> None:
    one, other = (
        kt.won_value.by(crm, "2026-Q3", *by)["value"]
        for by in (("team", "owner"), ("owner", "team"))
    )
    assert {(b, a): v for (a, b), v in one.items()} == pytest.approx(other.to_dict(), nan_ok=True)


def test_a_series_is_a_frame_by_the_start_of_periods(crm: Crm) -> None:
    found = kt.won_value.series(crm, "2026-09", n=13)
    assert found.columns.tolist() == COLUMNS
    assert found.index[0] == pd.Timestamp("2025-09-01")
    assert found.index[-1] == pd.Timestamp("2026-09-01")
    assert found["value"].iloc[-1] == kt.won_value(crm, "2026-09").value
    rates = kt.decided_win_rate.series(crm, "2026-09", n=2)
    bounds = kt.decided_win_rate(crm, "2026-09").interval
    assert tuple(rates[["lower", "upper"]].iloc[-1]) == bounds


def test_months_of_a_quarter_add_up_to_it(crm: Crm) -> None:
    months = kt.won_value.series(crm, "2026-09", n=3)["value"].sum()
    assert months == pytest.approx(kt.won_value(crm, "2026-Q3").value, rel=1e-12)


def test_columns_of_the_users_own_are_dimensions(tables: dict[str, pd.DataFrame]) -> None:
    """Whatever their names: those that the queries give to columns of their own, or a quote."""
    team = tables["deals"]["team"]
    crm = kt.from_frames(deals=tables["deals"].assign(p0=team, d0=team, **{'a "b': team}))
    expected = kt.won_value.by(crm, "2026-Q3", "team")["value"].tolist()
    for name in ("p0", "d0", 'a "b'):
        assert kt.won_value.by(crm, "2026-Q3", name)["value"].tolist() == expected
        assert kt.pipeline_value.by(crm, "2026-Q3", name)["n"].sum() > 0


# -- periods


def test_a_period_that_has_not_started_is_no_data(crm: Crm) -> None:
    found = kt.won_value(crm, "2027-Q1")
    assert (found.value, found.status, found.reason) == (
        None,
        "no_data",
        "the period has not started",
    )
    assert kt.won_value.by(crm, "2027-Q1", "owner").empty


def test_a_finer_grain_is_refused_with_the_reason(crm: Crm) -> None:
    with pytest.raises(PeriodError, match="close_rate by week: it is defined by month or longer"):
        kt.close_rate(crm, "2026-W38")
    assert kt.decided_win_rate(crm, "2026-W38").status == "ok"


def test_all_time_has_no_previous_and_counts_undated_rows() -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "b"],
            "status": ["won", "won"],
            "amount": [1.0, 2.0],
            "closed_at": pd.to_datetime(["2026-01-01", None]),
        }
    )
    found = kt.won_value({"deals": deals}, "all")
    assert (found.value, found.previous) == (3.0, None)


def test_while_a_period_runs_the_one_before_is_cut_after_as_many_business_days() -> None:
    """On Tuesday 6 October three are over: the third of July was Friday the 3rd."""
    days = pd.to_datetime(["2026-07-03", "2026-07-06", "2026-10-02"])
    deals = pd.DataFrame(
        {"deal_id": ["a", "b", "c"], "status": "won", "amount": [1.0, 2.0, 4.0], "closed_at": days}
    )
    found = kt.won_value({"deals": deals}, "2026-Q4", as_of="2026-10-06")
    assert (found.value, found.previous.base.value, found.previous.business_days) == (4.0, 1.0, 3)
    assert "+300.0% on the first 3 business days of Q3\u00a02026" in str(found)
    later = kt.won_value({"deals": deals}, "2026-Q4", as_of="2027-02-01")
    assert (later.previous.base.value, later.previous.business_days) == (3.0, None)


# -- refusals


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda c: kt.won_value.by(c, "2026-Q3", "ownr"), "did you mean 'owner'"),
        (lambda c: kt.close_rate.by(c, "2026-Q3"), "name a dimension"),
        (lambda c: kt.won_value(c, "2026-Q3", start="creation"), "option 'start' of won_value"),
        (lambda c: kt.sales_cycle(c, "2026-Q3", strt="creation"), "did you mean 'start'"),
        (lambda c: kt.sales_cycle(c, "2026-Q3", start="creaton"), "did you mean 'creation'"),
        (lambda c: kt.new_customer_revenue(c, "2026-Q3", months="x"), "expected a whole number"),
        (lambda c: kt.new_customer_revenue(c, "2026-Q3", months=-1), "expected a whole number"),
        (lambda c: kt.new_customer_revenue(c, "2026-Q3", months=True), "expected a whole number"),
        (lambda c: kt.kpis.find("close_rte"), "did you mean 'close_rate'"),
        (lambda c: kt.won_value.series(c, "2026-09", n=0), "expected at least 1"),
    ],
)
def test_a_mistake_is_one_sentence(crm: Crm, ask: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        ask(crm)


def test_what_is_missing_is_named(tables: dict[str, pd.DataFrame]) -> None:
    crm = kt.from_frames(deals=tables["deals"].drop(columns=["amount", "first_contact_at"]))
    with pytest.raises(NotAvailable, match="the data lack deals.amount;"):
        kt.won_value(crm, "2026-Q3")
    with pytest.raises(NotAvailable, match="the data lack accounts;"):
        kt.churn_rate(crm, "2026-Q3")
    # An optional column is not missed.
    assert kt.sales_cycle(crm, "2026-Q3").status == "ok"


def test_a_dimension_that_the_data_lack_is_not_offered(tables: dict[str, pd.DataFrame]) -> None:
    crm = kt.from_frames(deals=tables["deals"].drop(columns="owner"))
    assert "owner" not in kt.won_value.dimensions(crm)
    with pytest.raises(DefinitionError, match="by 'owner'"):
        kt.won_value.by(crm, "2026-Q3")
