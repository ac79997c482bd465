"""A chart as PNG, since mail programs do not show SVG."""

import tempfile
from pathlib import Path

import typst

from kpi_toolkit.errors import RenderError
from kpi_toolkit.render.fonts import paper_fonts

WIDTH = 544  # points, and CSS pixels in the mail
_PPI = 144  # two pixels for each of the mail's, for sharp screens
_PAGE = """#set page(width: {width}pt, height: auto, margin: 0pt, fill: white)
#image("chart.svg", width: 100%)
"""


def png(svg: str) -> bytes:
    """A drawing in the mail's width. Raises RenderError."""
    with tempfile.TemporaryDirectory(prefix="kpi-mail-") as folder:
        root = Path(folder)
        (root / "chart.svg").write_text(svg, encoding="utf-8")
        (root / "page.typ").write_text(_PAGE.format(width=WIDTH), encoding="utf-8")
        try:
            made = typst.compile(
                root / "page.typ",
                root=root,
                font_paths=paper_fonts(),
                ignore_system_fonts=True,
                format="png",
                ppi=_PPI,
            )
        except typst.TypstError as error:
            raise RenderError(f"chart of the mail: {error.message}") from error
    if not isinstance(made, bytes):
        raise RenderError("chart of the mail: Typst gave no picture")
    return made
