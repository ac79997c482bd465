"""A distribution tells how values are spread, what is typical, and how it was before."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kpi_toolkit.charts import distribution, distribution_alt
from kpi_toolkit.charts.bins import bins_of
from kpi_toolkit.charts.theme import ACTUAL, INK, MUTED
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import PAGES, assert_clean, bars, boxes, plain_spaces, texts

NAN = np.nan
# Ten deals: median 35, mean 41, 90th percentile 73 (a tenth of the way from 70 to 100).
DAYS = pd.Series([10, 15, 20, 25, 30, 40, 40, 60, 70, 100.0])
DRAWN = np.random.default_rng(1)
SKEWED = pd.Series(DRAWN.lognormal(3.9, 0.6, 300))
NASTY = {
    "skewed": (SKEWED, pd.Series(DRAWN.lognormal(3.7, 0.6, 250))),
    "one far out": (pd.concat([SKEWED, pd.Series([90_000.0])]), None),
    "far out on both sides": (pd.Series([-9e5, *DRAWN.normal(0, 10, 200), 8e5]), SKEWED),
    "at the upper end": (pd.Series(1e6 - DRAWN.lognormal(3, 1, 100)), None),
    "whole numbers": (pd.Series(DRAWN.integers(0, 6, 99)), pd.Series(DRAWN.integers(0, 9, 99))),
    "all the same": (pd.Series([4.0] * 20), pd.Series([4.0] * 20)),
    "zeros": (pd.Series([0.0] * 20), None),
    "two": (pd.Series([42.0, 61]), pd.Series([12.0, 30, 61.5])),
    "two the same": (pd.Series([42.0, 42]), None),
    "one": (pd.Series([42.0]), SKEWED),
    "one large": (pd.Series([123456789.0]), None),
    "none": (pd.Series([], dtype=float), SKEWED),
    "unknown": (pd.Series([NAN, NAN]), None),
    "negative": (pd.Series([-5.0, -3, -8, -1, -2, -2, -9, -4]), None),
    "tiny": (pd.Series(DRAWN.random(60) * 1e-6), None),
}


def test_bars_are_shares_of_the_values_on_one_scale():
    axes = distribution(DAYS)
    heights = np.array([bar.get_height() for bar in bars(axes, ACTUAL)])
    # 0-9, 10-19 (two), 20-29 (two), 30-39, 40-49 (two), 50-59, 60-69, 70-79, 80-, 90-, 100-.
    counts = np.array([0, 2, 2, 1, 2, 0, 1, 1, 0, 0, 1])
    assert heights / heights.sum() == pytest.approx(counts / 10)
    assert [t for t in texts(axes) if t.endswith("%")].count("20%") >= 1


def test_median_mean_and_ninetieth_percentile_stand_at_their_values():
    axes = distribution(DAYS, unit="count")
    first, second = sorted(bars(axes, ACTUAL), key=lambda bar: bar.get_x())[:2]
    ten, left = second.get_x() - first.get_x(), first.get_x() - 0.175
    found = sorted(
        (one.get_xdata()[0] - left) / ten * 10
        for one in axes.lines
        if one.get_color() in (INK, MUTED) and one.get_linewidth() == 0.9
    )
    assert found == pytest.approx([35, 41, 73])
    assert {"Median 35", "Mean 41", "9 of 10 up to 73"} <= set(texts(axes))


def test_the_values_before_are_an_outline_of_their_own_shares():
    before = pd.Series([15.0] * 30 + [45] * 10)
    axes = distribution(DAYS, before=before, names={"before": "Q2 2026"})
    outline = next(o for o in axes.lines if len(o.get_xdata()) > 4 and o.get_color() == MUTED)
    heights = np.asarray(outline.get_ydata()) - min(outline.get_ydata())
    bar = max(bars(axes, ACTUAL), key=lambda one: one.get_height())
    assert heights.max() / bar.get_height() == pytest.approx(0.75 / 0.2)
    assert "Q2 2026" in texts(axes)


def test_a_tail_that_reaches_far_out_has_one_bar_that_says_where_it_begins():
    axes = distribution(pd.concat([SKEWED, pd.Series([90_000.0])]))
    assert len([text for text in texts(axes) if text.startswith("≥ ")]) == 1
    assert len(bars(axes, ACTUAL)) < 16


def test_a_far_value_does_not_blur_the_others():
    """Of 90 m beside some 50, the edges are told in units."""
    axes = distribution(pd.concat([SKEWED, pd.Series([9e7])]), unit="money")
    assert {"50", "100"} <= set(texts(axes)) or {"40", "80"} <= set(texts(axes))


def test_edges_that_are_nearly_the_same_are_told_apart():
    axes = distribution(pd.Series(np.linspace(999_990, 1_000_000, 40)), unit="money")
    below = sorted(axes.texts, key=lambda t: t.get_position()[1])[:8]
    assert len({t.get_text() for t in below}) == 8


@pytest.mark.parametrize("case", NASTY)
def test_every_value_is_in_exactly_one_bin(case):
    known = NASTY[case][0].dropna().to_numpy(dtype=float)
    if len(known):
        assert bins_of(known, 15).shares(known).sum() == pytest.approx(1)
        assert bins_of(known, 15).count <= 18


def test_whole_numbers_have_a_bar_each_named_in_its_middle():
    axes = distribution(pd.Series([0, 0, 1, 2, 2, 2, 3, 3, 3.0]), unit="count")
    middles = [bar.get_x() + bar.get_width() / 2 for bar in bars(axes, ACTUAL)]
    named = [t.get_position()[0] for t in axes.texts if t.get_text() in "0123"]
    assert named == pytest.approx(middles)


def test_a_few_values_are_drawn_one_by_one():
    axes = distribution(pd.Series([42.0, 61]), before=pd.Series([12.0, 30, 61.5]))
    dots = [len(o.get_xdata()) for o in axes.lines if o.get_marker() == "o"]
    assert dots == [2, 3, 1] and not bars(axes, ACTUAL)
    assert {"42.0", "61.0"} <= set(texts(axes))
    assert [text for text in texts(axes) if text.startswith("Me")] == ["Median 51.5\u202fd"]


@pytest.mark.parametrize(("width", "language"), PAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    values, before = NASTY[case]
    given = {"before": before, "unit": "money", "words": Format(language)}
    names = {"before": "An earlier period whose name goes on and on to sixty letters"}
    assert_clean(distribution(values, width=width, names=names, **given))
    assert_clean(distribution(values, width=width, words=Format(language)))
    assert distribution_alt(values, **given)


def test_the_analyst_s_own_axes_are_filled_or_refused_in_a_sentence():
    own = Figure(figsize=(5, 3)).add_axes((0, 0, 1, 1))
    assert distribution(SKEWED, ax=own) is own
    assert_clean(own)
    low = Figure(figsize=(5, 1)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="25 mm high: its bars need at least 34 mm"):
        distribution(SKEWED, ax=low)


def test_the_values_given_are_not_changed():
    values = DAYS.copy()
    distribution(values, before=values)
    pd.testing.assert_series_equal(values, DAYS)


def test_the_alt_text_tells_both_periods():
    text = distribution_alt(DAYS, before=pd.Series([5.0, 7]), words=Format("fr"))
    assert plain_spaces(text) == (
        "Distribution : 10 valeurs, de 10,0 j à 100 j, médiane 35,0 j, moyenne 41,0 j, 9 sur 10 "
        "jusqu’à 73,0 j. Auparavant : de 5,0 j à 7,0 j, médiane 6,0 j, moyenne 6,0 j, 9 sur 10 "
        "jusqu’à 6,8 j."
    )


@pytest.mark.parametrize("width", [174, 78])
@pytest.mark.parametrize("case", NASTY)
def test_no_vertical_line_runs_through_a_text(case, width):
    values, before = NASTY[case]
    axes = distribution(values, before=before, unit="money", width=width, words=Format("fr"))
    drawn = boxes(axes)
    scale = axes.bbox.width / width
    for one in axes.lines:
        if one.get_linewidth() == 0.9 and len(one.get_xdata()) == 2:
            x = one.get_xdata()[0] * scale
            foot, top = (y * scale for y in one.get_ydata())
            near = [text for text, b in drawn if foot < b.y1 and b.y0 < top and b.x0 < x < b.x1]
            assert not near
