"""Business hours: what a declaration says of each day, and what is refused."""

import datetime as dt

import pytest

from kpi_toolkit.business import BusinessHours
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.period import Calendar, parse_period

MONDAY = dt.date(2026, 1, 5)
NINE, NOON, TWO, SIX = 540, 720, 840, 1080
NOW = dt.datetime.fromisoformat("2026-10-05T06:00")


def week(hours: str) -> list[tuple[tuple[int, int], ...]]:
    return [BusinessHours(hours).open_on(MONDAY + dt.timedelta(n)) for n in range(7)]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("Mon-Fri 09:00-18:00", [((NINE, SIX),)] * 5 + [()] * 2),
        (
            "Mon-Thu 9:00-18:00, Fri 09:00-12:00",
            [((NINE, SIX),)] * 4 + [((NINE, NOON),), (), ()],
        ),
        ("Mon-Fri 09:00-12:00 14:00-18:00", [((NINE, NOON), (TWO, SIX))] * 5 + [()] * 2),
        ("Mon-Fri 14:00-18:00, Mon-Fri 09:00-12:00", [((NINE, NOON), (TWO, SIX))] * 5 + [()] * 2),
        ("Mon, Wed 09:00-12:00", [((NINE, NOON),), (), ((NINE, NOON),), (), (), (), ()]),
        ("Sat-Mon 00:00-24:00", [((0, 1440),), (), (), (), (), ((0, 1440),), ((0, 1440),)]),
    ],
)
def test_a_declaration_says_the_hours_of_each_day(hours: str, expected: list[object]) -> None:
    assert week(hours) == expected


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ("Mon-Fry 09:00-18:00", "'Mon-Fry': did you mean 'Fri'"),
        ("Mon 10:00-09:00", "'10:00-09:00' does not end after it starts"),
        ("Mon 22:00-25:00", "does not end after it starts, on the same day"),
        ("Mon-Fri 09:00-12:00 11:00-13:00", "the hours of Mon overlap"),
        ("Fri 09:00-10:00 11:00-12:00 13:00-14:00", "Fri has 3 ranges"),
        ("09:00-10:00", "has no day before it"),
        ("Mon 09:00-10:00, Tue", "no hours stand at its end"),
        ("", "expected one of Mon, Tue"),
    ],
)
def test_hours_that_cannot_be_read_are_one_sentence(hours: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match="business_hours") as caught:
        BusinessHours(hours)
    assert sentence in str(caught.value)
    assert "expected 'Mon-Fri 09:00-18:00' or" in str(caught.value)


def test_holidays_and_days_closed_have_no_hours() -> None:
    # 1 May 2026 is a Friday; Bavaria keeps Corpus Christi (4 June 2026), Berlin does not.
    assert BusinessHours(holidays="FR").open_on(dt.date(2026, 5, 1)) == ()
    assert BusinessHours().open_on(dt.date(2026, 5, 1)) == ((NINE, SIX),)
    assert BusinessHours(holidays="DE-BY").open_on(dt.date(2026, 6, 4)) == ()
    assert BusinessHours(holidays="DE-BE").open_on(dt.date(2026, 6, 4)) == ((NINE, SIX),)
    christmas_eve = dt.date(2026, 12, 24)
    assert BusinessHours(closed=(christmas_eve,)).open_on(christmas_eve) == ()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("DE-BAY", "DE has no part 'BAY', did you mean 'BY'"),
        ("ZZ", "expected one of"),
        ("MC-X", "MC has no part 'X', it has no parts"),
    ],
)
def test_holidays_of_an_unknown_country_are_named_when_asked_for(code: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        BusinessHours(holidays=code).check_holidays()
    assert f"holidays {code!r}: " in str(caught.value)
    assert sentence in str(caught.value)


def test_a_country_is_a_code() -> None:
    with pytest.raises(ConfigError, match="'France': expected the code of a country such as 'FR'"):
        BusinessHours(holidays="France")


def test_business_days_of_a_period_and_those_that_are_over() -> None:
    # May 2026 in France: 21 days from Monday to Friday, less the 1st, the 8th, the 14th, the 25th.
    calendar = Calendar("Europe/Paris", 1, BusinessHours(holidays="FR"))
    may = parse_period("2026-05", calendar, NOW)
    assert may.business_days() == 17
    # On the morning of Tuesday the 12th: 4 5 6 7 and 11 May are over.
    assert may.business_days(dt.datetime.fromisoformat("2026-05-12T06:00")) == 5
    # 22:30 UTC is the 13th in Paris.
    assert may.business_days(dt.datetime.fromisoformat("2026-05-12T22:30")) == 6
    assert may.business_days(dt.datetime.fromisoformat("2026-04-12T06:00")) == 0
    assert may.business_days(NOW) == 17
