"""What is drawn, as numbers: the texts of axes with their boxes in pixels."""

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from kpi_toolkit.charts import theme

WIDTHS = (174, 84, 78)
LANGUAGES = ("fr", "en")
PAGES = ((174, "fr"), (84, "en"), (78, "fr"))  # paper, half of it, a phone
HOSTILE = [
    "$x^2$ $\\frac{1}{2}$",
    "<script>alert(1)</script>",
    "back\\slash and\nnew line\x00",
    "A name of eighty characters which goes on and on until it would reach its own bar",
    "שלום עולם שלום עולם שלום עולם",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "",
]


@pytest.fixture
def monthly() -> Callable[..., pd.Series]:
    def series(values: list[float], start: str = "2025-01") -> pd.Series:
        return pd.Series(
            values, index=pd.date_range(start, periods=len(values), freq="MS"), dtype=float
        )

    return series


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def text_named(axes: Axes, content: str) -> Text:
    return next(text for text in axes.texts if text.get_text() == content)


def bars(axes: Axes, fill: str) -> list[Patch]:
    return [p for p in axes.patches if mpl.colors.to_hex(p.get_facecolor()).upper() == fill]


def color_of(axes: Axes, content: str) -> str:
    return mpl.colors.to_hex(text_named(axes, content).get_color()).upper()


def plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def boxes(axes: Axes) -> list[tuple[str, Bbox]]:
    figure = axes.get_figure()
    figure.set_dpi(300)  # fine enough that hinting does not widen the letters
    with theme():
        renderer = FigureCanvasAgg(figure).get_renderer()
        return [(text.get_text(), text.get_window_extent(renderer)) for text in axes.texts]


def assert_clean(axes: Axes) -> None:
    """No text outside the figure, none over another, none below 6.8 points, none as mathematics."""
    measured = boxes(axes)
    page = axes.get_figure().bbox
    for content, box in measured:
        assert box.x0 >= page.x0 - 3 and box.x1 <= page.x1 + 3, f"{content!r} leaves the sides"
        assert box.y0 >= page.y0 - 3 and box.y1 <= page.y1 + 3, f"{content!r} leaves the height"
    if measured:
        extents = np.array([box.extents for _, box in measured])
        reach = np.minimum(extents[:, None, 2:], extents[None, :, 2:])
        shared = reach - np.maximum(extents[:, None, :2], extents[None, :, :2])
        touching = np.argwhere(np.triu((shared > 2).all(axis=2), 1))
        assert not len(touching), [(measured[i][0], measured[k][0]) for i, k in touching]
    for text in axes.texts:
        assert text.get_fontsize() >= 6.8
        assert not text.get_parse_math()
