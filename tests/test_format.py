"""Numbers, money, dates and words as readers of two languages see them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_toolkit.errors import ConfigError
from kpi_toolkit.format import Format
from kpi_toolkit.period import Calendar, parse_period

FR, EN = Format("fr"), Format("en")
NOW = dt.datetime.fromisoformat("2026-10-05")


def plain(text: str) -> str:
    """Narrow spaces as _, others as ~, so that a test shows them."""
    return text.replace("\u202f", "_").replace("\u00a0", "~")


@pytest.mark.parametrize(
    ("value", "digits", "french", "english"),
    [
        (1234.5, 1, "1_234,5", "1,234.5"),
        (1_234_567, 0, "1_234_567", "1,234,567"),
        (-12.34, 1, "−12,3", "−12.3"),
        (-0.04, 1, "0,0", "0.0"),
        (0, 0, "0", "0"),
    ],
)
def test_numbers(value: float, digits: int, french: str, english: str) -> None:
    assert plain(FR.number(value, digits)) == french
    assert plain(EN.number(value, digits)) == english


def test_a_sign_is_shown_where_it_says_something() -> None:
    assert EN.number(3, sign=True) == "+3"
    assert EN.number(-3, sign=True) == "−3"
    assert EN.number(0.004, 2, sign=True) == "0.00"


def test_rates() -> None:
    assert EN.percent(100) == "10,000%" and EN.percent(9.999) == "999.9%"
    assert plain(FR.percent(0.4214)) == "42,1_%"
    assert EN.percent(0.4214) == "42.1%"
    assert plain(FR.points(0.0321)) == "+3,2_pt"
    assert plain(EN.points(-0.0321)) == "−3.2_pp"


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (4_820_000, "4,82_M€", "€4.82m"),
        (48_200_000, "48,2_M€", "€48.2m"),
        (482_000_000, "482_M€", "€482m"),
        (1_500_000_000, "1,50_G€", "€1.50bn"),
        (999_600, "1,00_M€", "€1.00m"),
        (999_400, "999_k€", "€999k"),
        (9_996, "10,0_k€", "€10.0k"),
        (950, "950_€", "€950"),
        (12.5, "12,50_€", "€12.50"),
        (0, "0_€", "€0"),
        (-4_820_000, "−4,82_M€", "−€4.82m"),
    ],
)
def test_money_has_three_figures(amount: float, french: str, english: str) -> None:
    assert plain(FR.money(amount)) == french
    assert plain(EN.money(amount)) == english


def test_a_currency_without_a_sign_shows_its_code() -> None:
    assert plain(Format("en", "SEK").money(4_820)) == "4.82_k~SEK"
    assert plain(Format("fr", "USD").money(4_820)) == "4,82_k$"


def test_amounts_side_by_side_share_a_scale() -> None:
    scale = FR.money_scale([1_200.0, None, 4_820_000.0, float("nan")])
    assert (scale.divisor, scale.unit, scale.digits) == (1e6, "M€", 2)
    assert FR.money_scale([]).divisor == 1


def test_durations() -> None:
    assert plain(FR.duration(61.24)) == "61,2_j"
    assert plain(EN.duration(99.94)) == "99.9_d"
    assert plain(EN.duration(99.96)) == "100_d"
    assert plain(EN.value(3.333, "hours")) == "3.3_h"


@pytest.mark.parametrize("unit", ["percent", "money", "days", "hours", "count", "ratio"])
def test_no_data_is_a_dash(unit: str) -> None:
    assert EN.value(None, unit) == EN.value(float("nan"), unit) == "–"
    assert EN.change(None, 1.0, unit).text == EN.change(1.0, None, unit).text == "–"
    assert EN.interval(None, 1.0, unit) == "–"


@pytest.mark.parametrize(
    ("new", "old", "unit", "better", "text", "favourable"),
    [
        (0.45, 0.42, "percent", "up", "+3.0_pp", True),
        (0.45, 0.42, "percent", "down", "+3.0_pp", False),
        (40, 60, "days", "down", "−20.0_d", True),
        (120, 100, "money", "up", "+20.0%", True),
        (-50, -100, "money", "up", "+50.0%", True),
        (8, 12, "count", "up", "−33.3%", False),
        # What rounds to nothing is neither good nor bad.
        (0.42001, 0.42, "percent", "up", "0.0_pp", None),
        (5, 0, "money", "up", "–", None),
    ],
)
def test_changes(
    new: float, old: float, unit: str, better: str, text: str, favourable: bool | None
) -> None:
    found = EN.change(new, old, unit, better)
    assert (plain(found.text), found.favourable) == (text, favourable)


def test_both_ends_of_a_range_are_in_the_unit_of_the_larger_one() -> None:
    assert EN.pair(49_600, 2_010_000, "money") == ("€0.05m", "€2.01m")
    assert EN.pair(0.065, 1, "percent") == ("6.5%", "100.0%")


def test_intervals_share_a_scale_and_have_no_unit() -> None:
    assert FR.interval(0.378, 0.464, "percent") == "37,8–46,4"
    assert EN.interval(4_100_000, 4_900_000, "money") == "4.10–4.90"


@pytest.mark.parametrize(
    ("key", "french", "english", "short"),
    [
        ("2026-Q3", "T3~2026", "Q3~2026", "T3~2026"),
        ("2026-09", "septembre 2026", "September 2026", "sept.~2026"),
        ("2026-W38", "semaine 38, 2026", "week 38, 2026", "S38~2026"),
        ("2026", "2026", "2026", "2026"),
        ("2026-09-14", "14 sept. 2026", "14 Sept 2026", "14 sept. 2026"),
    ],
)
def test_periods(key: str, french: str, english: str, short: str) -> None:
    period = parse_period(key, Calendar(), NOW)
    assert plain(FR.period(period)) == french
    assert plain(EN.period(period)) == english
    assert plain(FR.period_short(period)) == short


def test_a_fiscal_year_says_that_it_is_one() -> None:
    period = parse_period("2027-Q1", Calendar("Europe/Paris", 4), NOW)
    assert "2027" in EN.period(period)
    assert EN.period(period) != plain("Q1~2027")


def test_the_days_of_a_period_end_with_its_last_one() -> None:
    days = FR.days_of(parse_period("2026-Q3", Calendar(), NOW))
    assert days == "1er juil. – 30 sept. 2026"
    over = EN.days_of(parse_period("2026-W53", Calendar(), NOW))
    assert over == "28 Dec 2026 – 3 Jan 2027"


def test_moments() -> None:
    moment = dt.datetime.fromisoformat("2026-10-05T06:00")
    assert plain(FR.instant(moment)) == "5 oct. 2026, 06_h_00"
    assert EN.instant(moment) == "5 Oct 2026, 06:00"


def test_french_marks_have_their_space() -> None:
    assert plain(FR.typeset("a ; b ! 3 % : « c »")) == "a_; b_! 3_%~: «_c_»"
    assert EN.typeset("a ; b") == "a ; b"
    assert plain(FR.colon) == "~:"


def test_another_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="language 'de': expected one of fr, en"):
        Format("de")


@given(st.floats(-1e12, 1e12))
def test_money_never_shows_more_than_four_figures(amount: float) -> None:
    for words in (FR, EN):
        figures = [c for c in words.money(amount) if c.isdigit()]
        assert len(figures) <= 4 or abs(amount) >= 9_999e9 or abs(amount) < 100


def test_an_amount_a_day_says_so() -> None:
    french, english = Format("fr"), Format("en")
    assert french.value(12_345.6, "money_per_day") == "12,3\u202fk€/jour"
    assert english.value(12_345.6, "money_per_day", sign=True) == "+€12.3k/day"
    assert english.figure(12_345.6, "money_per_day") == ("12.3", "€k/day")
    assert english.change(150, 100, "money_per_day").text == "+50.0%"
    assert english.interval(900, 1_100, "money_per_day") == "0.90–1.10"


def test_a_change_that_is_read_in_context_is_neither_good_nor_bad() -> None:
    change = Format("en").change(12, 8, "count", "context")
    assert (change.text, change.favourable) == ("+50.0%", None)
