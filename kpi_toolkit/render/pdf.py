"""A document as a tagged PDF (PDF/UA-1), set by Typst."""

import json
import re
import tempfile
from functools import lru_cache
from pathlib import Path

import typst

from kpi_toolkit import resources
from kpi_toolkit.errors import RenderError
from kpi_toolkit.render.document import Document
from kpi_toolkit.render.fonts import paper_fonts
from kpi_toolkit.render.paper import Paper, laid_out

_PLACE = re.compile(r"/(\w+\.typ):(\d+)")
TEMPLATES = ("report.typ", "theme.typ", "front.typ", "body.typ")


def pdf(document: Document, project: Path | None = None) -> bytes:
    """The report on A4. The same document gives the same bytes. Raises RenderError.

    `project` is the folder whose templates/ come first.
    """
    paper = laid_out(document)
    # Typst can read what lies in its root, and follows links out of it: each rendering has a
    # folder of its own with nothing in it but the templates and this report's pictures.
    with tempfile.TemporaryDirectory(prefix="kpi-page-") as folder:
        root = Path(folder)
        _furnish(root, paper, project)
        return _compiled(root, paper, document)


def _furnish(root: Path, paper: Paper, project: Path | None) -> None:
    for name in TEMPLATES:
        (root / name).write_bytes(resources.template("pdf", name, project).read_bytes())
    for name, data in paper.pictures.items():
        (root / name).write_bytes(data)


def _compiled(root: Path, paper: Paper, document: Document) -> bytes:
    try:
        compiler = typst.Compiler(
            str(root / "report.typ"),
            root=str(root),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"document": json.dumps(paper.document, sort_keys=True)},
        )
        pages = compiler.compile(
            format="pdf", pdf_standards=["ua-1"], timestamp=int(document.dated.timestamp())
        )
    except typst.TypstError as error:
        where = _PLACE.search(error.diagnostic)
        place = f", template pdf/{where[1]}, line {where[2]}" if where else ""
        raise RenderError(f"the PDF of {document.title!r}{place}: {error.message}") from error
    if not isinstance(pages, bytes):
        raise RenderError(f"the PDF of {document.title!r}: Typst gave no file")
    return pages


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(path) for path in paper_fonts()])
