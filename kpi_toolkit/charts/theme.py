"""The house style of charts: colours, sizes, fonts, and a drawing as SVG text or PNG bytes.

A chart is drawn at the width at which it is printed and never scaled, so sizes are final points.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, MUTED, RULE, WASH = "#1B242D", "#5B6772", "#CBD2D9", "#EEF1F4"
BAND = "#D9E0E7"  # what is likely, on the wash of what is possible
ACTUAL, PREVIOUS, ACCENT = "#3A4651", "#B6C0CA", "#123F6D"
GOOD, BAD = "#00776B", "#C4441C"
SIZE, SMALL = 7.6, 6.8
MM = 1 / 25.4
POINT = 25.4 / 72

_STYLE: Any = {
    "font.size": SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "axes.linewidth": 0.6,
    "lines.solid_capstyle": "butt",
    "hatch.linewidth": 0.7,
}
_GLOBAL_RULE = '<style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Source Sans from its package, with DejaVu Sans behind it; DejaVu Sans alone without it."""
    _register_semibold_fallback()
    return (*_packaged_family(), "DejaVu Sans")


@contextmanager
def theme() -> Iterator[None]:
    """Draw, or save, in the house style."""
    with mpl.rc_context(_STYLE | {"font.family": list(families())}), warnings.catch_warnings():
        # A name in a script which neither font has is still right in SVG, where the reader's fonts
        # take over; in a PNG it shows as boxes.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def svg(drawing: Figure | Axes, *, salt: str = "kpi") -> str:
    """The drawing as SVG text from `<svg` on, the same bytes for the same drawing and salt.

    Ids are hashes of what they name and of `salt`: give each drawing of one page its own.
    """
    out = io.StringIO()
    with theme(), mpl.rc_context({"svg.hashsalt": salt}):
        _figure(drawing).savefig(out, format="svg", transparent=True, metadata=_NO_METADATA)
    text = out.getvalue()
    return _for_a_page(text[text.index("<svg") :])


def png(drawing: Figure | Axes, *, scale: float = 2) -> bytes:
    """The drawing as a PNG on white; `scale` 2 has two pixels for each CSS pixel (96 a inch)."""
    out = io.BytesIO()
    with theme():
        _figure(drawing).savefig(
            out, format="png", dpi=96 * scale, facecolor="white", metadata={"Software": None}
        )
    return out.getvalue()


def root_figure(axes: Axes) -> Figure:
    """The figure that axes belong to; ValueError when they have been taken off it."""
    figure = axes.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ValueError("the axes belong to no figure")
    return figure


def _figure(drawing: Figure | Axes) -> Figure:
    if isinstance(drawing, Figure):
        return drawing
    return root_figure(drawing)


def _for_a_page(text: str) -> str:
    """Without the ids of groups (the same in every drawing) and the rule for the whole page."""
    text = re.sub(r'<g id="[a-z0-9]+_\d+"', "<g", text)
    text = text.replace(_GLOBAL_RULE, "", 1)
    return text.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)


def _register_semibold_fallback() -> None:
    """DejaVu Sans has no weight 600: let its bold stand for it, or matplotlib logs a warning."""
    from matplotlib.font_manager import fontManager

    bold = next(
        (font for font in fontManager.ttflist if font.name == "DejaVu Sans" and font.weight == 700),
        None,
    )
    if bold is not None:
        fontManager.ttflist.append(replace(bold, weight=600))


def _packaged_family() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    try:
        import font_source_sans_pro
    except ImportError:
        return ()
    files = Path(font_source_sans_pro.font_directory)
    known = [files / f"SourceSansPro-{face}.ttf" for face in ("Regular", "Semibold")]
    if not all(path.is_file() for path in known):
        return ()
    for path in known:
        fontManager.addfont(path)
    return ("Source Sans Pro",)
