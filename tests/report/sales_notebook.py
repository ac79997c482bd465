"""The cells of a bundled notebook, of sales unless told, executed here instead of in a kernel."""

import ast
from pathlib import Path
from unittest.mock import patch

import nbformat

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.report import Report

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def blocks(
    crm: Crm,
    period: str = "2026-Q3",
    scope: str = "all",
    language: str = "en",
    notebook: str = "sales",
) -> list[Block]:
    """What its cells show, in order."""

    def report_of(name: str, **given: str) -> Report:
        return Report(name, crm=crm, **given)  # type: ignore[arg-type]

    given = {"period": period, "as_of": "", "scope": scope, "language": language}
    names: dict[str, object] = {}
    with patch.dict(vars(kt), {"Report": report_of}):
        shown = [_last(cell, names, given) for cell in _code(notebook)]
    return [block for block in shown if isinstance(block, Block)]


def displays(notebook: str = "sales") -> int:
    """How many cells show a block: those that are neither parameters nor set-up."""
    return sum(not cell.metadata.get("tags") for cell in _code(notebook))


def text(found: list[Block]) -> str:
    """All of it as plain text."""
    return "\n".join(str(block) for block in found)


def _code(notebook: str) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def _last(
    cell: nbformat.NotebookNode, names: dict[str, object], given: dict[str, str]
) -> object | None:
    """What a cell ends with; parameters are set after their cell, as papermill does."""
    tree = ast.parse(cell.source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if "parameters" in cell.metadata.get("tags", ()):
        names.update(given)
    return eval(ast.unparse(last), names) if last else None
