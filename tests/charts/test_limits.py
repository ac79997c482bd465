"""Limits hold for the periods that they were set for; a shift has a rule with its name."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.charts import trend, trend_alt
from kpi_toolkit.charts.theme import ACTUAL, BAD, GOOD, MUTED, WASH
from kpi_toolkit.format import Format
from tests.charts.conftest import assert_clean, color_of, plain_spaces, text_named, texts

INDEX = pd.date_range("2025-01", periods=8, freq="MS")
VALUES = pd.Series([10, 12, 11, 19, 30, 31, 12, 32], INDEX, dtype=float)
# Set anew in May: 19 is outside before it, 12 after it.
LIMITS = pd.DataFrame(
    {"mean": [11.0] * 4 + [31] * 4, "lower": [8.0] * 4 + [28] * 4, "upper": [14.0] * 4 + [34] * 4},
    INDEX,
)
SHIFT = pd.Series({INDEX[4]: "New price list"})
LONG = pd.Series({INDEX[2]: "A shift whose name goes on and on " * 3, INDEX[4]: "$x^2$\n<b>"})


def bands(axes):
    return [p for p in axes.patches if mpl.colors.to_hex(p.get_facecolor()).upper() == WASH]


def test_each_stretch_has_its_own_band_up_to_the_shift():
    axes = trend(VALUES, limits=LIMITS, shifts=SHIFT)
    first, second = bands(axes)
    edge = first.get_x() + first.get_width()
    assert edge == pytest.approx(second.get_x())
    rule = next(o for o in axes.lines if o.get_color() == MUTED and o.get_linewidth() == 0.8)
    assert rule.get_xdata() == pytest.approx([edge, edge])
    heights = [band.get_height() for band in (first, second)]
    assert heights[0] == pytest.approx(heights[1]) and first.get_y() < second.get_y()


def test_a_value_is_judged_by_the_limits_of_its_period():
    axes = trend(VALUES, limits=LIMITS)
    assert (color_of(axes, "19"), color_of(axes, "12")) == (GOOD, BAD)
    assert color_of(axes, "32") == ACTUAL and "30" not in [t for t in texts(axes) if t == "31"]


def test_the_newest_limits_are_named_beside_the_plot():
    assert {"34", "31", "28"} <= set(texts(trend(VALUES, limits=LIMITS)))
    unset = trend(VALUES, limits=LIMITS.head(4))
    assert "Mean" not in texts(unset) and len(bands(unset)) == 1


def test_the_shift_is_named_beside_its_rule():
    axes = trend(VALUES, limits=LIMITS, shifts=SHIFT)
    name = text_named(axes, "New price list")
    rule = bands(axes)[1].get_x()
    assert abs(name.get_position()[0] - rule) == pytest.approx(1.0)


def test_a_shift_outside_the_periods_shown_has_no_rule():
    assert "old" not in texts(trend(VALUES, shifts=pd.Series({pd.Timestamp("2020-01-01"): "old"})))


def test_the_same_limits_for_all_periods_are_those_of_a_triple():
    frame = pd.DataFrame({"mean": 20.0, "lower": 5.0, "upper": 35.0}, INDEX)
    one, other = trend(VALUES, limits=(20, 5, 35)), trend(VALUES, limits=frame)
    assert texts(one) == texts(other) and len(bands(other)) == 1


@pytest.mark.parametrize(("width", "language"), [(174, "en"), (84, "fr"), (78, "en"), (78, "fr")])
@pytest.mark.parametrize("shifts", [SHIFT, LONG])
def test_names_of_shifts_keep_clear(shifts, width, language):
    before = VALUES.iloc[[2, 5]] + 4
    axes = trend(
        VALUES, limits=LIMITS, shifts=shifts, target=20, reported=before, width=width,
        words=Format(language),
    )  # fmt: skip
    assert_clean(axes)


def test_a_crowded_circle_goes_without_its_name():
    zigzag = pd.Series(np.tile([1.0, 99.0], 30), pd.date_range("2020-01", periods=60, freq="MS"))
    name = "published before the accounts of the year were closed in May"
    axes = trend(zigzag, reported=zigzag.iloc[[10]] + 40, width=78, names={"reported": name})
    assert not [text for text in texts(axes) if text.startswith("published")]


def test_the_alt_text_tells_newest_limits_shifts_and_who_is_outside():
    assert plain_spaces(trend_alt(VALUES, limits=LIMITS, shifts=SHIFT)) == (
        "Trend, January 2025 to August 2025: last value 32. Mean 31, limits 28 and 34. Outside the "
        "limits: April 2025 (19), July 2025 (12). Shift in May 2025: New price list."
    )


def test_the_alt_text_tells_no_limits_that_ended_at_a_shift():
    text = plain_spaces(trend_alt(VALUES, limits=LIMITS.head(4), shifts=SHIFT))
    assert text == (
        "Trend, January 2025 to August 2025: last value 32. Outside the limits: April 2025 (19). "
        "Shift in May 2025: New price list."
    )
