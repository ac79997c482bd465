"""A document as one self-contained HTML file: no script, no address that a browser would fetch."""

from markupsafe import Markup

from kpi_toolkit import resources
from kpi_toolkit.blocks import fragment
from kpi_toolkit.format import Format
from kpi_toolkit.render.document import Document
from kpi_toolkit.render.fonts import faces


def page(document: Document) -> str:
    """The report for a browser, a phone and its printer. Raises RenderError."""
    template = fragment.environment().get_template("page.html.j2")
    words = Format(document.language)  # type: ignore[arg-type]
    return template.render(
        document=document,
        style=_style(),
        words={"figures": words.t("Figures")},
    )


def _style() -> Markup:
    own = resources.template("html", "page.css").read_text(encoding="utf-8")
    return Markup("\n".join((faces(), str(fragment.style()), own)))
