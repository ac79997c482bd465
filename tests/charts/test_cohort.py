"""A cohort triangle tells a share by age; what has not happened yet is empty."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kpi_toolkit.charts import cohort, cohort_alt
from kpi_toolkit.charts.cohort import readable_on
from kpi_toolkit.charts.theme import ACCENT, INK
from kpi_toolkit.errors import RenderError
from kpi_toolkit.format import Format
from tests.charts.conftest import HOSTILE, PAGES, assert_clean, plain_spaces, texts

NAN = np.nan


def triangle(count, ages=None, start="2025-10", freq="MS"):
    ages = ages or count
    rows = [[0.05 * (j + 1) if i + j < count else NAN for j in range(ages)] for i in range(count)]
    return pd.DataFrame(rows, pd.date_range(start, periods=count, freq=freq))


SIZES = pd.Series([402, 431, 18, 377], triangle(4).index)
NASTY = {
    "four": triangle(4),
    "thirteen": triangle(13),
    "thirty-six": triangle(36, 24),
    "quarters": triangle(8, freq="QS"),
    "one": triangle(1),
    "none": triangle(4).head(0),
    "no ages": triangle(4)[[]],
    "unknown": triangle(3) * NAN,
    "zeros": triangle(3) * 0,
    "full": triangle(3) * 20,
    "small": triangle(13) / 20,
    "negative": triangle(4) - 0.1,
    "hostile": triangle(7).set_index(pd.Index(HOSTILE)),
    "gap": triangle(4).where(triangle(4) != 0.1),
}


def cells(axes):
    return [p for p in axes.patches if isinstance(p, Rectangle) and p.get_fill()]


def outlines(axes):
    return [p for p in axes.patches if isinstance(p, Rectangle) and not p.get_fill()]


def test_what_a_cohort_has_not_reached_is_empty():
    axes = cohort(triangle(4))
    assert len(cells(axes)) == 4 + 3 + 2 + 1
    assert [text for text in texts(axes) if text == "0"] == ["0"]  # the age alone


def test_a_share_of_nothing_is_a_cell_of_zero():
    assert len(cells(cohort(triangle(3) * 0))) == 6


def test_the_newest_value_of_each_cohort_is_outlined():
    axes = cohort(triangle(4))
    found = {(round(p.get_x(), 3), round(p.get_y(), 3)) for p in outlines(axes)}
    last = {}
    for cell in cells(axes):
        last[round(cell.get_y(), 3)] = round(cell.get_x(), 3)
    assert found == {(x, y) for y, x in last.items()} and len(found) == 4
    assert {mpl.colors.to_hex(p.get_edgecolor()).upper() for p in outlines(axes)} == {ACCENT}


def test_cohorts_past_the_last_age_that_is_drawn_have_no_newest_value():
    assert len(outlines(cohort(triangle(6, 3)))) == 3


def test_digits_take_the_colour_that_is_read_better():
    assert (readable_on("#FFFFFF"), readable_on(ACCENT)) == (INK, "white")
    axes = cohort(triangle(4), words=Format("en"))
    colors = {t.get_text(): t.get_color() for t in axes.texts}
    assert colors["20"] == "white" and colors["5"] == INK


def test_a_larger_share_is_darker():
    first = cells(cohort(triangle(4)))[:4]
    light = [sum(cell.get_facecolor()[:3]) for cell in first]
    assert light == sorted(light, reverse=True) and len(set(light)) == 4


def test_cohorts_are_named_with_their_sizes():
    axes = cohort(triangle(4), sizes=SIZES, words=Format("fr"), heads={"age": "Mois écoulés"})
    shown = [plain_spaces(text) for text in texts(axes)]
    assert {"oct. 2025", "janv. 2026", "402", "18", "n", "Création", "Mois écoulés"} <= set(shown)


def test_ages_are_thinned_where_digits_have_no_room():
    wide, narrow = cohort(triangle(36, 24), width=174), cohort(triangle(36, 24), width=78)
    assert len(cells(narrow)) < len(cells(wide)) and "6" in texts(narrow)


@pytest.mark.parametrize(("width", "language"), PAGES)
@pytest.mark.parametrize("case", NASTY)
def test_labels_keep_clear_of_one_another(case, language, width):
    frame, words = NASTY[case], Format(language)
    sizes = pd.Series(range(1000, 1000 + len(frame)), frame.index)
    assert_clean(cohort(frame, sizes=sizes, width=width, words=words))
    assert_clean(cohort(frame, width=width, words=words))
    assert cohort_alt(frame, sizes=sizes, words=words)


def test_the_analyst_s_own_axes_are_filled_or_refused_in_a_sentence():
    own = Figure(figsize=(5, 3)).add_axes((0, 0, 1, 1))
    assert cohort(triangle(8), ax=own) is own
    assert_clean(own)
    low = Figure(figsize=(5, 1)).add_axes((0, 0, 1, 1))
    with pytest.raises(RenderError, match="25 mm high: 8 cohorts need at least 39 mm"):
        cohort(triangle(8), ax=low)


def test_the_alt_text_tells_the_latest_value_of_each_cohort():
    text = plain_spaces(cohort_alt(triangle(2), sizes=SIZES.head(2)))
    assert text == (
        "Cohorts, latest values: Oct 2025 10.0% (age 1, n = 402), Nov 2025 5.0% (age 0, n = 431)."
    )
