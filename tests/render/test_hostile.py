"""Texts that try to be code come out as the texts they are, in every field of every kind."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from kpi_toolkit.render.document import Document, Stamp, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.paper import laid_out
from kpi_toolkit.render.pdf import pdf
from kpi_toolkit.render.text import STAND_IN
from tests.render.reading import Page
from tests.render.samples import every_kind, report

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "style": "</style></title><svg onload=alert(1)>",
    "typst": '#read("/etc/passwd") #sys.inputs',
    "mathematics": "$x^2$ `raw` *bold* _it_ @label <label> \\u{41} //c",
    "jinja": "{{7*7}} {% for x in y %} {# c #}",
    "address": "javascript:alert(1)",
    "lines": "one\r\ntwo\nthree\tfour",
    "reversed": "safe\u202egnp.exe\u2066x\u2069",
    "emoji": "Team 🚀 中文 العربية",
    "zero": "a\0b\x1b[31mc\x07",
    "long_name": "Établissements Réunis de la Vallée " * 9,
    "long_word": "Donaudampfschiff" * 20,
    "sentinel": "\ud800 lone \ufffe",
}


def hostile(text: str) -> Callable[[str], str]:
    return lambda original: f"{text}{original}"


def document(name: str) -> Document:
    return read(report(hostile(HOSTILE[name])), Stamp("r-1", "1", "5 Oct 2026"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_has_no_script_and_no_unknown_element(name: str) -> None:
    seen = Page(page(document(name)))
    assert not seen.faults
    assert not [a for a in seen.addresses if not a.startswith(("#", "data:image/png"))]


@pytest.mark.parametrize("name", ["script", "attribute", "style", "typst", "mathematics", "jinja"])
def test_the_literal_text_is_there_for_the_reader(name: str) -> None:
    """Every field that `say` filled is found again, in the text or in an attribute of text."""
    asked: list[str] = []

    def say(original: str) -> str:
        asked.append(f"{HOSTILE[name]} #{len(asked)}#{original}")
        return asked[-1]

    seen = Page(page(read(report(say))))
    everything = "\n".join([seen.text, *seen.attributes])
    # The notebook's own title and question stand before these; a list of findings has no heads.
    unseen = {"Sales", "Faster?", "Finding", "Change", "Weight", "Where"}
    missing = [text for text in asked if flat(text) not in flat(everything)]
    assert {text.rpartition("#")[2] for text in missing} <= unseen


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_pdf_compiles_under_ua_1_and_is_not_read_as_markup(name: str) -> None:
    made = pdf(document(name))
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid:part" in made


@pytest.mark.parametrize("name", ["lines", "reversed", "zero", "sentinel"])
def test_controls_and_direction_marks_are_a_visible_mark_or_a_space(name: str) -> None:
    company = document(name).company
    assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", company)
    assert (STAND_IN in company) is (name != "lines")


def test_letters_that_no_font_has_are_marked_and_counted() -> None:
    made = document("emoji")
    assert "🚀" in page(made)
    company = laid_out(made).document["company"]
    assert company == f"Team {STAND_IN} {STAND_IN * 2} العربيةArdane"
    assert any("no glyph" in warning for warning in made.warnings)


@pytest.mark.parametrize("name", ["script", "attribute", "address", "jinja"])
def test_fragments_in_jupyter_are_inert(name: str) -> None:
    for block in every_kind(hostile(HOSTILE[name])).values():
        seen = Page(block._repr_mimebundle_()["text/html"])
        assert not seen.faults
        assert not [a for a in seen.addresses if a.startswith("javascript")]


def test_the_check_finds_a_script() -> None:
    seen = Page('<p onclick="x">a</p><script>b</script>')
    assert seen.faults == ["<p onclick>", "<script>"]


def test_a_page_is_the_same_in_another_process() -> None:
    """Set order and hash seeds must not reach the bytes."""
    script = (
        "import hashlib; from tests.render.samples import report;"
        "from kpi_toolkit.render.document import read; from kpi_toolkit.render.html import page;"
        "from kpi_toolkit.render.pdf import pdf; d = read(report());"
        "print(hashlib.sha256(page(d).encode() + pdf(d)).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    made = read(report())
    assert run.stdout.strip() == hashlib.sha256(page(made).encode() + pdf(made)).hexdigest()
