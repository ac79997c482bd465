"""The checks of a laid-out PDF can fail, and the pages of every kind of block pass them."""

import re
import subprocess
from pathlib import Path

import pytest
import typst

from kpi_toolkit.render.document import Stamp, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.pdf import pdf
from tests.render.samples import report
from tests.render.test_hostile import HOSTILE
from tests.system.browser import look
from tests.system.pages import check

pytestmark = pytest.mark.system

SHEET = "#set page(paper: 'a4', margin: (x: 18mm, top: 21mm, bottom: 19mm))\n".replace("'", '"')
FULL = "#v(1fr)#text(size: 9pt)[last line]\n"
BAD = {
    "is outside the margins": "#move(dx: -9mm)[outside]" + FULL,
    "overlap": "#place(dx: 4mm)[under]#place(dx: 6mm)[over]" + FULL,
    "is last": "#text(size: 9pt)[words]#v(1fr)#text(size: 13.5pt)[Results]#pagebreak()" + FULL,
    "full": "#text(size: 7pt)[words]#pagebreak()" + FULL,
}


def written(folder: Path, source: str) -> Path:
    path = folder / "bad.pdf"
    path.write_bytes(typst.compile((SHEET + source).encode()))
    return path


@pytest.mark.parametrize("fault", BAD)
def test_each_check_finds_its_fault_and_no_other(tmp_path: Path, fault: str) -> None:
    found = check(written(tmp_path, BAD[fault]))
    assert len(found) == 1
    assert fault in found[0]


def test_a_good_page_has_no_fault(tmp_path: Path) -> None:
    assert check(written(tmp_path, "words" + FULL)) == []


@pytest.mark.parametrize("name", ["plain", *HOSTILE])
def test_every_kind_of_block_keeps_to_its_place(tmp_path: Path, name: str) -> None:
    notebook = report(lambda text: HOSTILE.get(name, "") + text, rows=30)
    path = tmp_path / f"{name}.pdf"
    path.write_bytes(pdf(read(notebook, Stamp("r-8c41f7", "1", "5 Oct 2026"))))
    # Where every text is a paragraph long, an unbreakable chart may leave a page to its heading.
    faults = [f for f in check(path) if "full" not in f or not name.startswith("long")]
    assert faults == []


@pytest.mark.parametrize("name", ["plain", "long_word"])
def test_text_that_is_copied_has_nothing_in_it_that_the_page_does_not_show(
    tmp_path: Path, name: str
) -> None:
    word = HOSTILE.get(name, "")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(read(report(lambda text: word + text, rows=30))))
    copied = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert "\u200b" not in copied
    # Where a line breaks, a viewer joins the parts.
    assert word in re.sub(r"\u00ad?\n", "", copied)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["plain", "long_name", "long_word", "attribute"])
def test_a_page_never_scrolls_sideways(tmp_path: Path, name: str, width: int) -> None:
    notebook = report(lambda text: HOSTILE.get(name, "") + text)
    path = tmp_path / "page.html"
    path.write_text(page(read(notebook)), encoding="utf-8")
    seen = look(path, width, tmp_path / "page.png")
    assert seen.width <= width
    assert not seen.requests
    assert not seen.complaints
