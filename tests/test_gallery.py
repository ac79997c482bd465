"""The gallery of charts is what its notebook draws: `make gallery` writes it, this compares it."""

import ast
import io
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import nbformat
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from kpi_toolkit import charts
from tests.charts.conftest import assert_clean

DOCS = Path(__file__).resolve().parent.parent / "docs"
NOTEBOOK = DOCS / "gallery.ipynb"
MOST_LINES, LARGEST = 6, 40_000
# What the package offers beside charts and their words.
OTHERS = {"png", "svg", "theme", "quarter_groups", "waterfall_unit"}


class Cell(NamedTuple):
    """A cell, and what its last line gave."""

    kind: str
    source: str
    shown: Any


@cache
def cells() -> list[Cell]:
    """The notebook's cells, run one after another."""
    mpl.use("agg")
    names: dict[str, Any] = {}
    return [
        Cell(kind, source, _run(source, names) if kind == "code" else None)
        for kind, source in ((c.cell_type, c.source) for c in _stored())
    ]


def _stored() -> list[nbformat.NotebookNode]:
    return nbformat.read(NOTEBOOK, as_version=4).cells


def _run(source: str, names: dict[str, Any]) -> Any:
    *before, last = ast.parse(source).body
    exec(compile(ast.Module(before, []), "gallery", "exec"), names)
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), "gallery", "eval"), names)
    exec(compile(ast.Module([last], []), "gallery", "exec"), names)
    return None


def page() -> tuple[str, dict[str, Axes | Figure]]:
    """The gallery as Markdown, and its pictures by file name."""
    parts, pictures, name = [], {}, ""
    for number, cell in enumerate(cells()):
        if cell.kind == "markdown":
            parts.append(cell.source)
            name = re.sub(r"\W+", "-", cell.source.splitlines()[0].strip("# ").lower())
        elif not isinstance(cell.shown, str):
            parts.append(f"```python\n{cell.source}\n```")
        if isinstance(cell.shown, Axes | Figure):
            said = cells()[number + 1].shown if number + 1 < len(cells()) else None
            pictures[f"{name}.png"] = cell.shown
            parts.append(f"![{said or name}](gallery/{name}.png)".replace("\u202f", " "))
    return "\n\n".join(parts).replace("\u00a0", " ") + "\n", pictures


def small(picture: Axes | Figure) -> bytes:
    """A PNG of as many colours as fit a palette."""
    image = Image.open(io.BytesIO(charts.png(picture))).convert("RGB").quantize(256)
    out = io.BytesIO()
    image.save(out, "png", optimize=True)
    return out.getvalue()


def write() -> None:
    """The gallery anew."""
    text, pictures = page()
    (DOCS / "gallery.md").write_text(text, "utf-8")
    (DOCS / "gallery").mkdir(exist_ok=True)
    for old in (DOCS / "gallery").glob("*.png"):
        old.unlink()
    for name, picture in pictures.items():
        (DOCS / "gallery" / name).write_bytes(small(picture))


def test_the_gallery_is_what_its_notebook_shows() -> None:
    if os.environ.get("KPI_GALLERY"):
        write()
    text, pictures = page()
    assert (DOCS / "gallery.md").read_text("utf-8") == text, "make gallery"
    assert {path.name for path in (DOCS / "gallery").iterdir()} == set(pictures)


def test_every_chart_and_its_words_are_there() -> None:
    called = set(re.findall(r"charts\.(\w+)\(", "\n".join(cell.source for cell in cells())))
    assert set(charts.__all__) - OTHERS <= called


def test_labels_keep_clear_of_one_another() -> None:
    for picture in page()[1].values():
        for axes in picture.axes if isinstance(picture, Figure) else [picture]:
            assert_clean(axes)


def test_every_chart_has_a_heading_a_sentence_and_its_words() -> None:
    kinds = [cell for cell in cells() if cell.kind == "markdown"][1:]
    assert all(re.fullmatch(r"## [^\n]+\n\n[^\n]+\.", cell.source) for cell in kinds)
    said = [cell.shown for cell in cells() if isinstance(cell.shown, str)]
    assert len(said) == len(kinds) - 2 and all(text.endswith(".") for text in said)


def test_cells_are_short_and_stored_without_outputs() -> None:
    stored = [cell for cell in _stored() if cell.cell_type == "code"]
    assert not any(c.outputs or c.execution_count for c in stored)
    assert all(len(c.source.splitlines()) <= MOST_LINES for c in stored)


def test_pictures_are_small() -> None:
    assert all(path.stat().st_size < LARGEST for path in (DOCS / "gallery").glob("*.png"))
