"""A notebook of one report as the beginning of another's: its title and its report's name are new,
and nothing of a run is left in it.
"""

import ast
from pathlib import Path

import nbformat

from kpi_toolkit.errors import ConfigError
from kpi_toolkit.run.parameters import declared_parameters


def drafted(notebook: Path, name: str, title: str) -> str:
    """The text of the new notebook. Raises ConfigError for one that makes no report."""
    declared_parameters(notebook)
    found = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)
    named = titled = False
    for cell in found.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            source = _named(cell.source, name)
            named |= source != cell.source or _makes_report(source)
            cell.source = source
        elif not titled and cell.source.startswith("# "):
            _, newline, rest = cell.source.partition("\n")
            cell.source, titled = f"# {title}{newline}{rest}", True
    if not named:
        raise ConfigError(
            f'notebook {notebook}: no cell makes a kt.Report("..."), so that no other report can '
            "begin with it"
        )
    return nbformat.writes(found) + "\n"


def _named(source: str, name: str) -> str:
    """A cell in which each report that is made bears the new name."""
    lines = source.splitlines(keepends=True)
    for text in sorted(_report_names(source), key=lambda t: (t.lineno, t.col_offset), reverse=True):
        if text.end_lineno != text.lineno or text.end_col_offset is None:
            continue
        # The tree counts bytes.
        line = lines[text.lineno - 1].encode()
        new = line[: text.col_offset] + f'"{name}"'.encode() + line[text.end_col_offset :]
        lines[text.lineno - 1] = new.decode()
    return "".join(lines)


def _makes_report(source: str) -> bool:
    return bool(_report_names(source))


def _report_names(source: str) -> list[ast.Constant]:
    """The texts that name a report: the first argument of Report(...)."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic
        return []
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args]
    return [
        call.args[0]
        for call in calls
        if _called(call.func) == "Report"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
