"""A Pareto chart puts the greatest parts first and tells what share they make together."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kpi_toolkit.charts import pareto, pareto_alt, svg
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, PREVIOUS
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import (
    HOSTILE,
    PAGES,
    assert_clean,
    bars,
    plain_spaces,
    text_named,
    texts,
)

NAN = np.nan
REASONS = pd.Series(
    [48, 96, 71, 9, 31, 23, 14],
    ["Competitor", "Price", "No decision", "Other", "Timing", "Missing feature", "Budget frozen"],
)
NASTY = {
    "usual": REASONS,
    "hostile": pd.Series([5.0, 4, 3, 3, 2, 1, NAN], HOSTILE),
    "many long names": pd.Series(
        range(40), [f"Reason {i} whose name goes on for sixty characters or so" for i in range(40)]
    ),
    "zeros": pd.Series([0, 0], ["a", "b"]),
    "unknown": pd.Series([NAN, NAN], ["a", "b"]),
    "one": pd.Series([3], ["a"]),
    "none": pd.Series([], dtype=float),
    "one takes all": pd.Series([1e6, 1, 1, 1], list("abcd")),
    "ties": pd.Series([1.0] * 12, [f"r{i}" for i in range(12)]),
    "long figures": pd.Series([123456789.0, 98765432], list("ab")),
}


def test_parts_stand_in_the_order_of_their_size_with_their_cumulative_share():
    axes = pareto(REASONS)
    names = REASONS.sort_values(ascending=False).index
    heights = [text_named(axes, name).get_position()[1] for name in names]
    assert heights == sorted(heights, reverse=True)
    shares = [text for text in texts(axes) if text.endswith("%")]
    # 96, 167, 215, 246, 269, 283, 292 of 292; the line stands at 80 %.
    assert shares == ["80%", "33%", "57%", "74%", "84%", "92%", "97%", "100%"]


def test_those_that_make_up_eighty_percent_are_dark():
    axes = pareto(REASONS)
    assert len(bars(axes, ACTUAL)) == 4 and len(bars(axes, PREVIOUS)) == 3
    widths = [bar.get_width() for bar in (*bars(axes, ACTUAL), *bars(axes, PREVIOUS))]
    assert widths == pytest.approx([widths[0] * n / 96 for n in (96, 71, 48, 31, 23, 14, 9)])


def test_the_curve_runs_through_the_cumulative_shares_and_the_line_at_eighty_percent():
    axes = pareto(REASONS)
    (dashed,) = [one for one in axes.lines if one.get_color() == ACCENT]
    (curve,) = [one for one in axes.lines if one.get_linewidth() == 0.7 and one is not dashed]
    xs = np.asarray(curve.get_xdata())
    zero = xs[-1] - (xs[-1] - xs[0]) / (1 - 96 / 292)
    shares = (xs - zero) / (xs[-1] - zero)
    assert shares == pytest.approx(np.array([96, 167, 215, 246, 269, 283, 292]) / 292)
    assert (dashed.get_xdata()[0] - zero) / (xs[-1] - zero) == pytest.approx(0.8)


def test_the_smallest_of_many_are_one_row_at_the_end_that_is_never_dark():
    values = pd.Series([9.0, 1, 5, 1, 1, 1, 1, 1], list("abcdefgh"))
    axes = pareto(values, most=2)
    assert {"a", "c", "6 others"} <= set(texts(axes)) and "d" not in texts(axes)
    assert len(bars(axes, ACTUAL)) == 2
    assert pareto_alt(values, most=2) == (
        "Parts, with their cumulative share: a 9 (45%), c 5 (70%), 6 others 6 (100%)."
    )


def test_a_value_below_zero_is_refused_in_a_sentence():
    with pytest.raises(RenderError, match="value -3 of 'b': a part of a whole is not negative"):
        pareto(pd.Series([5.0, -3], list("ab")))


@pytest.mark.parametrize(("width", "language"), PAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    given = {"unit": "money", "words": Format(language)}
    heads = {"member": "A head without an end", "value": "Lost amounts in this period"}
    assert_clean(pareto(NASTY[case], width=width, heads=heads, **given))
    assert_clean(pareto(NASTY[case], width=width, words=Format(language)))
    assert pareto_alt(NASTY[case], **given)


def test_hostile_names_are_drawn_as_they_are():
    drawn = svg(pareto(pd.Series([2, 1], ["$x^2$", "<b> &"]), width=174))
    assert "$x^2$" in drawn and "&lt;b&gt; &amp;" in drawn and "<b>" not in drawn


def test_the_analyst_s_own_axes_are_filled_or_refused_in_a_sentence():
    own = Figure(figsize=(5, 3)).add_axes((0, 0, 1, 1))
    assert pareto(REASONS, ax=own) is own
    assert_clean(own)
    low = Figure(figsize=(5, 1)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="25 mm high: 7 rows need at least 29 mm"):
        pareto(REASONS, ax=low)


def test_the_alt_text_in_french():
    text = plain_spaces(pareto_alt(REASONS.head(2), words=Format("fr")))
    assert text == "Répartition, avec la part cumulée : Price 96 (67 %), Competitor 48 (100 %)."
