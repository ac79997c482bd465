"""The sales KPIs on tables worked out by hand."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm

AS_OF = "2026-10-05"


def deals(*rows: tuple[object, ...]) -> pd.DataFrame:
    """status, amount, created, closed and, where it matters, first contact."""
    columns = ["status", "amount", "created_at", "closed_at", "first_contact_at"]
    frame = pd.DataFrame([(*row, *[None] * (5 - len(row))) for row in rows], columns=columns)
    instants = {column: pd.to_datetime(frame[column], format="ISO8601") for column in columns[2:]}
    return frame.assign(deal_id=[f"d{i}" for i in range(len(frame))], **instants)


def crm_of(**tables: pd.DataFrame) -> Crm:
    return kt.from_frames(as_of=AS_OF, **tables)


# Of September: two won, one lost, one open; the rest lies just outside or has another end.
SEPTEMBER = [
    ("won", 100.0, "2026-08-01", "2026-09-01 00:00", "2026-07-22"),
    ("won", 400.0, "2026-09-10", "2026-09-30 23:59:59.999999"),
    ("lost", 900.0, "2026-09-05", "2026-09-20"),
    ("open", 50.0, "2026-09-30", None),
    ("won", 7_000.0, "2026-08-01", "2026-10-01 00:00"),
    ("lost", 70.0, "2026-08-01", "2026-08-31 23:59:59.999999"),
]


@pytest.mark.parametrize(
    ("kpi", "expected", "n"),
    [
        ("decided_win_rate", 2 / 3, 3),
        # In the pipeline in September: all but the one lost in August.
        ("close_rate", 2 / 5, 5),
        # Created in September: the second, third and fourth; one of them is won.
        ("opportunity_to_customer_rate", 1 / 3, 3),
        # From first contact 41 days; from creation 21 days less a microsecond.
        ("sales_cycle", (41 + 21 - 1e-6 / 86_400) / 2, 2),
        ("sales_cycle_median", (41 + 21 - 1e-6 / 86_400) / 2, 2),
        ("average_won_deal", 250.0, 2),
        ("won_value", 500.0, 2),
        # Open when October starts: the fourth, and the fifth, which was signed at that instant.
        ("pipeline_value", 7_050.0, 2),
    ],
)
def test_september(kpi: str, expected: float, n: int) -> None:
    found = getattr(kt, kpi)(crm_of(deals=deals(*SEPTEMBER)), "2026-09")
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert found.n == n


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        ("decided_win_rate", None),
        ("close_rate", None),
        ("opportunity_to_customer_rate", None),
        ("sales_cycle", None),
        ("sales_cycle_median", None),
        ("sales_cycle_survival", None),
        ("average_won_deal", None),
        ("won_value", 0.0),
        ("pipeline_value", 0.0),
    ],
)
def test_over_nothing_sums_are_0_and_the_rest_is_no_data(kpi: str, value: float | None) -> None:
    long_ago = ("lost", 5.0, "2023-03-01", "2023-05-01")
    dated = [(*row[:2], row[2] or "2026-09-01", *row[3:]) for row in SEPTEMBER]
    found = getattr(kt, kpi)(crm_of(deals=deals(*dated, long_ago)), "2024-Q1")
    assert found.value == value
    assert found.status == ("ok" if value == 0.0 else "no_data")
    assert bool(found.reason) == (value is None)


def test_a_deal_without_amount_does_not_enter_the_average() -> None:
    rows = [("won", 100.0, None, "2026-09-02"), ("won", None, None, "2026-09-03")]
    crm = crm_of(deals=deals(*rows))
    found = kt.average_won_deal(crm, "2026-09")
    assert (found.value, found.n) == (100.0, 1)
    assert kt.won_value(crm, "2026-09").value == 100.0


def test_a_cycle_that_starts_after_its_end_does_not_count() -> None:
    crm = crm_of(
        deals=deals(
            ("won", 1.0, "2026-09-01", "2026-09-11"),
            ("won", 1.0, "2026-09-20", "2026-09-11"),
            ("lost", 1.0, "2026-01-01", "2026-09-11"),
        )
    )
    assert kt.sales_cycle(crm, "2026-09").value == 10.0


def test_the_start_of_a_cycle_is_an_option() -> None:
    crm = crm_of(deals=deals(("won", 1.0, "2026-09-05", "2026-09-15", "2026-08-31")))
    assert kt.sales_cycle(crm, "2026-09").value == 15.0
    assert kt.sales_cycle(crm, "2026-09", start="creation").value == 10.0


def test_conversion_within_days_counts_the_last_one() -> None:
    crm = crm_of(
        deals=deals(
            ("won", 1.0, "2026-07-01", "2026-07-31 00:00"),
            ("won", 1.0, "2026-07-01", "2026-07-31 00:01"),
        )
    )
    assert kt.opportunity_to_customer_rate(crm, "2026-07").value == 1.0
    assert kt.opportunity_to_customer_rate(crm, "2026-07", within_days=30).value == 0.5


def test_a_deal_without_creation_is_open_since_the_first_that_has_one() -> None:
    """Before that day the data know of no pipeline; a stock of it would be made up."""
    crm = crm_of(deals=deals(("open", 50.0, None, None), ("open", 7.0, "2026-08-10", None)))
    months = ("2026-07", "2026-08", "2026-09")
    assert [kt.pipeline_value(crm, month).value for month in months] == [None, 57, 57]
    assert kt.pipeline_value(crm, "2026-07").n == 0


def test_open_deals_of_which_none_has_a_creation_are_open_since_ever() -> None:
    crm = crm_of(deals=deals(("open", 50.0, None, None)))
    assert kt.pipeline_value(crm, "2026-09").value == 50


def test_survival_keeps_open_deals_in_sight() -> None:
    """Signed at 10, 20, 30 days, lost at 15, open for 40: survival 4/5, 8/15, 4/15."""
    crm = crm_of(
        deals=deals(
            ("won", 1.0, "2026-08-01", "2026-08-11"),
            ("lost", 1.0, "2026-08-01", "2026-08-16"),
            ("won", 1.0, "2026-08-01", "2026-08-21"),
            ("won", 1.0, "2026-08-01", "2026-08-31"),
            ("open", 1.0, "2026-08-22", None),
        )
    )
    assert kt.sales_cycle_survival(crm, "2026-Q3").value == 30.0
    assert kt.sales_cycle_median(crm, "2026-Q3").value == 20.0


def test_survival_that_stays_above_one_half_says_so() -> None:
    crm = crm_of(
        deals=deals(("won", 1.0, "2026-08-01", "2026-08-11"), ("open", 1.0, "2026-07-01", None),
                    ("open", 1.0, "2026-07-01", None))
    )  # fmt: skip
    found = kt.sales_cycle_survival(crm, "2026-Q3")
    assert found.value is None
    assert found.reason.startswith("fewer than half")


def steps(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["deal_id", "stage", "entered_at"])
    return frame.assign(entered_at=pd.to_datetime(frame["entered_at"]))


STAGES = pd.DataFrame({"stage": ["contact", "offer"], "position": [1, 2]})


def test_a_stay_ends_with_the_next_one_or_with_the_closing() -> None:
    crm = crm_of(
        deals=deals(("won", 1.0, "2026-09-01", "2026-09-15"), ("open", 1.0, "2026-09-02", None)),
        deal_stages=steps(
            ("d0", "offer", "2026-09-05"),
            ("d0", "contact", "2026-09-01"),
            ("d0", "won", "2026-09-15"),
            ("d1", "contact", "2026-09-02"),
        ),
        stages=STAGES,
    )
    found = kt.time_in_stage.by(crm, "2026-09")
    assert found["value"].to_dict() == {"offer": 10.0, "contact": 4.0}
    assert kt.time_in_stage(crm, "2026-09").value == 7.0


def test_two_stages_entered_at_once_follow_their_order() -> None:
    crm = crm_of(
        deals=deals(("won", 1.0, "2026-09-01", "2026-09-11")),
        deal_stages=steps(("d0", "offer", "2026-09-01"), ("d0", "contact", "2026-09-01")),
        stages=STAGES,
    )
    assert kt.time_in_stage.by(crm, "2026-09")["value"].to_dict() == {"offer": 10.0, "contact": 0.0}


def orders(*rows: tuple[str, str | None, float, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["order_id", "account_id", "amount", "ordered_at"])
    lines = [str(i) for i in range(len(frame))]
    return frame.assign(ordered_at=pd.to_datetime(frame["ordered_at"]), line=lines)


BOUGHT = orders(
    ("o1", "a", 100.0, "2026-09-01"),
    ("o1", "a", 20.0, "2026-09-01"),
    ("o2", "a", 300.0, "2026-09-20"),
    ("o3", "b", 50.0, "2025-10-10"),
    ("o4", "b", 700.0, "2026-09-30"),
    ("o5", None, 9_000.0, "2026-09-15"),
)


def test_new_revenue_is_the_first_order_with_all_its_lines() -> None:
    assert kt.new_customer_revenue(crm_of(orders=BOUGHT), "2026-09").value == 120.0


def test_new_revenue_may_be_that_of_the_first_months() -> None:
    crm = crm_of(orders=BOUGHT)
    assert kt.new_customer_revenue(crm, "2026-09", new_for="months").value == 1_120.0
    assert kt.new_customer_revenue(crm, "2026-09", new_for="months", months=11).value == 420.0


def test_new_revenue_is_net_of_refunds_where_they_are_known() -> None:
    refunded = BOUGHT.assign(refunded=[None, 5.0, None, None, None, None])
    assert kt.new_customer_revenue(crm_of(orders=refunded), "2026-09").value == 115.0


def test_a_known_customer_is_not_new_by_its_first_order_in_the_data() -> None:
    known = pd.DataFrame({"account_id": ["a"], "became_customer_at": [pd.Timestamp("2020-01-01")]})
    crm = crm_of(orders=BOUGHT, accounts=known)
    assert kt.new_customer_revenue(crm, "2026-09", new_for="months").value == 700.0


def test_a_return_makes_nobody_a_customer() -> None:
    # What a and b give back was bought before the data begin; c never bought at all.
    returns = orders(
        ("r1", "a", -40.0, "2026-08-31"),
        ("r2", "b", -60.0, "2025-01-10"),
        ("r3", "c", -90.0, "2026-09-02"),
        ("o1", "a", -7.0, "2026-09-01"),
    )
    crm = crm_of(orders=pd.concat([BOUGHT, returns], ignore_index=True))
    # A deduction from the first order stands in it.
    assert kt.new_customer_revenue(crm, "2026-09").value == 113.0
    assert kt.new_customer_revenue(crm, "2026-09", new_for="months").value == 1_113.0
