"""A waterfall leads from one total to the next, each bar where the last one ended."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kpi_toolkit.charts import svg, waterfall, waterfall_alt, waterfall_unit
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, BAD, GOOD, PREVIOUS
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import (
    HOSTILE,
    assert_clean,
    color_of,
    plain_spaces,
    text_named,
    texts,
)

NAN = np.nan
LONG = "A step whose name goes on until sixty characters are reached"
FORMS = pytest.mark.parametrize("rows", [False, True])


def frame_of(values, kinds=None, names=None, notes=None):
    columns = {"value": np.asarray(values, dtype=float)}
    columns |= {"kind": kinds} if kinds else {}
    columns |= {"note": notes} if notes else {}
    return pd.DataFrame(columns, index=names or [f"s{i}" for i in range(len(values))])


@pytest.fixture
def pipeline():
    kinds = ["start", "change", "change", "neutral", "change", "change", "end"]
    notes = ["30 June", "341 deals", "58", "212", "292", "47", "30 Sept"]
    names = ["Open", "Created", "Raised", "Won", "Lost", "Dropped", "Open"]
    values = [15.9e6, 6.9e6, 0.8e6, -4.8e6, -3.6e6, -0.6e6, 14.6e6]
    return frame_of(values, kinds, names, notes)


NASTY = {
    "through zero": frame_of([3, -5, -2, 1, 7, -4, 0]),
    "all negative": frame_of([-3, -5, 2, -6]),
    "cut": frame_of([0.421, 0.004, -0.002, 0.0008, NAN]),
    "no change": frame_of([5, 0, 0, 5]),
    "zeros": frame_of([0, 0, 0]),
    "an unknown change": frame_of([5, NAN, 2, 9]),
    "all unknown": frame_of([NAN, NAN, NAN]),
    "one": frame_of([3]),
    "two": frame_of([3, 3]),
    "none": frame_of([]),
    "changes alone": frame_of([2, -1, 4], ["change"] * 3),
    "twenty": frame_of([100, *range(-9, 10), 100]),
    "hostile": frame_of([9, -5, 3, 2, -4, 1, NAN], names=HOSTILE, notes=HOSTILE),
    "long": frame_of([9e6, 1e6, -2e6, 8e6], names=[LONG] * 4, notes=["", LONG, "", ""]),
    "subtotals": frame_of([9, 2, NAN, -4, NAN], ["start", "change", "subtotal", "change", "end"]),
    "many figures": frame_of([123456789.12, -98765432, NAN]),
}


def bars(axes):
    return [p for p in axes.patches if isinstance(p, Rectangle)]


def spans(axes, rows):
    """From and to of each bar, along the axis of values, in units of the first one's length."""
    ends = [
        (b.get_x(), b.get_x() + b.get_width()) if rows else (b.get_y(), b.get_y() + b.get_height())
        for b in bars(axes)
    ]
    zero, unit = ends[0][0], ends[0][1] - ends[0][0]
    return [((a - zero) / unit, (b - zero) / unit) for a, b in ends]


def fills(axes):
    return [mpl.colors.to_hex(bar.get_facecolor()).upper() for bar in bars(axes)]


@FORMS
def test_each_bar_begins_where_the_last_one_ended(rows):
    axes = waterfall(frame_of([10, 5, -3, 12]), rows=rows)
    expected = [(0, 1), (1, 1.5), (1.2, 1.5), (0, 1.2)]
    assert np.allclose(spans(axes, rows), expected)


@FORMS
def test_colours_tell_totals_favourable_unfavourable_and_neutral_changes(pipeline, rows):
    down = fills(waterfall(pipeline, better="down", rows=rows))
    assert fills(waterfall(pipeline, rows=rows)) == [
        PREVIOUS, GOOD, GOOD, ACCENT, BAD, BAD, ACTUAL,
    ]  # fmt: skip
    assert down == [PREVIOUS, BAD, BAD, ACCENT, GOOD, GOOD, ACTUAL]


@FORMS
def test_totals_have_their_unit_and_changes_their_sign(pipeline, rows):
    english = texts(waterfall(pipeline, unit="money", rows=rows))
    assert {"€15.9m", "+6.9", "+0.8", "−4.8", "−3.6", "−0.6", "€14.6m"} <= set(english)
    french = waterfall(pipeline, unit="money", rows=rows, words=Format("fr"))
    assert {"15,9 M€", "−4,8", "341 deals"} <= set(map(plain_spaces, texts(french)))


@FORMS
def test_connectors_run_at_the_level_that_is_reached(rows):
    axes = waterfall(frame_of([10, 5, -3, 12]), rows=rows)
    thin = [one for one in axes.lines if one.get_linewidth() == 0.6]
    levels = [(one.get_xdata() if rows else one.get_ydata())[0] for one in thin]
    ends = [b.get_x() + b.get_width() if rows else b.get_y() + b.get_height() for b in bars(axes)]
    assert np.allclose(levels, [ends[0], ends[1], ends[3]])


