"""A cohort is read at an age: so far, and compared with its elders when they were as young."""

import datetime as dt

import pandas as pd

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import parse_period

CONVERSION = kt.opportunity_to_customer_rate


def crm_of(as_of: str, *rows: tuple[str, str | None]) -> Crm:
    """created, won: what is not won is open."""
    frame = pd.DataFrame(rows, columns=["created_at", "closed_at"])
    instants = {column: pd.to_datetime(frame[column]) for column in frame}
    status = frame["closed_at"].isna().map({True: "open", False: "won"})
    ids = [f"d{i}" for i in range(len(frame))]
    return kt.from_frames(as_of=as_of, deals=frame.assign(deal_id=ids, status=status, **instants))


ROWS = [
    ("2026-07-01", "2026-07-11"),
    ("2026-07-20", "2026-08-25"),
    ("2026-08-01", "2026-08-03"),
    ("2026-08-01", None),
    ("2026-09-10", None),
]


def test_what_is_won_later_counts_when_it_is_known() -> None:
    assert CONVERSION(crm_of("2026-08-20", *ROWS), "2026-07").value == 0.5
    assert CONVERSION(crm_of("2026-10-05", *ROWS), "2026-07").value == 1.0


def test_the_cohort_before_is_taken_at_the_same_age() -> None:
    """On 20 August the one of August is 19 days old; that of July had then two deals, one won."""
    found = CONVERSION(crm_of("2026-08-20", *ROWS), "2026-08")
    assert (found.value, found.n) == (0.5, 2)
    assert (found.previous.base.value, found.previous.base.n) == (1.0, 1)


def test_a_cohort_that_is_over_is_compared_at_its_own_age() -> None:
    """On 5 October that of September is 34 days old; that of August was so on 4 September."""
    found = CONVERSION(crm_of("2026-10-05", *ROWS, ("2026-08-02", "2026-09-04")), "2026-09")
    assert (found.previous.base.numerator, found.previous.base.denominator) == (1, 3)


def test_known_at_cuts_both_parts() -> None:
    crm = crm_of("2026-10-05", *ROWS)
    july = parse_period("2026-07", crm.calendar, crm.as_of)
    known_at = dt.datetime.fromisoformat("2026-07-15")
    ask = Ask(CONVERSION.bind(), july, known_at=known_at)
    found = Evaluation(crm, crm.as_of).value(ask)
    assert (found.numerator, found.denominator, found.maturing) == (1, 1, True)


def test_a_cohort_matures_with_the_90th_percentile_of_its_outcomes() -> None:
    """Ten deals won after 1 to 10 days: nine of ten within 9.1 days."""
    rows = [("2026-07-01", f"2026-07-{1 + days:02}") for days in range(1, 11)]
    flags = {
        day: CONVERSION(crm_of(day, *rows), "2026-07").maturing
        for day in ("2026-08-10", "2026-08-10T02:23", "2026-08-10T02:25")
    }
    assert list(flags.values()) == [True, True, False]


def test_without_any_outcome_a_cohort_is_maturing() -> None:
    assert CONVERSION(crm_of("2026-10-05", ("2026-07-01", None)), "2026-07").maturing


def test_an_event_is_never_maturing() -> None:
    assert not kt.decided_win_rate(crm_of("2026-10-05", *ROWS), "2026-10").maturing
