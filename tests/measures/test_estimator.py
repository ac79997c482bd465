"""Kaplan-Meier: a table from the textbook's hand, and a second implementation on any histogram."""

import duckdb
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from kpi_toolkit.measures.estimator import kaplan_meier_median
from tests.oracles import survival

CONNECTION = duckdb.connect()
Durations = list[tuple[int, bool, int]]


def estimated(durations: Durations) -> tuple[int | None, int | None, int | None]:
    """The estimate over (duration, ended, count), and the ends of its interval."""
    frame = pd.DataFrame(durations, columns=["duration", "ended", "n"])
    histogram = """SELECT duration, coalesce(sum(n) FILTER (WHERE ended), 0) AS ends, sum(n) AS n
        FROM frame GROUP BY duration"""
    CONNECTION.register("frame", frame)
    return CONNECTION.execute(kaplan_meier_median(histogram)).fetchall()[0][:3]


def median(durations: Durations) -> int | None:
    """The estimate alone."""
    return estimated(durations)[0]


def test_by_hand() -> None:
    """Seven at risk; one is censored at 3, one at 6 in the moment of an end, one at the close."""
    durations = [(2, True, 1), (3, False, 1), (4, True, 1), (6, True, 1), (6, False, 1)]
    rest = [(9, True, 1), (12, False, 1)]
    # 6/7; 6/7 x 4/5 = 24/35 = 0.686; x 3/4 = 18/35 = 0.514; x 1/2 = 9/35.
    assert median([*durations, *rest]) == 9


def test_an_end_comes_before_a_censoring_at_the_same_duration() -> None:
    """Two at risk at 5, one ends: exactly one half is left, though the other leaves too."""
    assert median([(5, True, 1), (5, False, 1)]) == 5


def test_survival_above_one_half_has_no_median() -> None:
    assert median([(5, True, 1), (5, False, 2)]) is None
    assert median([]) is None


def test_without_censoring_it_is_the_lower_median() -> None:
    assert median([(d, True, 1) for d in (1, 2, 3, 4)]) == 2


# Weeks until leukaemia came back, Freireich and others (1963): without treatment, and with it.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def test_the_published_interval_of_a_known_study() -> None:
    """As survival packages give it on the scale of log(-log(survival))."""
    assert estimated([(weeks, True, 1) for weeks in PLACEBO]) == (8, 4, 11)
    treated = [(weeks, True, 1) for weeks in TREATED] + [(weeks, False, 1) for weeks in CENSORED]
    assert estimated(treated) == (23, 13, None)


histograms = st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(1, 4)), max_size=25)


@given(histograms)
def test_it_agrees_with_a_table_in_exact_fractions(found: Durations) -> None:
    rows = [(duration, ended) for duration, ended, count in found for _ in range(count)]
    durations, ended = [d for d, _ in rows], [e for _, e in rows]
    expected = (survival.median(durations, ended), *survival.interval(durations, ended))
    assert estimated(found) == expected
