"""Tables on paper: columns that lack room, rows and tables that stay whole."""

from hypothesis import given
from hypothesis import strategies as st

from kpi_toolkit.blocks import ScoreRow, scorecard
from kpi_toolkit.render import paper, tables
from kpi_toolkit.render.columns import BREAK, breakable, column_widths, fit

widths = st.lists(st.floats(1, 500), min_size=1, max_size=12)


@given(widths, st.floats(20, 300))
def test_columns_never_take_more_than_there_is(wanted: list[float], room: float) -> None:
    found = fit(wanted, room)
    assert sum(found) <= room + 1e-6
    assert sum(found) >= room - 1e-3
    if sum(wanted) > room:
        assert all(got <= width + 1e-9 for got, width in zip(found, wanted, strict=True))


@given(widths, st.floats(20, 300))
def test_who_wants_more_never_gets_less(wanted: list[float], room: float) -> None:
    pairs = sorted(zip(wanted, fit(wanted, room), strict=True))
    assert all(a <= b + 1e-6 for (_, a), (_, b) in zip(pairs, pairs[1:], strict=False))


def test_a_long_sentence_takes_no_room_from_a_column_of_one_word() -> None:
    rows = [["Probability", "What to do"], ["60 %", "Go through the lost deals again. " * 12]]
    alone = column_widths([["Probability"], ["60 %"]], 8.0, 3.2, 1.0)[0]
    first, second = column_widths(rows, 8.0, 3.2, 100.0)
    assert first >= alone and second > 3 * first


def test_a_short_table_and_a_row_of_any_usual_height_stay_on_a_page() -> None:
    def laid(rows: list[list[str]]) -> dict:
        content = {"heads": ["Deal", "Why"], "rows": rows, "total": []}
        return tables.table(content, 174.0)

    short, many = laid([["1", "late"]] * 12), laid([["1", "late"]] * 40)
    assert short["whole"] and not many["whole"]
    # A row that is higher than most of a page has to break, or it would leave the page.
    sentence, novel = laid([["1", "word " * 80]] * 20), laid([["1", "word " * 2000]])
    assert not any(sentence["breaks"]) and novel["breaks"] == [True]
    assert not novel["whole"]


def test_a_share_of_a_target_has_its_bar_however_short_its_text() -> None:
    """Where all targets are missed, no text is as wide as "105.2%"."""
    row = ScoreRow("Won value", "4.84", target=(0.6, False, "60%"))
    heads = ("KPI", "", "Q3", "", "", "of target", "", "", "")
    shown = scorecard(title="One KPI", subject="", heads=heads, groups=[("", [row])])
    content = {**shown.to_json()["content"], "level": 1}
    assert paper._scorecard(content, paper.PAGE)["bullet"]


def test_a_long_name_breaks_after_its_hyphen_only() -> None:
    name = "Camille de la Rochefoucauld-Montmorency"
    assert breakable(name) == name
    assert BREAK in breakable("x" * 25)
