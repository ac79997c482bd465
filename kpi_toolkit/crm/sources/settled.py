"""Texts as they go into the engine: without blanks around them, and composed (NFC), so that what
looks the same is the same.
"""

from typing import TYPE_CHECKING

from kpi_toolkit.crm.casting import TRIMMED

if TYPE_CHECKING:
    import pyarrow as pa

# Bytes that begin characters from U+0300 on, where the first combining ones are.
_COMBINING = 0xCC
# Dashes, quotes, blanks and the euro, which stand in nearly every export; but for two blanks of
# U+2000 and U+2001 they are told in one way only.
_USUAL = (b"\xe2\x80", b"\xe2\x82\xac")
_TOLD_TWICE = (b"\xe2\x80\x80", b"\xe2\x80\x81")


def settled(texts: "pa.Array") -> "pa.Array":
    """Strings -> views of trimmed and composed strings."""
    import pyarrow.compute as pc

    return composed(pc.utf8_trim(texts, characters=TRIMMED))


def composed(texts: "pa.Array") -> "pa.Array":
    """Strings, or views of them -> views of composed strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    strings = pc.utf8_normalize(texts.cast(pa.string()), form="NFC")
    return strings.cast(pa.string_view())


def is_composed(data: bytes) -> bool:
    """Whether a quick look at a text in UTF-8 tells that it is composed."""
    import numpy as np

    higher = np.count_nonzero(np.frombuffer(data, np.uint8) >= _COMBINING)
    if not higher:
        return True
    usual = sum(map(data.count, _USUAL))
    return bool(higher == usual) and not any(blank in data for blank in _TOLD_TWICE)
