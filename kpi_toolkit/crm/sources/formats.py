"""The formats by the suffix of a file's name: who reads it, and which settings concern it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from kpi_toolkit.crm.sources import packed
from kpi_toolkit.crm.sources.columnar import parquet
from kpi_toolkit.crm.sources.delimited import delimited
from kpi_toolkit.crm.sources.json_objects import json_document, json_lines
from kpi_toolkit.crm.sources.stored import stored, tables
from kpi_toolkit.crm.sources.stream import Batch, File, Stream
from kpi_toolkit.crm.sources.workbook import excel, old_excel, sheets
from kpi_toolkit.errors import DataError, near_misses


@dataclass(frozen=True)
class Format:
    """How files of a format are read, the keys of kpi.toml that concern them, and, where one holds
    several tables, how to learn their names.
    """

    batches: Callable[[File], Iterator[Batch]]
    settings: tuple[str, ...] = ()
    parts: Callable[[File], list[str]] | None = None


_DELIMITED = Format(delimited, ("delimiter", "encoding", "quote", "skip", "header"))
_EXCEL = Format(excel, ("sheet", "skip", "header"), sheets)
_STORED = Format(stored, ("table", "query"), tables)
_OLD_EXCEL = Format(old_excel, ("sheet", "skip", "header"))

READERS: dict[str, Format] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), _DELIMITED),
    **dict.fromkeys((".xlsx", ".xlsm"), _EXCEL),
    **dict.fromkeys((".jsonl", ".ndjson"), Format(json_lines)),
    ".json": Format(json_document, ("table",)),
    ".parquet": Format(parquet),
    **dict.fromkeys((".duckdb", ".sqlite", ".sqlite3", ".db"), _STORED),
    **dict.fromkeys((".xls", ".xlsb", ".ods"), _OLD_EXCEL),
}


def open_source(file: File) -> Stream:
    """The stream of a file, by the format that its name ends in. Raises DataError when it has no
    header.
    """
    batches = format_of(file).batches(file)
    first = next(batches)
    assert isinstance(first, list) and isinstance(first[0], tuple)
    return Stream(first[0][1], batches)


def format_of(file: File) -> Format:
    """The format that a file's name ends in. Raises DataError for another ending."""
    suffix = packed.format_suffix(file)
    if suffix not in READERS:
        raise DataError(f"{file.name}: {near_misses(suffix, READERS)}")
    return READERS[suffix]


def parts_of(file: File) -> list[File]:
    """The file once for each of its sheets or tables, and once where it has one. Raises
    DataError.
    """
    format = format_of(file)
    names = format.parts(file) if format.parts else []
    if len(names) < 2:
        return [file]
    if "sheet" in format.settings:
        return [replace(file, sheet=name) for name in names]
    return [replace(file, table=name) for name in names]


def misplaced(names: Iterable[str], settings: Iterable[str]) -> list[str]:
    """A sentence for each setting that does not concern the format of one of the files."""
    known = dict.fromkeys(name for name in map(_format_of_name, names) if name in READERS)
    return [
        f"{setting}: it does not concern a {suffix} file, but {_belonging(setting)}"
        for suffix in known
        for setting in settings
        if setting not in READERS[suffix].settings
    ]


def _format_of_name(name: str) -> str:
    path = PurePath(name.lower())
    return PurePath(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _belonging(setting: str) -> str:
    if setting == "member":
        return "one of a .zip"
    suffixes = [suffix for suffix, format in READERS.items() if setting in format.settings]
    return ", ".join(suffixes)
