"""The KPIs that a notebook asks for, read from its text: `sales.won_value`, `kt.won_value`."""

import ast
import json
from collections.abc import Collection
from pathlib import Path

from kpi_toolkit.errors import ConfigError


def asked_kpis(notebook: Path, known: Collection[str]) -> tuple[str, ...]:
    """Those of the known KPIs that a code cell names, in the notebook's order. A cell that is not
    Python, such as a magic, names none. Raises ConfigError.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(f"{notebook}: it cannot be read as a notebook") from None
    named = [name for source in sources for name in _attributes(source)]
    return tuple(dict.fromkeys(name for name in named if name in known))


def _attributes(source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [node.attr for node in found if isinstance(node.value, ast.Name)]
