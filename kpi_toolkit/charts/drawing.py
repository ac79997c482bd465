"""What charts are drawn with: axes in millimetres, lines, boxes, text on a common baseline."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from kpi_toolkit.charts.text import baseline_drop, plain
from kpi_toolkit.charts.theme import ACTUAL, BAD, GOOD, INK, MM, MUTED, RULE, SIZE, png, root_figure
from kpi_toolkit.errors import RenderError

_PIXELS = 96 / 25.4  # of a browser, a mm
NARROW = 120  # mm: below it a chart takes its form for half a page or a phone


class Drawing(Axes):
    """Axes that show themselves when they are the last line of a notebook's cell."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        width, height = size_of(self)
        return png(self), {"width": round(width * _PIXELS), "height": round(height * _PIXELS)}


def canvas(axes: Axes | None, width: float, height: float) -> Axes:
    """The analyst's own axes, or those of a new figure of width x height mm; units are mm."""
    return sheet(width, height) if axes is None else in_millimetres(axes, *size_of(axes))


def sheet(width: float, height: float) -> Axes:
    """Full-size axes of a new figure of width x height mm, whose data units are millimetres."""
    figure = Figure(figsize=(width * MM, height * MM))
    axes = figure.add_axes((0, 0, 1, 1), axes_class=Drawing)
    return in_millimetres(axes, width, height)


def size_of(axes: Axes) -> tuple[float, float]:
    """Width and height of axes in mm."""
    figure = root_figure(axes)
    extent = axes.get_window_extent()
    return extent.width / figure.dpi / MM, extent.height / figure.dpi / MM


def in_millimetres(axes: Axes, width: float, height: float) -> Axes:
    """The axes, blank, with data units of a millimetre."""
    axes.set_axis_off()
    axes.set(xlim=(0, width), ylim=(0, height), autoscale_on=False)
    return axes


def write(  # noqa: PLR0913 - the six ways in which a label differs from its neighbour
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    align: str = "left",
    size: float = SIZE,
    color: str = INK,
    weight: int = 400,
) -> None:
    """One line of text whose digits are centred on y; never read as mathematics."""
    axes.text(
        x,
        y - baseline_drop(size),
        plain(text),
        ha=align,
        va="baseline",
        fontsize=size,
        color=color,
        fontweight=weight,
        parse_math=False,
        zorder=6,
    )


def line(  # noqa: PLR0913 - the ways in which a line differs from its neighbour
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    color: str = RULE,
    width: float = 0.6,
    style: Any = "-",
    layer: float = 1,
) -> None:
    """A line through points; NaN breaks it."""
    artist = Line2D(xs, ys, color=color, linewidth=width, linestyle=style)
    artist.set(zorder=layer, clip_on=False, solid_capstyle="butt")
    axes.add_artist(artist)


def marks(  # noqa: PLR0913 - as line()
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    shape: str,
    *,
    size: float = 3.6,
    fill: str = "white",
    edge: str = "white",
    edge_width: float = 0.6,
) -> None:
    """Marks of `size` points at points."""
    artist = Line2D(xs, ys, linestyle="", marker=shape, markersize=size, zorder=4, clip_on=False)
    artist.set(markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=edge_width)
    axes.add_artist(artist)


def box(
    axes: Axes,
    corner: tuple[float, float],
    size: tuple[float, float],
    fill: str,
    *,
    layer: float = 2,
    hatched: bool = False,
) -> None:
    """A filled rectangle, or one outlined and hatched in that colour (what is only expected)."""
    axes.add_artist(
        Rectangle(
            corner,
            *size,
            facecolor="white" if hatched else fill,
            edgecolor=fill if hatched else "none",
            clip_on=False,
            linewidth=0.7 if hatched else 0,
            hatch="//////" if hatched else None,
            zorder=layer,
        )
    )


def break_across(axes: Axes, middle: tuple[float, float], thick: float, *, upright: bool) -> None:
    """Two slanted edges with white between, where a bar `thick` mm across has been cut short."""
    half, slant, gap = thick / 2 + 0.5, 0.5, 0.45
    edges = []
    for side in (-gap, gap):
        ends = [(-half, side - slant), (half, side + slant)]
        points = [(middle[0] + a, middle[1] + b) for a, b in ends]
        if not upright:
            points = [(middle[0] + b, middle[1] + a) for a, b in ends]
        edges.append(points)
    corners = [*edges[0], *reversed(edges[1])]
    axes.add_artist(Polygon(corners, facecolor="white", edgecolor="none", zorder=5))
    for points in edges:
        line(axes, *zip(*points, strict=True), color=MUTED, width=0.5, layer=5.1)


def high_enough(given: float | None, usual: float, least: float, what: str) -> float:
    """mm of a drawing: as usual, or as given. RenderError when that is too low."""
    if given is not None and given < least:
        raise RenderError(f"axes {given:.0f} mm high: {what} need at least {least:.0f} mm")
    return usual if given is None else given


def favour(delta: float, better: str) -> str:
    """The colour of a change: favourable or not, or that of plain values when there is none to
    judge.
    """
    if not delta or better == "context":
        return ACTUAL
    return GOOD if (delta > 0) == (better == "up") else BAD
