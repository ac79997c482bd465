"""The KPIs of the pipeline, of leads and of customers won, on tables worked out by hand."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm

AS_OF = "2026-10-05"
STAGES = pd.DataFrame({"stage": ["contact", "proposal", "closing"], "position": [1, 2, 3]})


def crm_of(**tables: pd.DataFrame) -> Crm:
    return kt.from_frames(as_of=AS_OF, **tables)


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    moments = {c: pd.to_datetime(frame[c], format="ISO8601") for c in frame if c.endswith("_at")}
    return frame.assign(**moments)


def deals(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    return dated(frame.assign(deal_id=[f"d{i}" for i in range(len(frame))]))


# -- what is open, won and lost

THIRD = deals(
    [
        ("won", 100.0, "2026-06-01", "2026-07-01 00:00", "price", True),
        ("lost", 300.0, "2026-07-10", "2026-09-30 23:59", "late", True),
        ("lost", None, "2026-07-10", "2026-08-01", None, False),
        ("won", 500.0, "2026-08-01", "2026-10-01 00:00", None, True),
        ("open", 900.0, "2026-09-30", None, None, None),
        ("open", 50.0, "2026-10-01 00:00", None, None, True),
        ("lost", 70.0, "2026-05-01", "2026-06-30 23:59", "price", None),
    ],
    ["status", "amount", "created_at", "closed_at", "close_reason", "is_focus"],
)


@pytest.mark.parametrize(
    ("kpi", "value", "n"),
    [
        ("opportunities_created", 4, 4),
        ("won_deals", 1, 1),
        ("lost_deals", 2, 2),
        ("lost_value", 300.0, 1),
        # The fourth was signed at the instant at which October starts.
        ("pipeline_deals", 2, 2),
        ("focus_opportunities", 1, 1),
        ("focus_value", 500.0, 1),
        # In the pipeline: all but the last two; one of them has no amount.
        ("average_opportunity_value", (100 + 300 + 500 + 900) / 4, 4),
        ("deals_by_status", 5, 5),
        ("deal_value_by_status", 1_800.0, 4),
    ],
)
def test_the_third_quarter(kpi: str, value: float, n: int) -> None:
    found = getattr(kt, kpi)(crm_of(deals=THIRD), "2026-Q3")
    assert (found.value, found.n) == (value, n)


def test_a_status_is_that_of_the_end_of_the_period() -> None:
    crm = crm_of(deals=THIRD)
    third, fourth = kt.deals_by_status.by(crm, "2026-Q3"), kt.deals_by_status.by(crm, "2026-Q4")
    assert third["value"].to_dict() == {"open": 2, "lost": 2, "won": 1}
    assert fourth["value"].to_dict() == {"open": 2, "won": 1}
    amounts = kt.deal_value_by_status.by(crm, "2026-Q3")["value"]
    assert amounts.to_dict() == {"open": 1_400, "lost": 300, "won": 100}


def test_reasons_are_those_of_the_deals_lost() -> None:
    found = kt.lost_deals.by(crm_of(deals=THIRD), "2026-Q3")
    assert {k if isinstance(k, str) else None: v for k, v in found["value"].items()} == {
        "late": 1, None: 1,
    }  # fmt: skip


def test_a_rate_is_not_broken_down_by_its_own_outcome() -> None:
    crm = crm_of(deals=THIRD)
    for kpi in (kt.decided_win_rate, kt.close_rate, kt.opportunity_to_customer_rate):
        assert not {"status", "close_reason", "stage"} & set(kpi.dimensions(crm))


def test_velocity_is_what_open_deals_bring_in_a_day() -> None:
    """4 open deals x 1,000 on average x 1 of 2 won, over a cycle of 50 days: 40 a day."""
    rows = [("open", 1.0, "2026-09-01", None)] * 4
    rows += [
        ("won", 1_000.0, "2026-07-12", "2026-08-31"),
        ("lost", 9.0, "2026-07-12", "2026-08-31"),
    ]
    crm = crm_of(deals=deals(rows, ["status", "amount", "created_at", "closed_at"]))
    found = kt.pipeline_velocity(crm, "2026-Q3")
    assert (found.value, found.unit, found.denominator) == (40, "money_per_day", 50)
    assert str(found).startswith("€40/day")
    assert kt.pipeline_velocity(crm, "2026-Q2").value is None


# -- stages


def stays(*paths: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    rows = [(f"d{i}", *stay) for i, path in enumerate(paths) for stay in path]
    return dated(pd.DataFrame(rows, columns=["deal_id", "stage", "entered_at"]))


def stage_crm(statuses: list[tuple[str, str | None]], *paths: tuple[tuple[str, str], ...]) -> Crm:
    rows = [(status, 10.0 * (i + 1), closed) for i, (status, closed) in enumerate(statuses)]
    frame = deals(rows, ["status", "amount", "closed_at"])
    return crm_of(deals=frame, deal_stages=stays(*paths), stages=STAGES)


def conversion(crm: Crm, period: str, **options: object) -> dict[str, tuple[float, float]]:
    found = kt.stage_conversion_rate.by(crm, period, **options)
    return {str(k): (row["numerator"], row["denominator"]) for k, row in found.iterrows()}


def test_a_later_stage_or_a_win_is_an_advance() -> None:
    """One deal goes stage by stage, one skips, one is won from the second stage, one stays."""
    crm = stage_crm(
        [("won", "2026-09-30"), ("lost", "2026-09-30"), ("won", "2026-09-20"), ("open", None)],
        (("contact", "2026-07-01"), ("proposal", "2026-07-10"), ("closing", "2026-08-01")),
        (("contact", "2026-07-01"), ("closing", "2026-07-20")),
        (("contact", "2026-07-01"), ("proposal", "2026-07-02")),
        (("contact", "2026-07-01"),),
    )
    assert conversion(crm, "2026-07") == {"contact": (3, 4), "proposal": (2, 2), "closing": (0, 1)}
    assert conversion(crm, "2026-07", advance="in_order") == {
        "contact": (2, 4), "proposal": (1, 2), "closing": (0, 1),
    }  # fmt: skip
    assert conversion(crm, "2026-08", advance="in_order") == {"closing": (1, 1)}


def test_only_the_first_stay_counts_and_a_step_back_is_no_advance() -> None:
    crm = stage_crm(
        [("open", None), ("lost", "2026-09-01")],
        (("contact", "2026-07-01"), ("proposal", "2026-07-05"), ("contact", "2026-07-09")),
        # It skipped the proposal, came back to it, and was lost there.
        (("contact", "2026-07-01"), ("closing", "2026-07-05"), ("proposal", "2026-07-09")),
    )
    assert conversion(crm, "2026-07") == {"contact": (2, 2), "proposal": (0, 2), "closing": (0, 1)}


def test_an_advance_that_was_not_known_yet_does_not_count() -> None:
    crm = stage_crm(
        [("open", None)], (("contact", "2026-07-01"), ("proposal", "2026-07-20")),
    )  # fmt: skip
    before = kt.stage_conversion_rate(crm, "2026-07", as_of="2026-07-20")
    assert (before.numerator, kt.stage_conversion_rate(crm, "2026-07").numerator) == (0, 1)


def test_open_deals_stand_in_the_stage_of_that_moment() -> None:
    crm = stage_crm(
        [("open", None), ("won", "2026-08-15"), ("open", None)],
        (("contact", "2026-07-01"), ("proposal", "2026-08-10")),
        (("contact", "2026-07-05"),),
        (("contact", "2026-08-01"),),
    )
    july = kt.pipeline_value_by_stage.by(crm, "2026-07")["value"].to_dict()
    august = kt.pipeline_value_by_stage.by(crm, "2026-08")["value"].to_dict()
    assert (july, august) == ({"contact": 30}, {"contact": 30, "proposal": 10})
    assert kt.pipeline_deals_by_stage.by(crm, "2026-07")["value"].to_dict() == {"contact": 2}
    # Every open deal stands in one stage.
    assert kt.pipeline_deals_by_stage(crm, "2026-08").value == 2


# -- leads


LEADS = dated(
    pd.DataFrame(
        [
            ("fair", "2026-07-01", "2026-07-01 06:00", "2026-07-10", "2026-09-01"),
            ("fair", "2026-07-04", "2026-07-07 04:00", "2026-08-30", None),
            (None, "2026-07-31 23:59", None, None, "2026-09-30"),
            ("web", "2026-08-01 00:00", "2026-07-30", None, "2026-08-02"),
        ],
        columns=[
            "source", "created_at", "first_contacted_at", "opportunity_at", "became_customer_at",
        ],
    ).assign(lead_id=["l0", "l1", "l2", "l3"])
)  # fmt: skip


@pytest.mark.parametrize(
    ("kpi", "options", "value", "n"),
    [
        ("lead_to_opportunity_rate", {}, 2 / 3, 3),
        ("lead_to_opportunity_rate", {"within_days": 9}, 1 / 3, 3),
        ("lead_to_opportunity_rate", {"within_days": 8}, 0, 3),
        ("lead_source_success_rate", {}, 1 / 2, 2),
        ("lead_conversion_rate", {}, 2 / 3, 3),
        # Six hours, and three days and four hours over a week-end.
        ("lead_response_time", {}, (6 + 76) / 2, 2),
        ("lead_response_median", {}, (6 + 76) / 2, 2),
        # Wednesday before nine; from Saturday to Tuesday before nine: Monday's nine hours.
        ("lead_response_time", {"hours": "business"}, (0 + 9) / 2, 2),
    ],
)
def test_leads_of_july(kpi: str, options: dict, value: float, n: int) -> None:
    found = getattr(kt, kpi)(crm_of(leads=LEADS), "2026-07", **options)
    assert (found.value, found.n) == (pytest.approx(value), n)


def test_a_success_is_shown_by_source() -> None:
    found = kt.lead_source_success_rate.by(crm_of(leads=LEADS), "2026-Q3")
    assert found["value"].to_dict() == {"web": 1.0, "fair": 0.5}


# -- products, customers, margin


def test_a_product_is_new_for_its_first_months() -> None:
    rows = [("won", "A", "2026-08-14", "2026-09-01"), ("lost", "A", "2026-08-15", "2026-09-01")]
    rows += [("lost", "B", "2026-08-10", "2026-09-01"), ("won", "C", "2026-08-10", "2026-09-01")]
    products = pd.DataFrame(
        {
            "product": ["A", "B", "C"],
            # Twelve months before the second deal; not launched yet; nobody knows when.
            "launched_on": pd.to_datetime(["2025-08-15", "2026-12-01", None]),
        }
    )
    frame = deals(rows, ["status", "product", "created_at", "closed_at"])
    crm = crm_of(deals=frame, products=products)
    found = kt.new_product_conversion_rate(crm, "2026-Q3")
    assert (found.numerator, found.denominator) == (1, 2)
    assert kt.new_product_conversion_rate(crm, "2026-Q3", new_months=6).denominator == 1


def test_who_comes_back_is_not_a_new_customer() -> None:
    accounts = dated(
        pd.DataFrame(
            {
                "account_id": ["a", "b", "c"],
                "became_customer_at": ["2026-07-01", "2026-06-30 23:59", None],
                "churned_at": ["2026-08-01", None, None],
            }
        )
    )
    assert kt.new_customers(crm_of(accounts=accounts), "2026-Q3").value == 1


def test_a_customer_is_upsold_once_whatever_tells_it() -> None:
    accounts = dated(
        pd.DataFrame(
            {
                "account_id": ["a", "b", "c", "d", "new"],
                "became_customer_at": ["2026-01-01"] * 4 + ["2026-08-01"],
                "churned_at": [None, None, None, "2026-06-01", None],
            }
        )
    )
    sold = deals(
        [
            ("a", "won", "upsell", "2026-07-01"),
            ("a", "won", "cross_sell", "2026-08-01"),
            ("b", "lost", "upsell", "2026-08-01"),
            ("b", "won", "renewal", "2026-08-01"),
            ("d", "won", "upsell", "2026-08-01"),
            ("new", "won", "upsell", "2026-08-09"),
            ("c", "won", "upsell", "2026-10-01"),
        ],
        ["account_id", "status", "kind", "closed_at"],
    )
    terms = dated(
        pd.DataFrame(
            {
                "account_id": ["a", "c"],
                "kind": ["upgrade", "upgrade"],
                "started_at": ["2026-09-01", "2026-09-30"],
            }
        )
    )
    without = kt.upsell_rate(crm_of(accounts=accounts, deals=sold), "2026-Q3")
    assert (without.numerator, without.denominator) == (1, 3)
    found = kt.upsell_rate(crm_of(accounts=accounts, deals=sold, subscriptions=terms), "2026-Q3")
    assert (found.numerator, found.denominator) == (2, 3)


def test_a_margin_is_of_the_lines_whose_cost_is_known() -> None:
    orders = dated(
        pd.DataFrame(
            {
                "order_id": ["1", "1", "2"],
                "line": ["1", "2", "1"],
                "account_id": ["a", "a", "b"],
                "amount": [100.0, 60.0, 1_000.0],
                "refunded": [0.0, 10.0, 0.0],
                "cost": [40.0, 50.0, None],
                "ordered_at": ["2026-07-01"] * 3,
            }
        )
    )
    found = kt.profit_margin(crm_of(orders=orders), "2026-Q3")
    assert found.value == (60 + 0) / 150
    assert found.covered and found.covered.share == 2 / 3
    assert "cost known of 66.7% of the lines" in str(found)
    # Where all is known or nothing is there, nothing is said; a member has its own share.
    crm = crm_of(orders=orders.assign(product=["A", "A", "B"]))
    assert kt.profit_margin(crm, "2026-Q2").covered is None
    members = {
        v.members["product"]: v for v in kt.profit_margin.rows(crm, "2026-Q3", by=["product"])
    }
    assert (members["A"].value, members["A"].covered) == (0.4, None)
    assert (members["B"].value, members["B"].covered.share) == (None, 0)
