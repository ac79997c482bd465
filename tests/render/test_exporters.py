"""nbconvert's entry points, as its command and as a library."""

import json

import nbformat
import pytest
from nbconvert.nbconvertapp import NbConvertApp
from nbformat.v4 import new_output

from kpi_toolkit.errors import RenderError
from kpi_toolkit.render.exporters import KpiHtmlExporter, KpiPdfExporter
from tests.render.samples import code, notebook, report


def test_html_is_text_and_pdf_is_bytes() -> None:
    page, resources = KpiHtmlExporter().from_notebook_node(report())
    assert page.startswith("<!doctype html>")
    assert resources["output_extension"] == ".html"
    made, resources = KpiPdfExporter().from_notebook_node(report())
    assert made.startswith(b"%PDF-")
    assert resources["output_extension"] == ".pdf"


def test_a_notebook_survives_its_file() -> None:
    """JSON on disk keeps what the blocks hold."""
    stored = nbformat.reads(json.dumps(report()), as_version=4)
    stored_page, _ = KpiHtmlExporter().from_notebook_node(stored)
    assert stored_page == KpiHtmlExporter().from_notebook_node(report())[0]


def failed() -> nbformat.NotebookNode:
    error = new_output("error", ename="KeyError", evalue="x", traceback=[])
    return notebook(code(error, source="boom()"))


def test_a_library_s_caller_gets_the_error() -> None:
    with pytest.raises(RenderError, match=r"cell 1 \(boom\(\)\) failed"):
        KpiPdfExporter().from_notebook_node(failed())


def test_the_command_ends_with_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NbConvertApp, "initialized", classmethod(lambda cls: True))
    with pytest.raises(SystemExit) as ended:
        KpiPdfExporter().from_notebook_node(failed())
    assert ended.value.code == RenderError.exit_code
