"""What a file whose bytes do not fit its declared encoding reads as: told behind the reason, for
somebody to declare. Nothing is read by it.
"""

import codecs
from collections.abc import Callable
from functools import cache

from kpi_toolkit.crm.sources import packed
from kpi_toolkit.crm.sources.stream import File

_HEAD = 1 << 20


def hint_of(file: File) -> Callable[[], str]:
    """What the first bytes say, looked at once and only where somebody asks."""
    return cache(lambda: _hint(file))


def _hint(file: File) -> str:
    from kpi_toolkit.crm.looking.encodings import encoding_of

    with packed.opened(file) as data:
        head = data.read(_HEAD)
        found = encoding_of(head, whole=not data.read(1))
    if codecs.lookup(found.name).name == codecs.lookup(file.encoding).name:
        return ""  # what does not fit lies further down
    return f"; it reads as {found.name}" if found.decided else "; is the declared encoding right?"
