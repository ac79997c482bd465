"""Tickets and answers: by hand."""

import pandas as pd
import pytest

import kpi_toolkit as kt


def tickets(**columns: object) -> kt.Crm:
    frame = pd.DataFrame(columns)
    frame["ticket_id"] = [f"t{i}" for i in range(len(frame))]
    for name in frame.columns[frame.columns.str.endswith("_at")]:
        frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    return kt.from_frames(as_of="2026-10-05", time_zone="Europe/Paris", tickets=frame)


def test_business_hours_are_the_usual_ones() -> None:
    """From Friday 17:00 to Monday 10:00 two hours of work pass, and 65 on the clock."""
    crm = tickets(created_at=["2026-05-29 17:00"], resolved_at=["2026-06-01 10:00"])
    assert kt.resolution_time(crm, "2026-06").value == 2
    assert kt.resolution_time(crm, "2026-06", hours="elapsed").value == 65
    assert kt.resolution_time_median(crm, "2026-06").value == 2
    # It was resolved in June: May has nothing to tell.
    assert kt.resolution_time(crm, "2026-05").reason == "no data when no ticket was resolved"


def test_those_who_still_wait_are_in_the_backlog_and_not_in_the_mean() -> None:
    crm = tickets(
        created_at=["2026-05-04 09:00", "2026-05-04 09:00", "2026-05-04 09:00"],
        first_response_at=["2026-05-04 10:00", "2026-06-03 10:00", None],
        resolved_at=["2026-05-31 23:59", "2026-06-01 00:00", None],
    )
    found = kt.first_response_time(crm, "2026-05")
    assert (found.value, found.n) == (1, 1)
    assert kt.backlog(crm, "2026-05").value == 2
    assert kt.tickets_created(crm, "2026-05").value == 3


@pytest.mark.parametrize(
    ("met", "due", "resolved", "expected"),
    [
        (None, "2026-05-10", "2026-05-10", (1, 1)),
        (None, "2026-05-10", "2026-05-11", (0, 1)),
        # Overdue and open is a breach, in the period of its term.
        (None, "2026-05-10", None, (0, 1)),
        (None, "2026-06-10", "2026-05-10", (0, 0)),
        # Of a ticket without a term, only the desk's own verdict is known.
        (None, None, "2026-05-10", (0, 0)),
        (True, None, "2026-05-10", (1, 1)),
        (False, "2026-05-10", "2026-05-09", (0, 1)),
    ],
)
def test_a_ticket_counts_when_its_term_falls_due(
    met: bool | None, due: str | None, resolved: str | None, expected: tuple[int, int]
) -> None:
    crm = tickets(
        created_at=["2026-04-01"], met_sla=[met], sla_due_at=[due], resolved_at=[resolved]
    )
    found = kt.sla_compliance(crm, "2026-05")
    assert (found.numerator, found.denominator) == expected


def test_without_a_mark_a_ticket_is_not_escalated() -> None:
    crm = tickets(created_at=["2026-05-04"] * 4, escalated=[True, False, None, True])
    assert kt.escalation_rate(crm, "2026-05").value == 0.5


@pytest.mark.parametrize(
    ("score", "low", "high", "high_is_good", "satisfied", "answers"),
    [
        (4, 1, 5, True, 1, 1),
        (3, 1, 5, True, 0, 1),
        (6, 1, 7, True, 1, 1),
        (5, 1, 7, True, 0, 1),
        (2, 1, 5, False, 1, 1),
        (3, 1, 5, False, 0, 1),
        (5, 1, 5, None, 0, 0),
        (None, 1, 5, True, 0, 0),
        # A scale without a length tells nothing.
        (1, 1, 1, True, 0, 0),
    ],
)
def test_satisfied_is_the_top_quarter_of_the_scale(
    score: float | None,
    low: float,
    high: float,
    high_is_good: bool | None,
    satisfied: int,
    answers: int,
) -> None:
    row = {"score": score, "scale_min": low, "scale_max": high, "high_is_good": high_is_good}
    day = pd.Timestamp("2026-05-04")
    frame = pd.DataFrame([{**row, "response_id": "r", "kind": "csat", "responded_at": day}])
    found = kt.customer_satisfaction(kt.from_frames(surveys=frame), "2026-05")
    assert (found.numerator, found.denominator) == (satisfied, answers)
