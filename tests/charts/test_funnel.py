"""A funnel tells how many reach each stage, who moves on, and how long they stay."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kpi_toolkit.charts import funnel, funnel_alt, svg
from kpi_toolkit.charts.theme import ACCENT, ACTUAL, BAD, GOOD, PREVIOUS
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import (
    HOSTILE,
    PAGES,
    assert_clean,
    bars,
    color_of,
    plain_spaces,
    text_named,
    texts,
)

NAN = np.nan
NAMES = ["Qualification", "Discovery", "Proposal", "Negotiation", "Won"]
DEALS = pd.DataFrame(
    {
        "count": [1184, 806, 563, 331, 212],
        "days": [8, 14, 21, 15, NAN],
        "days_before": [8, 13, 15, 16, NAN],
    },
    NAMES,
)
LONG = [f"Stage {i} whose name goes on until it has sixty characters" for i in range(5)]
NASTY = {
    "usual": DEALS,
    "with counts before": DEALS.assign(count_before=[1000, 820, 500, 300, 230]),
    "long names": DEALS.set_index(pd.Index(LONG)),
    "hostile": pd.DataFrame({"count": range(7), "days": 9.5}, HOSTILE),
    "growing": pd.DataFrame({"count": [3, 9, 27], "days": [1, 1400.5, 3]}, list("abc")),
    "zeros": pd.DataFrame({"count": [0, 0, 0], "days": [0, 0, 0]}, list("abc")),
    "unknown": pd.DataFrame({"count": [NAN, NAN], "days": [NAN, NAN]}, list("ab")),
    "gaps": pd.DataFrame({"count": [9, NAN, 3], "days": [NAN, 3, NAN]}, list("abc")),
    "one": DEALS.head(1),
    "none": DEALS.head(0),
    "counts alone": DEALS[["count"]],
    "large": DEALS * 1_000_003,
}


def test_bars_of_counts_share_one_scale_and_the_last_stage_stands_out():
    axes = funnel(DEALS[["count"]])
    lengths = [bar.get_width() for bar in bars(axes, ACTUAL)]
    assert lengths == pytest.approx([lengths[0] * n / 1184 for n in (1184, 806, 563, 331)])
    (won,) = bars(axes, ACCENT)
    assert won.get_width() == pytest.approx(lengths[0] * 212 / 1184)


def test_the_share_that_moves_on_stands_under_each_stage_but_the_last():
    shown = texts(funnel(DEALS))
    assert [text for text in shown if text.endswith("%")] == ["68%", "70%", "59%", "64%"]
    own = funnel(DEALS.assign(share=[0.7, 0.5, NAN, 0.021, NAN]))
    assert [text for text in texts(own) if text.endswith("%")] == ["70%", "50%", "2.1%"]


def test_days_stand_over_those_before_with_their_change():
    axes = funnel(DEALS)
    assert len(bars(axes, PREVIOUS)) == 4
    assert {"8", "14", "21", "15", "+1", "+6", "−1"} <= set(texts(axes))
    assert (color_of(axes, "+6"), color_of(axes, "−1")) == (BAD, GOOD)
    assert texts(axes).count("–") == 0


def test_a_share_has_its_change_in_points():
    axes = funnel(DEALS.assign(count_before=[1000, 820, 500, 300, 230]), words=Format("fr"))
    shown = {plain_spaces(text): text for text in texts(axes)}
    assert color_of(axes, shown["−14 pt"]) == BAD and color_of(axes, shown["+9 pt"]) == GOOD
    assert len(bars(axes, PREVIOUS)) == 5 + 4


def test_whole_days_have_no_decimals_and_halves_have():
    assert "8" in texts(funnel(DEALS))
    assert "8.0" in texts(funnel(DEALS.assign(days=[8, 14.5, 21, 15, NAN])))


def test_stages_stand_in_their_order_from_the_top():
    axes = funnel(DEALS)
    heights = [text_named(axes, name).get_position()[1] for name in NAMES]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("width", "language"), PAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    given = {"words": Format(language)}
    assert_clean(funnel(NASTY[case], width=width, **given))
    assert funnel_alt(NASTY[case], **given)


def test_hostile_names_are_drawn_as_they_are():
    drawn = svg(funnel(pd.DataFrame({"count": [2, 1]}, ["$x^2$", "<b> &"]), width=174))
    assert "$x^2$" in drawn and "&lt;b&gt; &amp;" in drawn and "<b>" not in drawn


def test_heads_can_be_replaced_and_name_the_unit_of_amounts():
    shown = texts(funnel(DEALS * 1e3, unit="money", heads={"stage": "Step"}))
    assert {"Step", "Reached, €m", "Median days"} <= set(shown)


def test_the_analyst_s_own_axes_are_filled_or_refused_in_a_sentence():
    own = Figure(figsize=(5, 3)).add_axes((0, 0, 1, 1))
    assert funnel(DEALS, ax=own) is own
    assert_clean(own)
    low = Figure(figsize=(5, 1)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="25 mm high: 5 stages need at least 44 mm"):
        funnel(DEALS, ax=low)


def test_the_alt_text_tells_counts_shares_and_days():
    assert plain_spaces(funnel_alt(DEALS.iloc[[0, 1, 4]], words=Format("fr"))) == (
        "Entonnoir : Qualification 1 184 (68 % passent à la suite, 8,0 j) ; Discovery 806 "
        "(26 % passent à la suite, 14,0 j (+1,0 j)) ; Won 212."
    )
