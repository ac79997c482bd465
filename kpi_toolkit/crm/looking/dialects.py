"""How the lines of a delimited text split into fields: delimiter, quote, lines above the header."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.sources.delimited import SPACES

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NAMED = re.compile(r"sep=(.)\s*\Z")
_MOST_RECORDS = 2000


@dataclass(frozen=True)
class Dialect:
    """A way to split, what speaks for it, and the first record that is as wide as most."""

    delimiter: str
    quote: str
    skip: int
    width: int
    evidence: str
    skipped: str = ""
    quote_evidence: str = ""


@dataclass(frozen=True)
class _Split:
    """The text under one delimiter: (line, number of fields) of each record."""

    delimiter: str
    records: tuple[tuple[int, int], ...]

    @cached_property
    def width(self) -> int:
        """The most frequent number of fields; of equals the greater."""
        counts = Counter(width for _, width in self.records)
        return max(counts, key=lambda width: (counts[width], width), default=0)

    @property
    def share(self) -> float:
        """How much of the records has that many."""
        fitting = sum(width == self.width for _, width in self.records)
        return fitting / len(self.records) if self.records else 0.0


def dialect_of(text: str) -> Dialect:
    """The dialect of the first lines of a file, which end with a whole line."""
    lines = text.splitlines()
    named = _NAMED.match(lines[0]) if lines else None
    quote, quote_evidence = _quote(text)
    marks = [named[1]] if named else [*_DELIMITERS, SPACES]
    splits = {mark: _split(text, mark, quote) for mark in marks}
    best = max(splits.values(), key=lambda split: _merit(split))
    skip = max(_lines_above(best), 1 if named else 0)
    return Dialect(
        best.delimiter,
        quote,
        skip,
        best.width,
        f'the first line says "{lines[0].strip()}"' if named else _evidence(best, splits),
        _told(lines[:skip]),
        quote_evidence,
    )


def _merit(split: _Split) -> tuple[bool, float, int]:
    """Most records alike, in more than one field; blanks only where no mark does better."""
    many = split.width > 1
    share = round(split.share, 2) - (0.05 if split.delimiter == SPACES else 0)
    return many, share if many else 0, split.width


def _split(text: str, delimiter: str, quote: str) -> _Split:
    if delimiter == SPACES:
        counted = ((n, len(line.split())) for n, line in enumerate(text.splitlines(), 1))
        return _Split(SPACES, tuple(pair for pair in counted if pair[1])[:_MOST_RECORDS])
    return _Split(delimiter, tuple(_records(text, delimiter, quote)))


def _records(text: str, delimiter: str, quote: str) -> Iterator[tuple[int, int]]:
    csv.field_size_limit(1 << 20)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=quoting,
    )
    start, found = 1, 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and found < _MOST_RECORDS:
                found += 1
                yield start, len(cells)
            start = reader.line_num + 1
    except csv.Error:
        return


def _quote(text: str) -> tuple[str, str]:
    """Double quotes unless fields stand in single ones, or a lone mark would swallow lines."""
    edge = r"(?:^|[,;\t|])[ ]*"
    single = len(re.findall(rf"{edge}'[^'\r\n]*'(?=[,;\t|]|\r?$)", text, re.MULTILINE))
    if '"' not in text and single > 5:
        return "'", f"{single} fields stand between single quotes, none between double ones"
    opened = len(re.findall(rf'{edge}"', text, re.MULTILINE))
    closed = len(re.findall(r'"[ ]*(?=[,;\t|]|\r?$)', text, re.MULTILINE))
    if opened and opened > 2 * max(closed, 1):
        return "", f"{opened} fields begin with a double quote and only {closed} end with one"
    return '"', ""


def _lines_above(split: _Split) -> int:
    """How many physical lines stand before the first record that is as wide as most."""
    return next((line for line, width in split.records if width == split.width), 1) - 1


def _evidence(best: _Split, splits: dict[str, _Split]) -> str:
    fitting = sum(width == best.width for _, width in best.records)
    found = f"{best.width} fields in {fitting:,} of the first {len(best.records):,} records"
    rivals = [s for s in splits.values() if s is not best and s.width > 1]
    told = [f"{_name(s.delimiter)} would give {_range(s)}" for s in rivals]
    return "; ".join([found, *told[:2]])


def _name(delimiter: str) -> str:
    return _DELIMITERS.get(delimiter, "runs of blanks")


def _range(split: _Split) -> str:
    widths = [width for _, width in split.records]
    least, most = min(widths), max(widths)
    return f"{most}" if least == most else f"{least} to {most}"


def _told(lines: list[str]) -> str:
    filled = [shown(line.strip()) for line in lines if line.strip()]
    return f"lines above the header: {', '.join(filled[:3]) or 'blank'}" if lines else ""
