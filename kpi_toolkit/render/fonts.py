"""The fonts of pages, from packages: their letters, how wide those are, a subset for HTML."""

import base64
import io
import os
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import font_source_sans_pro
import matplotlib as mpl
from fontTools import subset
from fontTools.ttLib import TTFont

TEXT = Path(font_source_sans_pro.font_directory)
FALLBACK = Path(mpl.get_data_path()) / "fonts" / "ttf"
FACES = (("Regular", 400, "normal"), ("Semibold", 600, "normal"), ("It", 400, "italic"))
# Latin with its extensions, Greek capitals, punctuation, arrows and the marks that reports use.
LETTERS = frozenset(
    {*range(0x20, 0x7F), *range(0xA0, 0x180), 0x218, 0x219, 0x21A, 0x21B, *range(0x2010, 0x2028)}
    | {ord(mark) for mark in "\u202f\u2030\u2032\u2033\u2039\u203a\u20ac−Δ▲▼△▽◆■→←↑↓≤≥≠≈×÷∑√∞◊"}
)


def covered(letter: str) -> bool:
    """Whether one of the fonts for paper has the letter."""
    return ord(letter) in _coverage()


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Width in mm of one line at `size` points."""
    advances, units = _advances("Semibold" if bold else "Regular")
    return sum(advances.get(letter, 0.62 * units) for letter in text) / units * size * 25.4 / 72


def paper_fonts() -> list[Path]:
    """Folder of the text face, and the faces behind it."""
    return [TEXT, FALLBACK]


@lru_cache(maxsize=1)
def faces() -> str:
    """@font-face rules with embedded subsets; cut once, then kept in the user's cache folder."""
    kept = _cache_folder() / f"faces-{version('font-source-sans-pro')}-{len(LETTERS)}.css"
    if kept.is_file():
        return kept.read_text(encoding="ascii")
    rules = "\n".join(_face(*face) for face in FACES)
    _keep(kept, rules)
    return rules


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "kpi-toolkit"


def _keep(path: Path, rules: str) -> None:
    """A cache that cannot be written only costs time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_text(rules, encoding="ascii")
        beside.replace(path)
    except OSError:
        return


def _face(name: str, weight: int, style: str) -> str:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["kern", "liga", "tnum", "locl", "ccmp", "mark"]
    out = io.BytesIO()
    with subset.load_font(str(TEXT / f"SourceSansPro-{name}.ttf"), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=LETTERS)
        cutter.subset(font)
        subset.save_font(font, out, options)
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};font-style:{style};'
        f"src:url(data:font/woff2;base64,{data})}}"
    )


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    """Letters in every text face, or in the faces behind them."""
    text = [_letters(TEXT / f"SourceSansPro-{name}.ttf") for name, *_ in FACES]
    return frozenset(set.intersection(*text) | _letters(FALLBACK / "DejaVuSans.ttf"))


def _letters(path: Path) -> set[int]:
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


@lru_cache(maxsize=2)
def _advances(name: str) -> tuple[dict[str, int], int]:
    with TTFont(TEXT / f"SourceSansPro-{name}.ttf", lazy=True) as font:
        widths = font["hmtx"].metrics
        advances = {chr(code): widths[glyph][0] for code, glyph in font.getBestCmap().items()}
        return advances, font["head"].unitsPerEm
