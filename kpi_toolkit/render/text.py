"""Text made legible: no controls, no reversed reading order, no letter without a glyph."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kpi_toolkit.blocks.links import is_web

STAND_IN = "\ufffd"
_LINE_BREAKS = frozenset("\n\r\t\x0b\x0c\x85\u2028\u2029")
_KEPT_FORMATS = frozenset("\u00ad\u200c\u200d\u2060")  # hyphenation and joining, not direction
_DROPPED = frozenset("\u200b\ufeff")
_DRAWINGS = frozenset(("wide", "narrow"))


def line(text: str) -> str:
    """One line: breaks and tabs become spaces; controls and direction marks a visible mark."""
    flat = text.replace("\r\n", " ")
    return unicodedata.normalize("NFC", _each(flat, _shown))


def lines(text: str) -> str:
    """Several lines, each made legible; tabs become spaces."""
    return "\n".join(line(part) for part in text.expandtabs(4).splitlines())


def markup(svg: str) -> str:
    """A drawing's source, its line breaks kept."""
    return _each(svg, lambda letter: letter if letter in "\n\r\t" else _shown(letter))


def legible(kind: str, content: Any) -> Any:
    """A block's content with every text made legible and every unsafe address removed."""
    if kind in ("row", "stack"):
        blocks = [
            {"kind": part["kind"], "content": legible(part["kind"], part["content"])}
            for part in content["blocks"]
        ]
        return {"blocks": blocks}
    if kind == "preformatted":
        return {"text": lines(content["text"])}
    return _walk(content)


def replaced(content: Any, keep: Callable[[str], bool]) -> tuple[Any, int]:
    """The content with a visible mark for each letter that is not kept, and how many there were."""
    count = 0

    def covered(text: str) -> str:
        nonlocal count
        if text.isascii():
            return text
        shown = _each(
            text,
            lambda letter: letter if letter.isascii() or keep(letter) else _nearest(letter, keep),
        )
        count += shown.count(STAND_IN) - text.count(STAND_IN)
        return shown

    return _map(content, covered), count


def _each(text: str, change: Callable[[str], str]) -> str:
    """A text with its letters changed; each is looked at once, however often it stands there."""
    return text.translate({ord(letter): change(letter) for letter in set(text)})


def _nearest(letter: str, keep: Callable[[str], bool]) -> str:
    """The letter's compatible form (a full-width A is an A), else the visible mark.

    Letters, digits and spaces only: a full-width < in a drawing must not become markup.
    """
    plain = unicodedata.normalize("NFKC", letter)
    if plain.replace(" ", "a").isalnum() and all(map(keep, plain)):
        return plain
    return "" if unicodedata.category(letter) == "Mn" else STAND_IN


def _shown(letter: str) -> str:
    if letter in _LINE_BREAKS:
        return " "
    if letter in _DROPPED:
        return ""
    hidden = unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in _KEPT_FORMATS
    return STAND_IN if hidden else letter


def _walk(content: Any) -> Any:
    if isinstance(content, str):
        return line(content)
    if isinstance(content, Mapping):
        return {key: _field(key, value) for key, value in content.items()}
    if isinstance(content, Sequence):
        return [_walk(value) for value in content]
    return content


def _field(key: str, value: Any) -> Any:
    if key in _DRAWINGS:
        return markup(value)
    if key == "href":
        return value if is_web(str(value)) else None
    return _walk(value)


def _map(content: Any, change: Callable[[str], str]) -> Any:
    if isinstance(content, str):
        return change(content)
    if isinstance(content, Mapping):
        return {key: _map(value, change) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_map(value, change) for value in content]
    return content
