"""What a notebook's cells become, rule by rule, each with a tiny notebook."""

from dataclasses import replace
from typing import Any

import pytest
from nbformat.v4 import new_markdown_cell, new_output

from kpi_toolkit import blocks
from kpi_toolkit.errors import ConfigError, RenderError
from kpi_toolkit.render.document import Document, Stamp, read
from tests.render.samples import (
    PNG,
    code,
    data,
    drawing,
    every_kind,
    notebook,
    report,
    shown,
    value,
)

ALT = {"alt": "A grey box."}


def header(language: str = "en", **given: Any) -> Any:
    facts = {"title": "Fallback", "period": "Q3", "period_key": "2026-Q3", "company": "Ardane"}
    made = blocks.header(report="sales", language=language, **{**facts, **given})
    return code(shown(made), source="report = kt.Report('sales')")


def document(*cells: Any, language: str = "en") -> Document:
    return read(notebook(header(language), *cells))


def markdown(source: str) -> Any:
    return new_markdown_cell(source)


def kinds(made: Document) -> list[str]:
    return [block["kind"] for block in made.blocks]


def test_the_first_title_and_question_leave_the_text() -> None:
    made = document(markdown("# Sales\n> Do we win *more*?\n\nRead on."))
    assert (made.title, made.question) == ("Sales", "Do we win more?")
    assert kinds(made) == ["text"]


def test_without_a_title_the_header_s_stands() -> None:
    assert document().title == "Fallback"


def test_a_later_quotation_is_text() -> None:
    made = document(markdown("# Sales\nWords.\n> Said."))
    assert made.question == ""
    assert made.blocks[0]["content"]["parts"][1]["type"] == "quote"


def test_second_level_headings_are_numbered_sections() -> None:
    made = document(markdown("# Sales\n## One\n### Inner\n##### Deeper\n## Two"))
    found = [(b["content"]["level"], b["content"]["number"]) for b in made.blocks]
    assert found == [(1, 1), (2, None), (2, None), (1, 2)]


def test_a_heading_before_any_section_is_one() -> None:
    made = document(markdown("# Sales"), markdown("### Deep"))
    assert made.blocks[0]["content"]["number"] == 1


def test_a_chart_before_any_section_is_a_first_level_heading() -> None:
    first, second = (code(shown(every_kind()["chart"])) for _ in range(2))
    made = document(first, markdown("## One"), second)
    assert [b["content"]["level"] for b in made.blocks] == [1, 1, 2]


def test_the_first_page_s_scorecard_opens_it_and_one_in_a_section_is_a_part() -> None:
    findings, *boards = (code(shown(every_kind()[k])) for k in ("findings", *["scorecard"] * 2))
    made = document(findings, boards[0], markdown("## One"), boards[1])
    assert [b["content"].get("level") for b in made.blocks] == [None, 1, 1, 2]


def test_markdown_styles_lists_and_links_become_runs() -> None:
    made = document(
        markdown("A **bold** *it* `code` [site](https://e.org/a).\n\n- x\n  - y\n\n1. z")
    )
    first, bullets, ordered = made.blocks[0]["content"]["parts"]
    assert [run["t"] for run in first["runs"]][1::2] == ["bold", "it", "code", "site"]
    assert first["runs"][7]["href"] == "https://e.org/a"
    assert bullets["items"][0][1]["items"][0][0]["runs"][0]["t"] == "y"
    assert ordered["ordered"] is True


def test_a_link_that_leads_nowhere_is_text_with_a_warning() -> None:
    made = document(markdown("[go](javascript:x)"))
    assert "href" not in made.blocks[0]["content"]["parts"][0]["runs"][0]
    assert "cell 2" in made.warnings[0]


@pytest.mark.parametrize("source", ["<div>x</div>", "a <b>x</b>", "<!-- x -->", "![a](b.png)"])
def test_raw_html_and_pictures_in_markdown_are_refused(source: str) -> None:
    with pytest.raises(RenderError, match=r"cell 2 \("):
        document(markdown(source))


def test_paragraphs_are_translated_whole() -> None:
    made = document(markdown("## Edition\n\nFigures"), language="fr")
    assert made.blocks[0]["content"]["text"] == "Édition"
    assert made.blocks[1]["content"]["parts"][0]["runs"] == [{"t": "Chiffres", "b": False}]


def test_untranslated_french_still_gets_its_spaces() -> None:
    made = document(markdown("Plus vite ?"), language="fr")
    assert made.blocks[0]["content"]["parts"][0]["runs"][0]["t"] == "Plus vite\u202f?"


def test_an_unknown_language_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match="'de'"):
        document(language="de")


def test_removed_cells_leave_nothing_and_hidden_ones_their_outputs() -> None:
    block = shown(every_kind()["scorecard"])
    assert kinds(document(code(block, tags=["remove"]))) == []
    assert document(code(block, tags=["remove"])).values == ()
    assert kinds(document(code(block, tags=["hide"]))) == ["scorecard"]


def test_values_are_those_of_all_blocks_each_once() -> None:
    cells = [code(shown(every_kind()[kind])) for kind in ("scorecard", "chart", "scorecard")]
    assert document(*cells).values == (value("won_value", 4.82), value("sales_cycle", 61))


