"""Columns show actual and previous, the change on the same scale, and percents."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from kpi_toolkit.charts import quarter_groups, variance_columns
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, BAD, GOOD, PREVIOUS
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import LANGUAGES, WIDTHS, assert_clean, bars, boxes, color_of, texts

ACTUALS = [1.32, 1.41, 1.62, 1.38, 1.39, 1.64, 1.52, 1.19, 2.11, 1.55, 1.60, 2.10]
BEFORE = [1.21, 1.33, 1.51, 1.36, 1.42, 1.52, 1.44, 0.98, 1.77, 1.48, 1.52, 2.05]
NAN = np.nan
NASTY = {
    "two": ([3, 4], [4, 3]),
    "one": ([3], [5]),
    "zeros": ([0, 0, 0], [0, 0, 0]),
    "nothing to compare": ([1, 2, 3, 4], [NAN] * 4),
    "some missing": ([1, NAN, 3, 4, 0], [NAN, 2, NAN, 1, 4]),
    "all missing": ([NAN] * 5, [NAN] * 5),
    "negative": ([-1200.5, 300, -5, 5, 900], [800, -20, 100, 1200, -400]),
    "all negative": ([-3, -8, -1], [-4, -2, -6]),
    "hidden behind": ([1, 1, 1, 1, 1, 1, 1, 1], [20, 19, 21, 18, 20, 22, 20, 20]),
    "growth of 40 000 %": ([400, 1, 2, 3], [1, 400, 2, 3]),
    "36 long figures": (list(np.linspace(9e5, 1.2e6, 36)), list(np.linspace(1.2e6, 9e5, 36))),
}


def frame_of(actual, previous, start="2026-01", freq="MS"):
    index = pd.date_range(start, periods=len(actual), freq=freq)
    return pd.DataFrame({"actual": actual, "previous": previous}, index=index, dtype=float)


@pytest.fixture
def year():
    return frame_of(ACTUALS, BEFORE) * 1e6


def test_change_bars_are_on_the_scale_of_the_columns(year):
    axes = variance_columns(year, unit="money")
    column, change = bars(axes, ACTUAL)[8], bars(axes, GOOD)[-4]
    assert change.get_height() / column.get_height() == pytest.approx(0.34 / 2.11)
    assert len(bars(axes, ACTUAL)) == 12 + 1 and len(bars(axes, PREVIOUS)) == 12 + 1


def test_values_changes_and_percents_are_written_without_unit(year):
    shown = texts(variance_columns(year, unit="money", words=Format("fr")))
    assert {"2,11", "+0,34", "+19", "−0,03", "−2", "Écart, M€"} <= set(shown)


@pytest.mark.parametrize(("better", "up", "down"), [("up", GOOD, BAD), ("down", BAD, GOOD)])
def test_a_change_takes_the_colour_of_its_favourable_direction(year, better, up, down):
    axes = variance_columns(year, unit="money", better=better)
    assert (color_of(axes, "+0.34"), color_of(axes, "−0.03")) == (up, down)


def test_a_change_that_reads_zero_is_neither_good_nor_bad():
    axes = variance_columns(frame_of([5, 8], [5.2, 3]), unit="count")
    assert color_of(axes, "0") == ACTUAL


def test_nothing_to_compare_is_a_dash_not_a_zero():
    shown = texts(variance_columns(frame_of([2, 4], [NAN, 3]), unit="count"))
    assert shown.count("–") == 2 and "0" not in shown


def test_without_any_previous_value_only_the_columns_remain():
    axes = variance_columns(frame_of([2, 4], [NAN, NAN]))
    assert "Change" not in texts(axes) and "Previous" not in texts(axes)


def test_shares_change_in_points_and_have_no_percents(year):
    shown = texts(variance_columns(year / 4e6, unit="percent", words=Format("fr")))
    assert "Écart, pt" in shown and "Écart, %" not in shown and "+8,5" in shown


@pytest.mark.parametrize("width", [84, 78])
def test_narrow_charts_keep_the_last_six_periods(year, width):
    axes = variance_columns(year, unit="money", width=width)
    assert len(bars(axes, ACTUAL)) == 6 + 1
    assert "Jul" in texts(axes) and "Jun" not in texts(axes)


def test_what_is_expected_is_hatched(year):
    expected = year.assign(expected=[False] * 9 + [True] * 3)
    hatched = [p for p in variance_columns(expected, unit="money").patches if p.get_hatch()]
    assert len(hatched) == 3 + 3 + 1


def test_the_group_that_holds_the_highlight_takes_the_accent(year):
    words = Format("fr")
    groups = quarter_groups(year, unit="money", words=words)
    assert groups[2][2].replace("\u202f", " ") == "T3 4,82 (+15 %)"
    axes = variance_columns(
        year, unit="money", words=words, groups=groups, highlight=pd.Timestamp("2026-08-01")
    )
    assert color_of(axes, groups[2][2]) == ACCENT
    assert color_of(axes, groups[1][2]) != ACCENT


def test_without_groups_the_highlighted_period_takes_the_accent(year):
    axes = variance_columns(year, unit="money", highlight=pd.Timestamp("2026-08-01"))
    assert color_of(axes, "Aug") == ACCENT and "2026" in texts(axes)


def test_a_quarter_that_lacks_a_month_has_no_sum(year):
    assert len(quarter_groups(year.head(8), unit="money")) == 2
    assert quarter_groups(year.head(3).replace(1.62e6, NAN), unit="money") == ()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_value_never_lies_on_the_taller_previous_bar(width):
    axes = variance_columns(frame_of([1e6, 1.1e6, 3e6], [20e6, 19e6, 21e6]), width=width)
    measured = boxes(axes)
    previous = [bar.get_window_extent() for bar in bars(axes, PREVIOUS)[:3]]
    for content in ("1,000,000", "1,100,000", "3,000,000"):
        label = dict(measured)[content]
        assert not any(Bbox.intersection(label.shrunk(0.95, 0.8), bar) for bar in previous)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    frame = frame_of(*NASTY[case])
    assert_clean(variance_columns(frame, unit="money", words=Format(language), width=width))


@pytest.mark.parametrize("freq", ["D", "W-MON", "QS", "YS"])
@pytest.mark.parametrize("width", WIDTHS)
def test_labels_keep_clear_at_every_grain(width, freq):
    assert_clean(variance_columns(frame_of(ACTUALS, BEFORE, "2020-01-06", freq), width=width))


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_and_group_texts_are_cut(year, width):
    groups = [(year.index[i], year.index[i], "a text longer than its column") for i in range(12)]
    names = dict.fromkeys(("actual", "previous", "change", "percent"), "$x^2$ name without an end")
    assert_clean(variance_columns(year, groups=groups, names=names, width=width))


def test_the_analyst_s_own_axes_are_filled(year):
    own = Figure(figsize=(7, 4)).add_axes((0, 0, 1, 1))
    assert variance_columns(year, unit="money", ax=own) is own
    assert_clean(own)


def test_axes_that_are_too_low_are_refused_in_a_sentence(year):
    own = Figure(figsize=(7, 1)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="25 mm high: these columns need at least"):
        variance_columns(year, unit="money", ax=own)


def test_the_frame_given_is_not_changed(year):
    before = year.copy()
    variance_columns(year, unit="money")
    pd.testing.assert_frame_equal(year, before)
