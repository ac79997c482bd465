"""Records that name a record of another table: what that table says of it is there by a join."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kpi_toolkit.crm.looking.heads import Column, Head
from kpi_toolkit.crm.looking.lines import Line, heading, rendered
from kpi_toolkit.crm.looking.matching import Candidate, is_nameable, matched
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.sources import format_of

# Columns of ours that name a record, and the table that it stands in.
_NAMING = {"account_id": "accounts", "owner": "users", "agent": "users"}
# What a record takes over from the one that it names, where its own file does not say it.
_TAKEN_OVER = ("segment", "region", "territory", "team")
# So many of the cells have to name a record, or the files do not belong together.
_LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Links:
    """Stanzas of joins, and the columns of ours that come by them."""

    stanzas: tuple[str, ...] = ()
    columns: Mapping[str, Line] = field(default_factory=dict)


def links(candidate: Candidate, others: Mapping[str, tuple[Candidate, Sequence[str]]]) -> Links:
    """The joins of a table with the others, each a candidate with the names of its files."""
    stanzas: list[str] = []
    columns: dict[str, Line] = {}
    own = {match.name: match for match in candidate.sure}
    for ours, table in _NAMING.items():
        if ours in own and table in others and table != candidate.table.name:
            other, files = others[table]
            found = _lines(own[ours].column, ours, other, candidate, set(own) | set(columns))
            if found and len(files) == 1:
                joined, evidence, lines = found
                stanzas += _join(candidate, other, files[0], (joined, own[ours].column), evidence)
                columns |= lines
    return Links(tuple(stanzas), columns)


def _lines(
    naming: Column, ours: str, other: Candidate, candidate: Candidate, have: set[str]
) -> tuple[Column, str, dict[str, Line]] | None:
    """The other file's column that the cells name, how many do, and what comes by it."""
    joined = max(_unique(other), key=lambda column: _share(naming, column), default=None)
    if joined is None or _share(naming, joined) < _LEAST_SHARE:
        return None
    # What a seller's row says of a region is the deal's, though users have no such column of ours.
    told_of = matched(other.head, candidate.table)
    there = {m.name: m.column for m in (*told_of, *other.matches) if m.sure}
    named = round(_share(naming, joined) * naming.filled)
    told = (
        f"{named:,} of {naming.filled:,} filled cells of {shown(naming.name)} stand in "
        f"{shown(joined.name)} of {shown(other.head.title)}, where each stands once"
    )
    lines = {
        name: Line(name, f"{other.table.name}.{there[name].name}", told)
        for name in _TAKEN_OVER
        if name in there and name in candidate.table.columns and name not in have
    }
    key = there.get(other.table.key[0])
    if key is not None and key is not joined:
        value = f"{other.table.name}.{key.name}"
        lines[ours] = Line(ours, value, f"{told}: its {shown(key.name)} is the id")
    return (joined, told, lines) if lines else None


def _unique(other: Candidate) -> list[Column]:
    """The columns that tell the rows of a file apart, the id first."""
    key = {match.column.name for match in other.sure if match.name in other.table.key}
    rows = other.head.rows - len(other.head.faults)
    alone = [
        column
        for column in other.head.columns
        if is_nameable(column, other.head) and len(column.texts) == column.filled == rows
    ]
    return sorted(alone, key=lambda column: column.name not in key)


def _share(naming: Column, column: Column) -> float:
    named = sum(count for text, (count, _) in naming.cells.items() if text and text in column.cells)
    return named / naming.filled if naming.filled else 0.0


def _join(
    candidate: Candidate, other: Candidate, file: str, pair: tuple[Column, Column], evidence: str
) -> list[str]:
    """The stanza of a join: the other file, how it is written, and the key."""
    settings = [
        Line("file", file),
        *other.head.written,
        *_otherwise(candidate.head, other.head),
        Line("on", {pair[0].name: pair[1].name}),
    ]
    title = f"tables.{candidate.table.name}.joins.{other.table.name}"
    return ["", *heading(title, evidence), *rendered(settings)]


def _otherwise(main: Head, joined: Head) -> list[Line]:
    """What the joined file would take from the table's, and has as usual itself."""
    stated = {line.name for line in main.written} - {line.name for line in joined.written}
    delimiter = "\t" if ".tsv" in joined.path.suffixes else ","
    usual = {"delimiter": delimiter, "encoding": "utf-8", "quote": '"', "skip": 0}
    known = format_of(joined.file).settings
    return [Line(key, value) for key, value in usual.items() if key in stated and key in known]