def test_an_unknown_total_is_the_sum_so_far():
    assert "15" in texts(waterfall(frame_of([10, 5, NAN])))
    frame = frame_of([9, 2, NAN, -4, NAN], ["start", "change", "subtotal", "change", "end"])
    assert {"9", "+2", "11", "−4", "7"} <= set(texts(waterfall(frame)))


def test_changes_that_do_not_add_up_are_refused_in_a_sentence():
    with pytest.raises(RenderError, match="step 's2': 16, where the steps before it make 15"):
        waterfall(frame_of([10, 5, 16]))


def test_what_ends_at_nothing_adds_up_in_spite_of_binary_fractions():
    assert 0.1 + 0.2 - 0.3 != 0
    assert texts(waterfall(frame_of([0.1, 0.2, -0.3, 0])))[-1] == "0.0"


def test_another_kind_is_refused_with_the_near_ones():
    with pytest.raises(RenderError, match=r"kind 'sub': did you mean 'subtotal'\?|kind 'sub': exp"):
        waterfall(frame_of([10, 5], ["start", "sub"]))


@FORMS
def test_totals_that_dwarf_the_changes_are_cut_and_show_it(rows):
    axes = waterfall(frame_of([100, 2, -1, 101]), rows=rows)
    cuts = [p for p in axes.patches if not isinstance(p, Rectangle)]
    assert len(cuts) == 2
    (_, one), (before, after), *_ = spans(axes, rows)
    assert after - before > 0.3 * one
    whole = waterfall(frame_of([10, 5, 15]), rows=rows)
    assert all(isinstance(p, Rectangle) for p in whole.patches)


def test_the_smallest_of_many_changes_are_one_step():
    frame = frame_of([100, 9, 1, -8, 2, 104])
    shown = texts(waterfall(frame, most=2))
    assert {"s1", "+9", "s3", "−8", "2 others", "+3"} <= set(shown)
    assert "s2" not in shown and waterfall_alt(frame, most=2) == (
        "Bridge: s0 100, s1 +9, s3 −8, 2 others +3, s5 104."
    )


def test_steps_whose_names_have_no_room_stand_in_rows():
    upright = waterfall(frame_of([9, 1, 10]), width=78)
    turned = waterfall(frame_of([9, 1, 10], names=[LONG, "b", "c"]), width=78)
    heights = [text_named(turned, name).get_position()[1] for name in "bc"]
    assert (
        text_named(upright, "s0").get_position()[1] == text_named(upright, "s2").get_position()[1]
    )
    assert heights == sorted(heights, reverse=True) and len(set(heights)) == 2


def test_a_share_changes_in_points():
    frame = frame_of([0.386, 0.035, 0.421])
    assert {"38.6%", "+3.5", "42.1%"} <= set(texts(waterfall(frame, unit="percent")))
    assert plain_spaces(waterfall_alt(frame, unit="percent", words=Format("fr"))) == (
        "Cascade : s0 38,6 %, s1 +3,5 pt, s2 42,1 %."
    )


@FORMS
def test_a_change_of_nothing_is_neither_good_nor_bad_and_breaks_no_line(rows):
    axes = waterfall(frame_of([5, 0, 5]), rows=rows)
    assert color_of(axes, "0") not in (GOOD, BAD)
    assert len([one for one in axes.lines if one.get_linewidth() == 0.6]) == 3


@pytest.mark.parametrize(
    ("width", "language", "rows"),
    [
        (174, "fr", False),
        (174, "en", True),
        (124, "en", False),
        (84, "fr", False),
        (78, "fr", True),
    ],
)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width, rows):
    given = {"unit": "money", "words": Format(language)}
    assert_clean(waterfall(NASTY[case], width=width, rows=rows, **given))
    assert waterfall_alt(NASTY[case], **given)


def test_hostile_names_are_drawn_as_they_are():
    drawn = svg(waterfall(frame_of([1, 2, 3], names=["$x^2$", "<b> & \\n", "c"]), rows=True))
    assert "$x^2$" in drawn and "&lt;b&gt; &amp; \\n" in drawn and "<b>" not in drawn


@FORMS
def test_the_analyst_s_own_axes_are_filled(pipeline, rows):
    own = Figure(figsize=(7, 3)).add_axes((0, 0, 1, 1))
    assert waterfall(pipeline, ax=own, rows=rows) is own
    assert_clean(own)


def test_axes_that_are_too_low_are_refused_in_a_sentence(pipeline):
    own = Figure(figsize=(7, 0.5)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="13 mm high: 7 columns need at least 32 mm"):
        waterfall(pipeline, ax=own)


def test_amounts_are_told_as_their_changes_are_where_that_is_short():
    """So a chart, its message and its table say the same: +214, and not +0.214 of millions."""
    frame = frame_of([5_004_000, 214_000, -378_000, 4_840_000])
    found = texts(waterfall(frame, unit="money", words=Format("en", "EUR")))
    assert {"€5,004k", "+214", "−378", "€4,840k"} <= set(found)
    assert waterfall_unit(frame, unit="money", words=Format("en", "EUR")) == "€k"
    large = frame * 10  # 50 040 k€ would be five figures
    assert waterfall_unit(large, unit="money", words=Format("en", "EUR")) == "€m"
