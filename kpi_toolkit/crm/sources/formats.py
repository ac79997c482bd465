"""The formats by the suffix of a file's name: who reads it, and which settings concern it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from kpi_toolkit.crm.sources.delimited import delimited
from kpi_toolkit.crm.sources.stream import Batch, File, Stream
from kpi_toolkit.errors import DataError, near_misses


@dataclass(frozen=True)
class Format:
    """How files of a format are read, and the keys of kpi.toml that concern them."""

    batches: Callable[[File], Iterator[Batch]]
    settings: tuple[str, ...] = ()


_DELIMITED = Format(delimited, ("delimiter", "encoding", "quote", "skip", "header"))

READERS: dict[str, Format] = dict.fromkeys((".csv", ".tsv", ".txt"), _DELIMITED)


def open_source(file: File) -> Stream:
    """The stream of a file, by the format that its name ends in. Raises DataError when it has no
    header.
    """
    suffix = file.path.suffix.lower()
    if suffix not in READERS:
        raise DataError(f"{file.name}: {near_misses(suffix, READERS)}")
    batches = READERS[suffix].batches(file)
    first = next(batches)
    header = first[0]
    assert isinstance(header, tuple)
    return Stream(header[1], batches)


def misplaced(names: Iterable[str], settings: Iterable[str]) -> list[str]:
    """A sentence for each setting that does not concern the format of one of the files."""
    suffixes = dict.fromkeys(PurePath(name).suffix.lower() for name in names)
    known = [suffix for suffix in suffixes if suffix in READERS]
    return [
        f"{setting}: a {suffix} file has none; {_belonging(setting)}"
        for suffix in known
        for setting in settings
        if setting not in READERS[suffix].settings
    ]


def _belonging(setting: str) -> str:
    suffixes = [suffix for suffix, format in READERS.items() if setting in format.settings]
    return f"it concerns {', '.join(suffixes)}"
