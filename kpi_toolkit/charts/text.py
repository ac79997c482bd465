"""Text of a chart measured in millimetres, and cut to the room it has."""

import unicodedata
import warnings
from collections.abc import Iterable
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from kpi_toolkit.charts.theme import POINT, SIZE, families

ELLIPSIS = "…"
_ABOVE, _BELOW = 0.76, 0.24  # ascender and descender of a line, in ems
_CENTRE = 0.33  # half of the height of a digit, in ems


def plain(text: object) -> str:
    """One line that XML allows: line breaks, tabs and other controls become a space."""
    line = "".join(" " if _forbidden(letter) else letter for letter in str(text))
    return " ".join(line.split(" ")).strip(" ")


@lru_cache(maxsize=20_000)
def width_of(text: str, size: float = SIZE, weight: int = 400) -> float:
    """Width in mm of one line as it is drawn at `size` points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        width, _, _ = text_to_path.get_text_width_height_descent(text, _face(size, weight), False)
    return width * POINT


def widest(texts: Iterable[str], size: float = SIZE, weight: int = 400) -> float:
    """Width in mm of the longest of some lines, 0 when there are none."""
    return max((width_of(text, size, weight) for text in texts), default=0.0)


def fit(text: str, room: float, size: float = SIZE, weight: int = 400) -> str:
    """The text, or as much of its beginning as fits `room` mm with an ellipsis."""
    text = plain(text)
    if width_of(text, size, weight) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        kept = text[:middle].rstrip() + ELLIPSIS
        low, high = (middle, high) if width_of(kept, size, weight) <= room else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS


def wrapped(text: str, room: float, size: float = SIZE, weight: int = 400) -> list[str]:
    """The text in lines of at most `room` mm, broken at spaces; a longer word is a line too."""
    lines: list[str] = []
    for word in plain(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def line_box(
    x: float, y: float, width: float, size: float, align: str
) -> tuple[float, float, float, float]:
    """Left, bottom, right and top in mm of a line of text centred on y."""
    left = x - {"left": 0.0, "center": width / 2, "right": width}[align]
    foot = y - baseline_drop(size)
    return left, foot - _BELOW * size * POINT, left + width, foot + _ABOVE * size * POINT


def baseline_drop(size: float) -> float:
    """How far in mm the baseline lies below the middle of the digits, so that rows line up."""
    return _CENTRE * size * POINT


@lru_cache(maxsize=16)
def _face(size: float, weight: int) -> FontProperties:
    return FontProperties(family=list(families()), size=size, weight=weight)


def _forbidden(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category in ("Cc", "Cs", "Zl", "Zp") or letter in "\ufffe\uffff"
