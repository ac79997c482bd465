"""A notebook's parameters: those that its `parameters` cell declares, and no others.

papermill writes the names into code as they are given, so a name is checked before it gets there.
"""

import ast
import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.warnings import MissingIDFieldWarning

from kpi_toolkit.errors import ConfigError, first_line, near_misses
from kpi_toolkit.run.job import Literals

_INVALID = (nbformat.ValidationError, RecursionError)
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_SECRET = re.compile(r"(password|passwd|secret|token|api_?key|credential)", re.IGNORECASE)


def declared_parameters(notebook: Path) -> dict[str, Literals]:
    """Names and default values set by the cell tagged `parameters`. Raises ConfigError."""
    for cell in _cells(notebook):
        if "parameters" in cell.metadata.get("tags", []):
            return _assigned("".join(cell.source), notebook.name)
    raise ConfigError(
        f"notebook {notebook.name}: no cell is tagged 'parameters'; tag the one that sets "
        'period, as_of, scope and language (one `name = "value"` a line)'
    )


def checked_parameters(
    given: Mapping[str, Literals], declared: Mapping[str, Literals], notebook: str
) -> dict[str, Literals]:
    """What may be handed to a notebook. Raises ConfigError for an unknown name or a secret."""
    for name in given:
        if _SECRET.search(name):
            raise ConfigError(
                f"parameter {name!r}: a secret is never a parameter, it would stay in the executed "
                "notebook; let the notebook read it from the environment"
            )
        if name not in declared or not _NAME.fullmatch(name):
            raise ConfigError(f"parameter {name!r} of {notebook}: {near_misses(name, declared)}")
    return dict(given)


def from_text(given: Mapping[str, str], declared: Mapping[str, Literals]) -> dict[str, Literals]:
    """Values typed on a command line: read as literals where the declared default is not text."""
    return {
        name: value if isinstance(declared.get(name), str) else _typed(name, value)
        for name, value in given.items()
    }


def _cells(notebook: Path) -> list[NotebookNode]:
    try:
        found = json.loads(notebook.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or found.get("nbformat") != 4:
            raise ValueError("expected nbformat 4")
        whole = _validated(found)
    except OSError as error:
        raise ConfigError(f"notebook {notebook}: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError, *_INVALID) as error:
        raise ConfigError(
            f"notebook {notebook}: it is not a Jupyter notebook, version 4 ({first_line(error)})"
        ) from error
    return nbformat.from_dict(whole).cells


def _validated(found: dict[str, Any]) -> dict[str, Any]:
    with warnings.catch_warnings():
        # Editors before 2021 gave cells no id; nothing of ours asks for one.
        warnings.simplefilter("ignore", MissingIDFieldWarning)
        _, whole = nbformat.validator.normalize(found)
        nbformat.validate(whole)
    return whole


def _assigned(source: str, notebook: str) -> dict[str, Literals]:
    try:
        assignments = [s for s in ast.parse(source).body if isinstance(s, ast.Assign)]
        return {ast.unparse(s.targets[0]): ast.literal_eval(s.value) for s in assignments}
    except (SyntaxError, ValueError) as error:
        raise ConfigError(
            f"notebook {notebook}: its parameters cell must hold plain values, one "
            f'`name = "value"` a line ({first_line(error)})'
        ) from error


def _typed(name: str, text: str) -> Literals:
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    if not isinstance(value, Literals):
        raise ConfigError(f"parameter {name}={text}: expected a number, a text, true or false")
    return value
