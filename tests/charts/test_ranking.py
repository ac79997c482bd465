"""A ranking shows members in their order with values, changes and percents."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from kpi_toolkit.charts import ranking, svg
from kpi_toolkit.charts.theme import ACTUAL, BAD, GOOD, PREVIOUS
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import (
    HOSTILE,
    LANGUAGES,
    WIDTHS,
    assert_clean,
    bars,
    boxes,
    color_of,
    text_named,
    texts,
)

NAMES = ["Camille Roussel", "Julien Mercier", "Inès Benali", "Élodie Faure"]
NAN = np.nan


def frame_of(values, previous=None, names=NAMES):
    columns = {"value": values} | ({} if previous is None else {"previous": previous})
    return pd.DataFrame(columns, index=names[: len(values)], dtype=float)


@pytest.fixture
def owners():
    return frame_of([742e3, 655e3, 598e3, 389e3], [601e3, 702e3, 431e3, 412e3])


NASTY = {
    "hostile names": frame_of(
        [1200, -300, NAN, 0.4, 900, 0, 77], [-800, NAN, 100, 5, 0, 0, 5000], HOSTILE
    ),
    "one": frame_of([3], [4]),
    "zeros": frame_of([0, 0, 0], [0, 0, 0]),
    "only values": frame_of([5, 3, 1]),
    "all missing": frame_of([NAN, NAN], [NAN, NAN]),
    "all negative": frame_of([-5, -3, -1], [-1, -3, -5]),
    "many figures": frame_of([123456789.12, 1, -98765432], [1, 123456789.12, 3]),
    "none": frame_of([]),
}


def test_members_keep_their_order_from_the_top(owners):
    axes = ranking(owners, unit="money")
    heights = [text_named(axes, name).get_position()[1] for name in NAMES]
    assert heights == sorted(heights, reverse=True)


def test_bars_and_changes_share_one_scale(owners):
    axes = ranking(owners, unit="money")
    assert len(bars(axes, ACTUAL)) == len(bars(axes, PREVIOUS)) == 4
    ratio = bars(axes, GOOD)[0].get_width() / bars(axes, ACTUAL)[0].get_width()
    assert ratio == pytest.approx(141 / 742)


def test_values_changes_and_percents_are_written(owners):
    assert {"742", "+141", "+23", "655", "−47", "−7"} <= set(texts(ranking(owners, unit="money")))


@pytest.mark.parametrize(("better", "up", "down"), [("up", GOOD, BAD), ("down", BAD, GOOD)])
def test_a_change_takes_the_colour_of_its_favourable_direction(owners, better, up, down):
    axes = ranking(owners, unit="money", better=better)
    assert (color_of(axes, "+141"), color_of(axes, "−47")) == (up, down)


def test_a_change_that_reads_zero_is_neither_good_nor_bad():
    axes = ranking(frame_of([8, 5], [3, 5.2]), unit="count")
    assert color_of(axes, "0") == ACTUAL


def test_without_previous_there_are_bars_and_values_only(owners):
    axes = ranking(owners[["value"]], unit="money")
    assert not bars(axes, PREVIOUS) and "Change, €k" not in texts(axes)
    assert {"742", "655"} <= set(texts(axes))


def test_shares_change_in_points_and_have_no_percents(owners):
    shown = texts(ranking(owners / 2e6, unit="percent", words=Format("fr")))
    assert "Écart, pt" in shown and "Écart, %" not in shown and "+7,1" in shown


@pytest.mark.parametrize("width", [84, 78])
def test_narrow_rankings_have_no_percents(owners, width):
    shown = texts(ranking(owners, unit="money", width=width))
    assert "+23" not in shown and "+141" in shown


def test_the_total_stands_under_the_members(owners):
    axes = ranking(owners, unit="money", total=(4.82e6, 4.19e6))
    assert {"Total", "4,820", "+630", "+15"} <= set(texts(axes))
    below = text_named(axes, "Total").get_position()[1]
    assert below < min(text_named(axes, name).get_position()[1] for name in NAMES)


def test_a_total_without_previous_has_dashes(owners):
    assert texts(ranking(owners, unit="money", total=(1e6, None))).count("–") == 2


def test_a_pin_beyond_half_is_cut_with_an_arrow():
    axes = ranking(frame_of([10, 6], [5, 5]))
    assert sorted(line.get_marker() for line in axes.lines if line.get_marker() in "><s") == [
        ">",
        "s",
    ]


def test_hostile_names_are_drawn_as_they_are():
    axes = ranking(frame_of([1, 2], names=["$x^2$", "<b> & \\n"]))
    assert {"$x^2$", "<b> & \\n"} <= set(texts(axes))
    drawn = svg(axes)
    assert "$x^2$" in drawn and "&lt;b&gt; &amp; \\n" in drawn and "<b>" not in drawn


@pytest.mark.parametrize("width", WIDTHS)
def test_a_long_name_is_cut_before_its_bar(width):
    axes = ranking(NASTY["hostile names"], width=width)
    zero = axes.lines[-1 if width < 120 else -3].get_xdata()[0]
    drawn = boxes(axes)
    scale = axes.bbox.width / width
    for content, box in drawn:
        if content.endswith("…"):
            assert box.x1 < zero * scale


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    words = Format(language)
    frame = NASTY[case]
    total = (frame["value"].sum(), 900)
    assert_clean(ranking(frame, unit="money", words=words, width=width, total=total))
    assert_clean(ranking(frame / 1e4, unit="percent", words=words, width=width))


@pytest.mark.parametrize("width", WIDTHS)
def test_long_heads_keep_clear(owners, width):
    heads = dict.fromkeys(("member", "value"), "A head without an end, in some unit")
    assert_clean(ranking(owners, unit="money", heads=heads, width=width))


def test_the_analyst_s_own_axes_are_filled(owners):
    own = Figure(figsize=(6, 3)).add_axes((0, 0, 1, 1))
    assert ranking(owners, unit="money", ax=own) is own
    assert_clean(own)


def test_axes_that_are_too_low_are_refused_in_a_sentence(owners):
    own = Figure(figsize=(6, 0.5)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="13 mm high: 4 rows need at least 20 mm"):
        ranking(owners, ax=own)


def test_one_large_member_does_not_blur_the_others() -> None:
    """Of 1.49m beside 115k, thousands tell all; of 99m beside 115k, the large one decides."""
    words = Format("en", "USD")
    units = {}
    for largest in (1_490_000.0, 99_000_000.0):
        frame = pd.DataFrame({"value": [120_000.0, 115_000, 110_000, largest]}, index=list("abcd"))
        axes = ranking(frame, unit="money", words=words)
        units[largest] = {text.get_text() for text in axes.texts}
    assert {"120", "1,490"} <= units[1_490_000.0]
    assert "99.0" in units[99_000_000.0]


def test_heads_and_total_are_not_cut_beside_short_names() -> None:
    frame = pd.DataFrame({"value": [2.0, 1.0]}, index=["A", "B"])
    axes = ranking(frame, heads={"member": "Owner of the deal"}, total=(3, None))
    assert {"Owner of the deal", "Total"} <= {text.get_text() for text in axes.texts}


def test_the_head_of_values_names_their_unit() -> None:
    frame = pd.DataFrame({"value": [0.5, 0.25]}, index=["A", "B"])
    axes = ranking(frame, unit="percent", heads={"value": "Q3 2026"})
    assert "Q3 2026, %" in {text.get_text() for text in axes.texts}


def test_many_together_have_no_bars_that_would_dwarf_the_others(owners) -> None:
    def drawn(rest: str, value: float, **given):
        return ranking(pd.concat([owners, frame_of([value], [value], [rest])]), rest=rest, **given)

    few = drawn("4 others", 700e3)
    many = drawn("91 others", 9_000e3, unit="money", words=Format("en", "EUR"))
    assert len(many.patches) == len(few.patches) - 3  # its two bars and its change
    assert {"91 others", "9,000", "0"} <= set(texts(many))
    assert_clean(many)
