"""The KPIs that a notebook asks for, read from its text: `sales.won_value`, `kt.won_value`."""

import ast
import json
from collections.abc import Collection, Iterator
from importlib import import_module
from pathlib import Path

from kpi_toolkit.errors import NEAR, ConfigError, near_misses
from kpi_toolkit.kpis import FAMILIES, registry

_PACKAGE = "kpi_toolkit"
_KPIS = f"{_PACKAGE}.kpis"


def asked_kpis(notebook: Path, known: Collection[str]) -> tuple[str, ...]:
    """Those of the known KPIs that a code cell names, in the notebook's order. A cell that is not
    Python, such as a magic, names none. Raises ConfigError.
    """
    named = [name for cell in _cells(notebook) for _, name in _attributes(cell)]
    return tuple(dict.fromkeys(name for name in named if name in known))


def unknown_kpis(notebook: Path) -> dict[str, str]:
    """What a code cell takes from a family of KPIs or from the package and is not there, as it is
    written, each with its near misses. Raises ConfigError.
    """
    cells = _cells(notebook)
    homes = dict(pair for cell in cells for pair in _imported(cell))
    named = [pair for cell in cells for pair in _attributes(cell) if pair[0] in homes]
    found = {
        (of, name): near_misses(name, registry())
        for of, name in named
        if not hasattr(import_module(homes[of]), name)
    }
    # The package also has the KPIs that the notebook, or a module of the project, defines.
    return {
        f"{of}.{name}": near
        for (of, name), near in found.items()
        if homes[of] != _PACKAGE or (near.startswith(NEAR) and name not in _functions(cells))
    }


def _cells(notebook: Path) -> list[ast.Module]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(f"{notebook}: it cannot be read as a notebook") from None
    return [cell for source in sources if (cell := _parsed(source))]


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def _attributes(cell: ast.Module) -> list[tuple[str, str]]:
    found = [node for node in ast.walk(cell) if isinstance(node, ast.Attribute)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [(node.value.id, node.attr) for node in found if isinstance(node.value, ast.Name)]


def _imported(cell: ast.Module) -> Iterator[tuple[str, str]]:
    """The names by which a cell calls the package and the families, each with its module."""
    for node in ast.walk(cell):
        if isinstance(node, ast.Import):
            yield from ((a.asname or a.name, a.name) for a in node.names if a.name == _PACKAGE)
        elif isinstance(node, ast.ImportFrom) and node.module == _KPIS:
            families = [a for a in node.names if a.name in FAMILIES]
            yield from ((a.asname or a.name, f"{_KPIS}.{a.name}") for a in families)


def _functions(cells: Collection[ast.Module]) -> set[str]:
    nodes = (node for cell in cells for node in ast.walk(cell))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
