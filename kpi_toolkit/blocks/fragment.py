"""A block as HTML: one macro a kind, used by the page and by JupyterLab alike."""

import hashlib
import json
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from markupsafe import Markup

from kpi_toolkit import resources
from kpi_toolkit.blocks.links import is_web
from kpi_toolkit.blocks.sparkline import sparkline
from kpi_toolkit.blocks.svg import data_uri, inline
from kpi_toolkit.config import project_folder
from kpi_toolkit.errors import KpiError, RenderError, first_line


@lru_cache(maxsize=4)
def environment(project: Path | None = None) -> Environment:
    """The templates of templates/html, a project's own first: everything is escaped but drawings
    made here.
    """
    found = Environment(
        loader=FileSystemLoader(resources.template_folders("html", project)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(sparkline=sparkline, drawing=inline, data_uri=data_uri)
    found.tests["web"] = is_web
    return found


def standalone(kind: str, content: Mapping[str, Any]) -> str:
    """A fragment with its own style, for an output cell of JupyterLab. Raises RenderError."""
    prefix, project = f"k{_digest(kind, content)}", project_folder()
    with template_faults():
        blocks: Any = environment(project).get_template("blocks.html.j2").module
        body = blocks.render(kind, content, prefix)
    return f'<div class="kpi kpi-cell"><style>{style(project)}</style>{body}</div>'


@lru_cache(maxsize=4)
def style(project: Path | None = None) -> Markup:
    """The style of fragments; every rule lies within .kpi."""
    return Markup(resources.template("html", "blocks.css", project).read_text(encoding="utf-8"))


@contextmanager
def template_faults() -> Iterator[None]:
    """Whatever a template, perhaps a project's own, does wrong is one sentence with its line."""
    try:
        yield
    except KpiError:
        raise
    except Exception as error:
        raise RenderError(f"template {_where(error)}: {first_line(error)}") from error


def _where(error: Exception) -> str:
    """The innermost line of a template; Jinja gives the frames of its code their own names."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    within = [f"{f.filename}, line {f.lineno}" for f in frames if f.filename.endswith(".j2")]
    return within[-1] if within else type(error).__name__


def _digest(kind: str, content: Mapping[str, Any]) -> str:
    """Ids must differ between the cells of one page, and not between two runs."""
    text = json.dumps([kind, content], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
