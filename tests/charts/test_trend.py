"""A trend shows its values, limits, target and what was published before."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.charts import svg, trend
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, BAD, GOOD, MUTED, WASH
from kpi_toolkit.format import Format
from tests.charts.conftest import LANGUAGES, WIDTHS, assert_clean, color_of, texts

CYCLE = [53, 55, 52, 56, 54, 53, 57, 55, 52, 53, 55, 53, 54, 51, 55, 57, 53, 55, 54, 55, 57, 59]
LIMITS = (54.1, 47.5, 60.6)
NASTY = {
    "two values": ([3, 4], {}),
    "one value": ([3], {}),
    "constant": ([5] * 12, {"limits": (5, 5, 5), "target": 5}),
    "zeros": ([0] * 6, {"limits": (0, 0, 0)}),
    "negative": ([-3, -8.5, 2, -40, 7, -1], {"limits": (-7, -30, 16), "target": 0}),
    "gaps": ([3, np.nan, 4, np.nan, np.nan, 9, 8, np.nan], {"limits": (6, 1, 11), "target": 6.1}),
    "36 values": (list(range(30, 66)), {"limits": (48, 46, 50), "target": 48.2}),
    "tiny span": ([1e6, 1e6 + 0.001, 1e6], {"target": 1e6}),
    "huge": ([1e12, -1e12, 3e11], {"limits": (1e11, -2e11, 4e11)}),
    "far target": ([1, 2, 1, 3], {"target": 9000}),
    "saw": ([1, 99] * 12, {"limits": (50, 40, 60)}),
}


def series_of(values, start="2024-10", freq="MS"):
    return pd.Series(
        values, index=pd.date_range(start, periods=len(values), freq=freq), dtype=float
    )


def value_line(axes):
    return next(one for one in axes.lines if one.get_color() == ACTUAL and one.get_linewidth() > 1)


def test_the_line_has_a_point_for_each_period_and_a_gap_for_each_missing_value(monthly):
    ys = np.asarray(value_line(trend(monthly([3, np.nan, 4, 5]))).get_ydata(), dtype=float)
    assert np.isnan(ys).tolist() == [False, True, False, False]
    assert ys[0] < ys[2] < ys[3]


def test_the_last_known_value_is_labelled(monthly):
    assert "64.0" in texts(trend(monthly([53, 55, 64]), unit="days"))
    assert "55.0" in texts(trend(monthly([53, 55, np.nan]), unit="days"))


def test_values_outside_the_limits_are_labelled_in_the_colour_of_their_direction(monthly):
    values = monthly([*CYCLE, 61, 64])
    longer_is_worse = trend(values, limits=LIMITS, unit="days", better="down")
    assert (color_of(longer_is_worse, "61.0"), color_of(longer_is_worse, "64.0")) == (BAD, BAD)
    assert color_of(trend(values, limits=LIMITS, unit="days", better="up"), "64.0") == GOOD
    assert color_of(trend(values, unit="days", better="up"), "64.0") == ACTUAL


def test_the_band_reaches_from_the_lower_to_the_upper_limit(monthly):
    axes = trend(monthly([50, 60]), limits=(54, 50, 60), unit="days")
    band = next(p for p in axes.patches if mpl.colors.to_hex(p.get_facecolor()).upper() == WASH)
    low, high = np.asarray(value_line(axes).get_ydata())
    assert band.get_y() == pytest.approx(low)
    assert band.get_y() + band.get_height() == pytest.approx(high)


def test_the_target_is_dashed_in_the_accent_and_named(monthly):
    axes = trend(monthly([50, 60]), target=55, unit="days", words=Format("fr"))
    assert color_of(axes, "Objectif") == ACCENT
    assert any(one.get_color() == ACCENT and one.is_dashed() for one in axes.lines)


def test_limits_without_width_are_the_mean_alone(monthly):
    shown = texts(trend(monthly([5, 5, 5]), limits=(5, 5, 5)))
    assert "Mean" in shown and "Upper limit" not in shown


def test_values_published_before_are_hollow_and_named_once_a_run(monthly):
    values = monthly(CYCLE)
    before = values.iloc[[4, 5, 15]] - 3
    axes = trend(values, reported=before, unit="days", names={"reported": "published 3 July"})
    hollow = [
        one for one in axes.lines if one.get_markeredgecolor() == MUTED and one.get_marker() == "o"
    ]
    assert len(hollow) == 3
    assert texts(axes).count("published 3 July") == 2


def test_values_published_before_that_did_not_change_are_not_drawn(monthly):
    values = monthly(CYCLE)
    assert "published before" not in texts(trend(values, reported=values))


def test_no_value_at_all_is_an_empty_frame_with_a_dash(monthly):
    axes = trend(monthly([np.nan] * 6), limits=LIMITS)
    assert "–" in texts(axes) and "J" in texts(axes)


def test_money_and_shares_are_scaled_and_carry_no_unit(monthly):
    assert "4.82" in texts(trend(monthly([4.1e6, 4.82e6]), unit="money"))
    assert "42,1" in texts(trend(monthly([0.4, 0.421]), unit="percent", words=Format("fr")))


def test_ticks_have_no_more_decimals_than_they_need(monthly):
    shown = texts(trend(monthly([0.3, 0.45]), unit="percent"))
    assert "45.0" in shown and "40" in shown and "40.0" not in shown


def test_months_are_letters_over_their_years(monthly):
    shown = texts(trend(monthly(CYCLE[:6], "2025-11")))
    assert [t for t in shown if t.isalpha() and len(t) == 1] == list("NDJFMA")
    assert "2025" in shown and "2026" in shown


@pytest.mark.parametrize(("language", "letter"), [("fr", "T"), ("en", "Q")])
def test_quarters_have_the_language_s_letter(language, letter):
    axes = trend(series_of([1, 2, 3, 4], "2025-07", "QS"), words=Format(language))
    assert [t for t in texts(axes) if t[0] == letter] == [f"{letter}{q}" for q in (3, 4, 1, 2)]


def test_fiscal_quarters_count_from_the_start_of_the_fiscal_year():
    axes = trend(series_of([1, 2], "2025-04", "QS"), fiscal_year_starts=4)
    assert "Q1" in texts(axes) and "FY 2026" in texts(axes)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    values, more = NASTY[case]
    assert_clean(trend(series_of(values), words=Format(language), width=width, **more))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("freq", ["D", "W-MON", "QS", "YS"])
def test_labels_keep_clear_at_every_grain(freq, width):
    assert_clean(trend(series_of(CYCLE, "2019-01-01", freq), limits=LIMITS, width=width))


@pytest.mark.parametrize("width", WIDTHS)
def test_restated_values_and_long_names_keep_clear(width):
    values = series_of([*CYCLE, 61, 64])
    names = {"target": "A target whose name goes on and on", "reported": "published on 3 July 2026"}
    axes = trend(
        values, limits=LIMITS, target=54, reported=values.iloc[[2, 3, 18, 19, 20]] - 2,
        unit="days", width=width, names=names,
    )  # fmt: skip
    assert_clean(axes)


def test_the_analyst_s_own_axes_are_filled_in_millimetres(monthly):
    from matplotlib.figure import Figure

    own = Figure(figsize=(8, 4)).add_axes((0.1, 0.1, 0.8, 0.8))
    assert trend(monthly(CYCLE), limits=LIMITS, ax=own) is own
    assert own.get_xlim()[1] == pytest.approx(0.8 * 8 * 25.4)
    assert_clean(own)


def test_the_values_given_are_not_changed(monthly):
    values = monthly(CYCLE)
    before = values.copy()
    svg(trend(values, reported=values - 1))
    pd.testing.assert_series_equal(values, before)


def test_shares_have_no_ticks_beyond_100_percent(monthly):
    axes = trend(monthly([1.0, 1.0, 1.0]), unit="percent", words=Format("en"))
    ticks = [float(text) for text in texts(axes) if text.replace(".", "").isdigit()]
    assert max(t for t in ticks if t < 1000) == 100


def test_limits_of_counts_are_whole_and_durations_as_the_message_has_them(monthly):
    counts = texts(trend(monthly([640, 745]), limits=(692.2, 565.5, 819.0)))
    assert {"692", "566", "819", "745"} <= set(counts)
    few = texts(trend(monthly([3, 4]), limits=(3.4, 1.2, 5.6)))
    assert {"3.4", "1.2", "5.6"} <= set(few)
    hours = texts(trend(monthly([31.0, 28.2]), limits=(31.1, 24.5, 37.7), unit="hours"))
    assert "28.2" in hours
    days = texts(trend(monthly([60.0, 67.3]), limits=(47.3, 0.0, 152.3), unit="days"))
    assert {"67.3", "47.3", "152"} <= set(days)
