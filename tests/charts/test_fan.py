"""A forecast goes on from what has happened, dashed, within bands, beside what was said before."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from kpi_toolkit.charts import fan, fan_alt
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, BAND, MUTED, WASH
from kpi_toolkit.format import Format
from tests.charts.conftest import LANGUAGES, PAGES, assert_clean, color_of, plain_spaces, texts

VALUES = [1.5, 1.4, 1.7, 1.6, 1.2, 1.9, 1.8, 1.5, 1.4, 1.6, 1.7, 1.5, 1.6, 1.4]
NAN = np.nan


def months(values, start="2025-08"):
    index = pd.date_range(start, periods=len(values), freq="MS")
    return pd.Series(values, index, dtype=float)


def outlook(values, half=0.2, start="2026-10"):
    value = months(values, start)
    step = pd.Series(np.arange(1, len(values) + 1) * half, value.index)
    bounds = {"low_80": value - step, "high_80": value + step}
    return pd.DataFrame(
        {"value": value, **bounds, "low_95": value - 1.6 * step, "high_95": value + 1.6 * step}
    )


PAST, NEXT = months(VALUES), outlook([1.55, 1.7, 1.6, 1.4])
# What is counted up since a quarter began: October 2025, then January, April, July and October.
SO_FAR = months([1.7, 3.1, 4.8, 1.6, 3.4, 5.2, 1.9, 3.3, 5.0, 1.8, 3.1, 4.8], "2025-10")
QUARTERS = pd.date_range("2025-10", periods=5, freq="QS")
NASTY = {
    "usual": (PAST, NEXT, {"target": 1.6, "earlier": months([1.3, 1.7, 1.9], "2026-08")}),
    "target a period": (PAST, NEXT, {"target": months([1.5] * 8 + [1.7] * 10)}),
    "no forecast": (PAST, NEXT.head(0), {}),
    "no past": (PAST.head(0), NEXT, {"target": 1}),
    "one each": (PAST.tail(1), NEXT.head(1), {"target": 90}),
    "one expected": (PAST.head(0), NEXT.head(1), {}),
    "nothing": (PAST.head(0), NEXT.head(0), {}),
    "gaps": (PAST.where(PAST > 1.5), NEXT.where(NEXT["value"] != 1.7), {"target": NAN}),
    "negative": (PAST - 2, outlook([-0.4, 0.1, -9], 3), {"target": 0}),
    "without bounds": (PAST, NEXT[["value"]], {}),
    "zeros": (PAST * 0, NEXT * 0, {"target": 0}),
    "bounds of no width": (PAST, outlook([1.5] * 3, 0), {"target": 1.5}),
}


def drawn(axes):
    """The lines of values: style and the positions of known points."""
    return {
        one.get_linestyle(): np.isfinite(np.asarray(one.get_ydata(), dtype=float))
        for one in axes.lines
        if one.get_color() == ACTUAL and one.get_linewidth() > 1
    }


def bands(axes):
    return [p for p in axes.patches if isinstance(p, Polygon)]


def test_what_happened_is_a_line_and_what_is_expected_goes_on_from_it_dashed():
    axes = fan(PAST, NEXT)
    lines = drawn(axes)
    assert lines["-"].tolist() == [True] * 14 + [False] * 4
    assert lines["--"].tolist() == [False] * 13 + [True] * 5


def test_bands_open_from_the_last_value_the_widest_behind():
    axes = fan(PAST, NEXT)
    wide, likely = bands(axes)
    assert [p.get_facecolor()[:3] for p in (wide, likely)] == [
        pytest.approx([int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]) for c in (WASH, BAND)
    ]
    tip = wide.get_xy()[0]
    solid = next(o for o in axes.lines if o.get_color() == ACTUAL and o.get_linestyle() == "-")
    assert tip.tolist() == pytest.approx([solid.get_xdata()[13], solid.get_ydata()[13]])
    reach = [np.ptp(p.get_xy()[:, 1]) for p in (wide, likely)]
    assert reach[0] / reach[1] == pytest.approx(1.6, abs=0.05)


def test_the_last_expected_value_its_bounds_and_the_target_are_named_at_the_end():
    axes = fan(PAST * 1e6, NEXT * 1e6, target=1.65e6, unit="money", words=Format("fr"))
    shown = [plain_spaces(text) for text in texts(axes)]
    assert {"Prévision", "1,40", "80 %", "0,60", "2,20", "95 %", "0,12", "2,68"} <= set(shown)
    assert color_of(axes, "Objectif") == ACCENT and "1,65" in shown


def test_the_target_of_each_period_is_a_dashed_step():
    axes = fan(PAST, NEXT, target=months([1.5] * 8 + [1.7] * 10))
    target = next(o for o in axes.lines if o.get_color() == ACCENT and o.get_linewidth() == 0.9)
    assert len(set(np.round(target.get_ydata(), 6))) == 2 and target.is_dashed()


def test_earlier_forecasts_are_hollow_and_named():
    axes = fan(PAST, NEXT, earlier=months([1.3, 1.4, 1.9], "2026-08"), unit="ratio")
    hollow = [
        o for o in axes.lines if o.get_marker() == "o" and o.get_markeredgecolor() == MUTED
    ]  # of September 1.4 came true
    assert len(hollow) == 2 and "forecast before" in texts(axes)


def test_narrow_ones_have_the_last_twelve_values():
    assert drawn(fan(PAST, NEXT, width=78))["-"].sum() == 12


def test_what_is_counted_up_begins_anew_from_zero_and_ends_with_its_period():
    axes = fan(SO_FAR, outlook([2.0, 3.4, 3.9]), restarts=QUARTERS, unit="ratio")
    solid, dashed = (
        next(o for o in axes.lines if o.get_color() == ACTUAL and o.get_linestyle() == style)
        for style in ("-", "--")
    )
    zero = solid.get_ydata()[1]
    heights = np.asarray(solid.get_ydata())[:20].reshape(4, 5)  # a gap, 0 and three months
    assert np.isnan(heights[:, 0]).all() and heights[:, 1] == pytest.approx(zero)
    places = np.asarray(solid.get_xdata())[:20].reshape(4, 5)
    assert places[1:, 1] == pytest.approx(places[:-1, 4])  # where the quarter before ends
    begins = np.flatnonzero(np.asarray(dashed.get_ydata()) == zero)
    assert np.asarray(dashed.get_xdata())[begins] == pytest.approx([places[3, 4]])
    for band in bands(axes):
        assert band.get_xy()[0] == pytest.approx([places[3, 4], zero])
    ends = {plain_spaces(text) for text in texts(axes)}
    assert {"4.80", "5.20", "5.00"} <= ends


@pytest.mark.parametrize(("width", "language"), PAGES)
@pytest.mark.parametrize("target", [None, 5.0, 90.0, 0.0])
@pytest.mark.parametrize("past", [0, 2, 12])
def test_labels_of_what_is_counted_up_keep_clear_of_one_another(past, target, language, width):
    """Of a year, of two months of a quarter under way, of none."""
    so_far, coming = SO_FAR.head(past), outlook([3.9, 1.2, 1.5], 0.4, "2025-12")
    if past != 2:
        coming = outlook([2.0, 3.4, 3.9])
    given = {"unit": "ratio", "words": Format(language), "target": target}
    assert_clean(fan(so_far, coming, restarts=QUARTERS, width=width, **given))


@pytest.mark.parametrize(("width", "language"), PAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    past, coming, more = NASTY[case]
    given = {"unit": "ratio", "words": Format(language), **more}
    assert_clean(fan(past, coming, width=width, **given))
    assert fan_alt(past, coming, **given)


def test_the_alt_text_tells_expected_values_with_bounds_and_target():
    given = {"target": 1.6, "unit": "ratio", "earlier": months([1.9], "2026-10")}
    assert plain_spaces(fan_alt(PAST, NEXT.head(2), **given)) == (
        "Last value September 2026: 1.40. Forecast: October 2026 1.55 (80%: 1.35 to 1.75, 95%: "
        "1.23 to 1.87, target 1.60); November 2026 1.70 (80%: 1.30 to 2.10, 95%: 1.06 to 2.34, "
        "target 1.60). 1 earlier forecast differed."
    )
    assert fan_alt(PAST.head(0), NEXT.head(0)) == "Forecast without data."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_analyst_s_own_axes_are_filled(language):
    own = Figure(figsize=(7, 3)).add_axes((0.1, 0.1, 0.8, 0.8))
    assert fan(PAST, NEXT, words=Format(language), ax=own) is own
    assert own.get_xlim()[1] == pytest.approx(0.8 * 7 * 25.4)
    assert_clean(own)


def test_what_is_given_is_not_changed():
    past, coming = PAST.copy(), NEXT.copy()
    fan(past, coming)
    pd.testing.assert_series_equal(past, PAST)
    pd.testing.assert_frame_equal(coming, NEXT)
