"""A block as HTML: one macro a kind, used by the page and by JupyterLab alike."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kpi_toolkit import resources
from kpi_toolkit.blocks.links import is_web
from kpi_toolkit.blocks.sparkline import sparkline
from kpi_toolkit.blocks.svg import data_uri, inline


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of templates/html: everything is escaped but drawings made here."""
    found = Environment(
        loader=FileSystemLoader(resources.template_folders("html")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(sparkline=sparkline, drawing=inline, data_uri=data_uri)
    found.tests["web"] = is_web
    return found


def standalone(kind: str, content: Mapping[str, Any]) -> str:
    """A fragment with its own style, for an output cell of JupyterLab."""
    prefix = f"k{_digest(kind, content)}"
    body = environment().get_template("blocks.html.j2").module.render(kind, content, prefix)  # type: ignore[attr-defined]
    return f'<div class="kpi kpi-cell"><style>{style()}</style>{body}</div>'


@lru_cache(maxsize=1)
def style() -> Markup:
    """The style of fragments; every rule lies within .kpi."""
    return Markup(resources.template("html", "blocks.css").read_text(encoding="utf-8"))


def _digest(kind: str, content: Mapping[str, Any]) -> str:
    """Ids must differ between the cells of one page, and not between two runs."""
    text = json.dumps([kind, content], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
