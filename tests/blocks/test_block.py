"""What blocks carry, refuse and leave out."""

import json
import math

import pytest

from kpi_toolkit import blocks
from kpi_toolkit.blocks import MIME, ScoreRow
from kpi_toolkit.blocks.links import is_web
from kpi_toolkit.blocks.svg import inline
from kpi_toolkit.errors import RenderError
from tests.render.reading import Page
from tests.render.samples import drawing, every_kind, value

HEADS = ["KPI", "Trend", "Q3", "on Q2", "on 2025", "target", "Signal", "n", "CI"]


def scorecard(*rows: ScoreRow) -> blocks.Block:
    return blocks.scorecard(title="T", subject="s", heads=HEADS, groups=[("G", rows), ("none", ())])


def test_on_a_phone_the_total_of_a_table_says_what_each_figure_is() -> None:
    heads, row = ["Team", "Q2", "Q3", "Change", "Volume"], ["North", "1", "2", "+1", "+1"]
    block = blocks.table(
        message="M",
        heads=heads,
        rows=[row],
        align=["left", *["right"] * 4],  # type: ignore[list-item]
        total=["Total", "1", "2", "", "+1"],
        phone=[0, 3],
    )
    html = block._repr_mimebundle_()["text/html"]
    total = html.partition('<tr class="total">')[2].partition("</tr>")[0]
    labels = [part.partition('"')[0] for part in total.split('data-label="')[1:]]
    assert labels == ["Q2", "Q3", "Volume"]


@pytest.mark.parametrize(
    ("align", "phone", "shape"),
    [
        (["left", "right", "right", "right", "right"], [0, 2], "plain cards pair"),
        (["left", "right", "right", "right", "right"], [0, 1, 4], "plain cards figures"),
        (["left", "left", "right", "right", "right"], [0, 1, 4], "plain cards"),
        (["left", "right", "right", "right", "right"], [0, 1, 2, 3, 4], "plain"),
    ],
)
def test_on_a_phone_a_name_before_figures_has_the_room_that_they_leave(
    align: list[str], phone: list[int], shape: str
) -> None:
    block = blocks.table(
        message="M",
        heads=list("abcde"),
        rows=[list("12345")],
        align=align,  # type: ignore[arg-type]
        phone=phone,
    )
    assert f'<table class="{shape}">' in block._repr_mimebundle_()["text/html"]


def test_on_a_phone_a_revised_figure_says_of_which_edition_it_is() -> None:
    block = blocks.restated(
        title="T",
        text="",
        heads=["KPI", "Edition 1", "Edition 2", "Change", "Cause"],
        rows=[["Won value", "1", "2", "+1", "–"]],
    )
    html = block._repr_mimebundle_()["text/html"]
    assert '<td class="r" data-label="Edition 1">1</td>' in html
    assert '<td class="r now" data-label="Edition 2">2</td>' in html
    assert '<td class="l none">–</td>' in html, "no cause takes no line"


def test_the_mark_that_jupyterlab_puts_into_a_heading_takes_no_room() -> None:
    html = scorecard(ScoreRow(name="A", value="1"))._repr_mimebundle_()["text/html"]
    assert "h2 span:empty{margin:0}" in html


def columns(block: blocks.Block) -> list[str]:
    return [column["head"] for column in block.content["columns"]]


def test_a_block_travels_as_json_beside_html_and_text() -> None:
    for block in every_kind().values():
        bundle = block._repr_mimebundle_()
        assert set(bundle) == {MIME, "text/html", "text/plain"}
        assert json.loads(json.dumps(bundle[MIME], allow_nan=False)) == bundle[MIME]


def test_a_fragment_is_well_formed_and_styles_only_itself() -> None:
    for block in every_kind().values():
        source = block._repr_mimebundle_()["text/html"]
        assert not Page(source).faults
        rules = source.partition("<style>")[2].partition("</style>")[0]
        own = (".kpi", "&", "}", "@media", "/*", "color:", '@font-face{font-family:"kpi ')
        assert all(line.startswith(own) for line in rules.strip().splitlines())


def test_columns_that_no_row_fills_are_left_out() -> None:
    assert columns(scorecard(ScoreRow("Won", "4.8"))) == ["KPI", "Q3"]
    targeted = ScoreRow("Won", "4.8", target=(1.0, True, "100%"))
    assert columns(scorecard(ScoreRow("Lost", "2"), targeted)) == ["KPI", "Q3", "target"]
    signalled = ScoreRow("Won", "4.8", signal=("none", "ordinary"))
    assert columns(scorecard(signalled)) == ["KPI", "Q3", "Signal"]


