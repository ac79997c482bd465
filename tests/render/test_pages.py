"""The pages themselves: self-contained, always the same, with levels and ids in order."""

import re

import pytest
from nbformat import NotebookNode

from kpi_toolkit.errors import RenderError
from kpi_toolkit.render.document import Document, Stamp, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.paper import laid_out
from kpi_toolkit.render.pdf import pdf
from tests.render.reading import Page
from tests.render.samples import code, every_kind, notebook, report, shown

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


@pytest.fixture(scope="module")
def document() -> Document:
    return read(report(), Stamp("r-1", "1", "5 Oct 2026"))


def test_a_page_carries_its_policy_and_its_language(document: Document) -> None:
    made = page(document)
    assert f'http-equiv="Content-Security-Policy" content="{POLICY}"'.replace("'", "&#39;") in (
        made.replace("'", "&#39;")
    )
    assert '<html lang="en">' in made


def test_a_page_names_no_address_outside_itself(document: Document) -> None:
    made = page(document)
    assert set(re.findall(r"https?://[\w./]+", made)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!data:|#)", made)


def test_a_page_embeds_three_faces_in_less_than_100_kilobytes(document: Document) -> None:
    faces = re.findall(r"@font-face\{[^}]*data:[^}]+\}", page(document))
    assert len(faces) == 3
    assert sum(map(len, faces)) < 130_000


def test_ids_are_unique_and_references_resolve(document: Document) -> None:
    seen = Page(page(document))
    assert len(seen.ids) == len(set(seen.ids))
    wanted = {a[1:] for a in seen.addresses if a.startswith("#")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", " ".join(seen.attributes)))
    assert wanted <= set(seen.ids)


def test_a_drawing_s_style_sheet_does_not_reach_the_page(document: Document) -> None:
    assert "*{fill:red}" not in page(document)


def test_heading_levels_are_never_skipped(document: Document) -> None:
    levels = Page(page(document)).headings
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_wide_and_narrow_drawings_are_both_there(document: Document) -> None:
    made = page(document)
    assert 'class="wide"' in made
    assert 'class="narrow"' in made


def test_the_same_document_gives_the_same_bytes(document: Document) -> None:
    assert page(document) == page(document)
    assert pdf(document) == pdf(document)


def test_a_pdf_is_dated_by_its_data(document: Document) -> None:
    assert b"2026-10-05T04:00:00" in pdf(document)


def test_every_kind_renders_in_french_with_many_rows() -> None:
    notebook = report(rows=150)
    header = notebook.cells[1].outputs[0]
    french(header)
    made = read(notebook)
    assert made.footer == "Brouillon, non archivé"
    assert pdf(made).count(b"/Type /Page\n") + pdf(made).count(b"/Type/Page\n") != 1


def french(header: NotebookNode) -> None:
    for bundle in header["data"].values():
        if isinstance(bundle, dict):
            bundle["content"]["language"] = "fr"


def test_columns_never_leave_the_page(document: Document) -> None:
    for block in laid_out(document).document["blocks"]:
        if block["kind"] in ("scorecard", "table"):
            assert 84 <= sum(block["content"]["widths"]) <= 174.001


@pytest.mark.parametrize(
    ("kinds", "sticky"),
    [
        (("text", "chart", "text"), [True, None, False]),
        # By way of another text.
        (("text", "text", "chart"), [True, True, None]),
        # A section's first text with its second.
        (("heading", "text", "text", "heading", "text"), [None, True, False, None, False]),
    ],
)
def test_a_short_text_stays_with_what_it_introduces(
    kinds: tuple[str, ...], sticky: list[bool | None]
) -> None:
    known = every_kind()
    laid = laid_out(read(notebook(*(code(shown(known[kind])) for kind in kinds))))
    assert [b["content"].get("sticky") for b in laid.document["blocks"]] == sticky


def test_a_drawing_that_is_no_svg_is_one_sentence() -> None:
    broken = read(report())
    blocks = [b for b in broken.blocks if b["kind"] == "chart"]
    blocks[0]["content"]["wide"] = "<svg"
    for write in (page, pdf):
        with pytest.raises(RenderError, match="it is not SVG"):
            write(broken)