def test_a_failed_cell_is_named_by_number_and_first_line() -> None:
    failure = new_output("error", ename="KeyError", evalue="'won'", traceback=["..."])
    cell = code(failure, source="\nreport.scorecard(sales.won)\nmore")
    with pytest.raises(RenderError, match=r"cell 2 \(report.scorecard\(sales.won\)\) failed: KeyE"):
        document(cell)


def test_plain_outputs_are_preformatted_and_stderr_is_logged() -> None:
    out = new_output("stream", name="stdout", text="a\n\x1b[31mb\x1b[0m\n")
    err = new_output("stream", name="stderr", text="careful\n")
    made = document(code(out, err, data(text_plain="   x\n1  2")))
    assert [b["content"]["text"] for b in made.blocks] == ["a\nb", "   x\n1  2"]
    assert "careful" in made.log


@pytest.mark.parametrize(
    "text",
    ["<Axes: title={'center': 'x'}>", "Text(0.5, 1.0, 'x')", "[<matplotlib.lines.Line2D at 0x1>]",
     "<BarContainer object of 3 artists>", "(<Figure size 1x1>, <Axes: >)", "Figure(640x480)",
     "array([<Axes: >], dtype=object)"],
)  # fmt: skip
def test_what_a_plotting_call_returns_is_no_output(text: str) -> None:
    assert kinds(document(code(data(text_plain=text)))) == []


def test_a_picture_keeps_its_description() -> None:
    output = data(image_png=PNG, text_plain="<Figure size 640x480 with 1 Axes>")
    output["metadata"] = {"image/png": ALT}
    made = document(code(output), code(data(image_svgxml=drawing())))
    assert [b["content"]["alt"] for b in made.blocks] == [ALT["alt"], "Figure without description"]
    assert len(made.warnings) == 1


def test_an_output_of_html_only_is_refused() -> None:
    output = data(text_html="<b>x</b>", text_plain="<IPython.core.display.HTML object>")
    with pytest.raises(RenderError, match=r"cell 2 .*text/html"):
        document(code(output))


def test_a_block_of_an_unknown_kind_is_refused() -> None:
    output = new_output("display_data", data={blocks.MIME: {"kind": "charts", "content": {}}})
    with pytest.raises(RenderError, match="did you mean 'chart'"):
        document(code(output))


def test_a_finding_knows_the_section_that_shows_its_kpi() -> None:
    items = [blocks.Finding([("x", True)], where=w) for w in ("sales_cycle", "absent", 1, 9)]
    found = blocks.findings(title="F", heads=["a", "b", "c", "d"], items=items)
    made = document(
        code(shown(found)),
        markdown("## One"),
        markdown("## Two"),
        code(shown(every_kind()["chart"])),
    )
    assert [i["where"] for i in made.blocks[0]["content"]["items"]] == [2, None, 1, None]
    assert made.blocks[0]["content"]["heads"] == ["a", "b", "c", "d"]
    # Where nothing is shown for itself, the column has no head.
    assert document(code(shown(found))).blocks[0]["content"]["heads"][-1] == ""


def test_a_stamp_adds_edition_and_run() -> None:
    made = read(report(), Stamp("r-8c41f7", "1", "5 Oct 2026"))
    assert made.footer == "Edition 1 · 5 Oct 2026 · r-8c41f7"
    assert [m["label"] for m in made.meta] == ["Data as of", "Compared with", "Edition", "Run"]


def test_an_unstamped_page_says_that_it_is_a_draft() -> None:
    assert read(report()).footer == "Draft, not archived"


def test_reading_does_not_change_the_notebook() -> None:
    made = report()
    before = repr(made)
    read(made)
    assert repr(made) == before


def test_a_finding_leads_to_the_chart_of_its_kpi() -> None:
    """In a row of two charts, to the one that is named after it."""
    chart = every_kind()["chart"]
    left, right = (
        replace(chart, content={**chart.content, "name": f"trend-{kpi}"}, values=())
        for kpi in ("won_value", "sales_cycle")
    )
    rows = [{"kpi": kpi} for kpi in ("won_value", "sales_cycle")]
    pair = replace(blocks.row(left, right), values=tuple(rows))
    found = blocks.findings(
        title="F",
        heads=["a", "b", "c", "d"],
        items=[blocks.Finding([("x", True)], where="sales_cycle")],
    )
    made = document(code(shown(found)), markdown("## One"), code(shown(pair)))
    (item,) = made.blocks[0]["content"]["items"]
    parts = made.blocks[-1]["content"]["blocks"]
    assert [part["content"].get("anchor") for part in parts] == [None, item["anchor"]]


def test_a_text_that_opens_the_report_has_a_title_of_the_first_level() -> None:
    opening = blocks.text("So.", title="Ahead", opens=True)
    after = blocks.text("So.", title="Later")
    made = document(code(shown(every_kind()["findings"])), code(shown(opening)), code(shown(after)))
    assert [block["content"].get("level") for block in made.blocks[1:]] == [1, 2]