def test_a_group_without_rows_is_left_out() -> None:
    assert [g["name"] for g in scorecard(ScoreRow("Won", "1")).content["groups"]] == ["G"]


def test_missing_points_are_gaps_and_never_nan() -> None:
    row = ScoreRow("Won", "1", spark=[1, math.nan, None, 2, 3], limits=(math.nan, 1))
    shown = scorecard(row).content["groups"][0]["rows"][0]
    assert shown["spark"] == [1.0, None, None, 2.0, 3.0]
    assert shown["limits"] is None


@pytest.mark.parametrize("spark", [[], [None], [2], [2, 2, 2], [None, 3, None]])
def test_a_trend_of_little_still_shows(spark: list[float | None]) -> None:
    assert not Page(
        scorecard(ScoreRow("Won", "1", spark=spark))._repr_mimebundle_()["text/html"]
    ).faults


def test_a_row_carries_the_values_of_its_blocks() -> None:
    kinds = every_kind()
    assert blocks.row(kinds["chart"], kinds["heading"]).values == (value("sales_cycle", 61),)


def test_charts_and_pictures_need_alt_text() -> None:
    with pytest.raises(ValueError, match="alt text"):
        blocks.chart(name="x", message="m", subject="s", alt=" ", wide=drawing())
    with pytest.raises(ValueError, match="alt text"):
        blocks.picture(b"", alt="")


def test_a_row_of_the_wrong_width_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells: expected 2"):
        blocks.table(message="m", heads=["a", "b"], rows=[["x"]], align=["left", "left"])


@pytest.mark.parametrize(
    ("address", "web"),
    [
        ("https://example.org/a?b=c", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:x//http://", False),
        ("data:text/html,x", False),
        ("/etc/passwd", False),
        ("https://a b", False),
        ("https://x\n", False),
    ],
)
def test_only_web_and_mail_become_links(address: str, web: bool) -> None:
    assert is_web(address) is web


HOSTILE_DRAWINGS = [
    "<script>alert(1)</script>",
    '<rect onclick="x()"/>',
    '<image href="file:///etc/passwd"/>',
    '<use href="https://e.org/a.svg#b"/>',
    '<rect style="fill:url(https://e.org/x)"/>',
    '<rect style="background:u\\72l(x)"/>',
    "<foreignObject><p>x</p></foreignObject>",
    '<a href="javascript:x"><rect/></a>',
    "<style>*{color:red}</style>",
    '<animate attributeName="href" values="javascript:x"/>',
]


@pytest.mark.parametrize("inside", HOSTILE_DRAWINGS)
def test_a_drawing_keeps_only_drawing(inside: str) -> None:
    made = inline(drawing().replace("</svg>", f"{inside}</svg>"), "k")
    assert not Page(made).faults
    assert not any(word in made for word in ("e.org", "script", "passwd", "onclick", "u\\72"))


def test_ids_of_a_drawing_get_the_prefix_where_they_are_used() -> None:
    made = inline(drawing(), "k1")
    assert 'id="k1p1"' in made
    assert "url(#k1p1)" in made


def test_entities_in_a_drawing_are_refused() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    with pytest.raises(RenderError, match="entities"):
        inline(bomb, "k")


def test_trends_begin_with_the_first_value_of_any() -> None:
    short, long = ScoreRow("A", "1", spark=[None, None, 3]), ScoreRow("B", "1", spark=[None, 2, 3])
    rows = scorecard(short, long).content["groups"][0]["rows"]
    assert [row["spark"] for row in rows] == [[None, 3.0], [2.0, 3.0]]


def test_a_value_without_neighbours_is_a_dot() -> None:
    page = scorecard(ScoreRow("A", "1", spark=[1, None, 3]))._repr_mimebundle_()["text/html"]
    assert page.count("<circle") == 2
    assert "<polyline" not in page


def test_a_phone_shows_the_first_two_columns_and_the_last_of_many() -> None:
    heads = list("abcde")
    many = blocks.table(message="m", heads=heads, rows=[heads], align=["left"] * 5)
    assert many.content["phone"] == [0, 1, 4]
