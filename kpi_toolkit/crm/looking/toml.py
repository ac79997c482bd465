"""Values, names and comments as TOML that no file name, column name or cell can break out of."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from kpi_toolkit.crm.casting import TYPED

# What loading refuses anywhere in a kpi.toml, in a comment too.
_NUL = re.compile(r"\\(?=u0000|U00000000|x00)")
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def written(value: Any) -> str:
    """A string, number, truth value, date, list or mapping on one line."""
    if isinstance(value, Mapping):
        pairs = [f"{key(name)} = {written(inner)}" for name, inner in value.items()]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else string(str(value))


def key(name: str) -> str:
    """A key, in quotes where it has to be."""
    return name if _BARE.match(name) else string(name)


def string(text: str) -> str:
    """A basic string; a character that cannot be in a file becomes the replacement character."""
    escaped = "".join(_escaped(character) for character in text)
    if _NUL.search(escaped):
        # Loading would take it for a NUL: the backslash is spelled.
        escaped = escaped.replace("\\\\", "\\u005C")
    return f'"{escaped}"'


def comment(text: str) -> str:
    """Text for a comment, on one line, with what does not print spelled as U+XXXX."""
    plain = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)
    return _NUL.sub("/", plain)


def shown(text: str, longest: int = 40) -> str:
    """A cell, quoted and shortened, for a comment; the mark of a typed one is ours, not its."""
    text = text.removeprefix(TYPED)
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return f'"{cut}"'


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    number = ord(character)
    if number == 0 or 0xD800 <= number < 0xE000:
        return "\ufffd"
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
