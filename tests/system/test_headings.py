"""A heading and its introduction stand on the page of what they introduce, however full it is."""

import shutil
import subprocess
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.render.document import read
from kpi_toolkit.render.pdf import pdf
from tests.render.samples import code, drawing, every_kind, notebook, shown

pytestmark = pytest.mark.system

KINDS = every_kind()
CHART = blocks.chart(name="c", message="Aim", subject="s", alt="a", wide=drawing(238, 200))
DEFINITIONS = blocks.definitions(
    title="Terms",
    labels=["Formula", "Counts", "Empty"],
    items=[blocks.Definition("Aim", "Signed. " * 20, "sum", "by date " * 20, "0")] * 8,
)
SECTIONS: dict[str, list[Block]] = {
    "charts beside each other": [blocks.row(CHART, CHART)],
    "a stack of charts": [blocks.stack(blocks.row(CHART, CHART), CHART)],
    "a sentence, then definitions": [blocks.text("All rows kept."), DEFINITIONS],
    "two sentences": [blocks.text("Aim: there is none.")],
    "a chart": [CHART],
}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_heading_stays_with_what_it_introduces(tmp_path: Path, name: str) -> None:
    """Of pages that are filled a line more each time, some end just where the section begins."""
    stranded = [lines for lines in range(20, 50) if _pages(tmp_path, lines, SECTIONS[name]) > 1]
    assert stranded == []


def _pages(folder: Path, lines: int, section: list[Block]) -> int:
    """On how many pages the heading, the introduction and the first thing introduced begin."""
    filling = code(shown(blocks.text(*["A line."] * lines)))
    heading = new_markdown_cell("## Onward\n\nIntroduced here.")
    cells = [code(shown(KINDS["header"])), filling, heading, *(code(shown(b)) for b in section)]
    path = folder / "page.pdf"
    path.write_bytes(pdf(read(notebook(*cells))))
    program = shutil.which("pdftotext") or "pdftotext"
    said = subprocess.run([program, "-layout", path, "-"], capture_output=True, check=True)
    pages = said.stdout.decode().split("\f")
    return len(
        {next(i for i, p in enumerate(pages) if w in p) for w in ("Onward", "Introduced", "Aim")}
    )
