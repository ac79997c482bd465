"""A project's own templates come first, and their mistakes are one sentence with a line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.blocks import heading
from kpi_toolkit.deliver.letter import letter
from kpi_toolkit.errors import RenderError
from kpi_toolkit.render.document import Document, Stamp, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.pdf import pdf
from tests.render.samples import report


@pytest.fixture(scope="module")
def document() -> Document:
    return read(report(), Stamp())


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str, str], Path]:
    """A project with one template of its own."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


Own = Callable[[str, str], Path]


def test_a_page_of_the_projects_own_comes_first(document: Document, own: Own) -> None:
    assert page(document, own("html/page.html.j2", "ours: {{ document.title }}")) == "ours: Sales"


def test_a_mail_of_the_projects_own_comes_first(document: Document, own: Own) -> None:
    project = own("email/report.html.j2", "<p>ours</p>")
    assert "<p>ours</p>" in letter(document).html("cid:x", project)


def test_a_report_on_paper_of_the_projects_own_comes_first(document: Document, own: Own) -> None:
    project = own("pdf/report.typ", "#set document(title: [x])\n= Ours")
    assert len(pdf(document, project)) < len(pdf(document))


def test_a_block_in_jupyterlab_takes_them_too(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    project = own("html/blocks.css", ".ours{}")
    (project / "kpi.toml").write_text("")
    monkeypatch.chdir(project)
    assert ".ours{}" in heading("Sales")._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("html/page.html.j2", "a\n{{ nothing.here }}", "line 2: 'nothing' is undefined"),
        ("html/page.html.j2", "a\n{% if %}", "line 2: Expected an expression"),
        ("html/page.html.j2", "{{ 1 / 0 }}", "line 1: division by zero"),
        ("html/page.html.j2", '{% include "../../kpi.toml" %}', "kpi.toml"),
        ("html/blocks.html.j2", "{{ x.y }}", "line 1: 'x' is undefined"),
        ("pdf/report.typ", "\n#nothing(1)", "pdf/report.typ, line 2: unknown variable"),
        ("pdf/body.typ", "#let x = (", "pdf/body.typ, line 1: unclosed delimiter"),
        ("pdf/theme.typ", '#read("/../../etc/passwd")', "pdf/theme.typ, line 1"),
    ],
)
def test_a_template_that_fails_is_named(
    document: Document, own: Own, name: str, text: str, sentence: str
) -> None:
    project = own(name, text)
    with pytest.raises(RenderError) as raised:
        (pdf if name.startswith("pdf") else page)(document, project)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
