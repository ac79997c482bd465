"""A document as one self-contained HTML file: no script, no address that a browser would fetch."""

from pathlib import Path

from markupsafe import Markup

from kpi_toolkit import resources
from kpi_toolkit.blocks import fragment
from kpi_toolkit.format import Format
from kpi_toolkit.render.document import Document
from kpi_toolkit.render.fonts import faces


def page(document: Document, project: Path | None = None) -> str:
    """The report for a browser, a phone and its printer. Raises RenderError.

    `project` is the folder whose templates/ come first.
    """
    words = Format(document.language)  # type: ignore[arg-type]
    with fragment.template_faults():
        template = fragment.environment(project).get_template("page.html.j2")
        return template.render(
            document=document,
            style=style(project, "page.css"),
            words={"figures": words.t("Figures")},
        )


def style(project: Path | None, *names: str) -> Markup:
    """The fonts, the style of fragments, then the named sheets of templates/html."""
    own = [resources.template("html", name, project).read_text(encoding="utf-8") for name in names]
    return Markup("\n".join((faces(), str(fragment.style(project)), *own)))
