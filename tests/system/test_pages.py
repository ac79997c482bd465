"""Every report's page and PDF, in both languages, as a reader's programs show them."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.system.axe import violations
from tests.system.browser import look
from tests.system.conftest import Edition
from tests.system.pages import check

pytestmark = pytest.mark.system

# What a value that was never put into words looks like.
UNFORMATTED = re.compile(r"\b(nan|NaN|None|NaT|inf|undefined|Timestamp|Decimal)\b|\{\{|\}\}|\\u")


def output(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_each_report_has_its_files(edition: Edition) -> None:
    assert edition.html
    assert {p.stem for p in edition.html} == {p.stem for p in edition.pdf}


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_a_page_fits_loads_nothing_and_is_described(edition: Edition, width: int) -> None:
    for page in edition.html:
        seen = look(page, width, edition.pictures / f"{page.stem}-{width}.png")
        assert seen.width <= width, f"{page.name} is {seen.width} px wide at {width}"
        assert not seen.requests
        assert not seen.complaints
        assert not seen.without_alt
        assert not UNFORMATTED.findall(seen.text)
        assert len(seen.text.split()) > 100


@pytest.mark.parametrize("width", [500, 1280], ids=["phone", "desktop"])
def test_axe_finds_nothing_against_a_page(edition: Edition, width: int) -> None:
    assert [fault for page in edition.html for fault in violations(page, width)] == []


def test_axe_finds_what_is_wrong_with_a_page(edition: Edition, tmp_path: Path) -> None:
    text = edition.html[0].read_text("utf-8")
    spoiled = tmp_path / "spoiled.html"
    spoiled.write_text(text.replace("<html lang=", "<html data-lang="), "utf-8")
    assert "html-has-lang" in [rule for rule, *_ in violations(spoiled, 1280)]


def test_a_pdf_is_tagged_a4_and_carries_its_fonts(edition: Edition) -> None:
    for pdf in edition.pdf:
        facts = output("pdfinfo", pdf)
        assert re.search(r"^Tagged: +yes$", facts, re.MULTILINE)
        assert "A4" in facts
        assert re.search(r"^Title: +\S", facts, re.MULTILINE)
        fonts = output("pdffonts", pdf).splitlines()[2:]
        assert fonts
        assert all(line.split()[-5] == "yes" for line in fonts), fonts


def test_every_pdf_page_has_text_in_words(edition: Edition) -> None:
    for pdf in edition.pdf:
        pages = output("pdftotext", "-layout", pdf, "-").split("\f")[:-1]
        assert pages
        assert all(page.strip() for page in pages), f"{pdf.name} has an empty page"
        assert not [found for page in pages for found in UNFORMATTED.findall(page)]


def test_words_keep_to_their_place_on_every_pdf_page(edition: Edition) -> None:
    assert [fault for pdf in edition.pdf for fault in check(pdf)] == []


def test_every_pdf_page_can_be_pictured(edition: Edition) -> None:
    for pdf in edition.pdf:
        output("pdftoppm", "-r", "80", "-png", pdf, edition.pictures / pdf.stem)
        assert list(edition.pictures.glob(f"{pdf.stem}-*.png"))
