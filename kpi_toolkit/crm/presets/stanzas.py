"""One block of a preset -> the stanza that is written, with the names that its export has."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kpi_toolkit.crm.looking.toml import written
from kpi_toolkit.crm.presets.blocks import Block, Line, alternatives
from kpi_toolkit.crm.presets.columns import Known
from kpi_toolkit.crm.presets.exports import Exports

_COMMENTS_AT = 40
Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Stanza:
    """A block as it is written: its files, the columns of ours that they supply, and its lines,
    each with its section.
    """

    block: Block
    files: tuple[str, ...]
    supplied: frozenset[str]
    lines: tuple[tuple[str, str], ...]

    def text(self, selects: Collection[str]) -> str:
        """The stanza; of SELECTs only those whose tables are mapped."""
        head = f"[tables.{self.block.table}]"
        shown = [f"{head:<{_COMMENTS_AT}}# {self.block.head}" if self.block.head else head]
        section = ""
        for name, line in self.lines:
            if name != section:
                shown += ["", f"[tables.{self.block.table}.{name}]"]
                section = name
            if section or not line.startswith("sql = ") or line.split('"')[1] in selects:
                shown.append(line)
        return "\n".join(shown) + "\n"


def fitted(block: Block, exports: Exports) -> Stanza | None:
    """The stanza for the exports that are there; None where they lack its file or first column."""
    files = [file for name in block.files for file in exports.find(name)]
    if not files:
        return None
    columns, joins = {"": exports.columns(files)}, []
    for join in block.joins:
        found = exports.find(block.line(join, "file").value)
        theirs = exports.columns(found) if len(found) == 1 else frozenset()
        if text := Known(columns).joined(block.line(join, "on"), theirs):
            columns[join] = theirs
            joins += [(join, _file_line(found)), (join, text)]
    return _stanza(block, files, joins, Known(columns, block.joins))


def assumed(block: Block) -> Stanza:
    """The stanza for an export that is not there yet, with the preferred names."""
    every = Known(None, block.joins)
    joins: Lines = []
    for join in block.joins:
        on = every.joined(block.line(join, "on"), None)
        joins += [
            (join, _file_line(_preferred([block.line(join, "file").value]))),
            (join, on or ""),
        ]
    found = _stanza(block, _preferred(block.files), joins, every)
    assert found
    return found


def _stanza(block: Block, files: Sequence[str], joins: Lines, known: Known) -> Stanza | None:
    fits = [(line, known.fitted(line)) for line in block.of("columns")]
    if not fits[0][1]:
        return None
    supplied = frozenset(line.key for line, text in fits if text)
    own = [("", text) for line in _own(block, known) for text in (*line.comments, line.text)]
    columns = [("columns", text) for text in _columns(fits, supplied, _places(files))]
    named = [(f"joins.{join}", text) for join, text in joins]
    lines = (("", _file_line(files)), *own, *named, *columns)
    return Stanza(block, tuple(files), supplied, lines)


def _own(block: Block, known: Known) -> Iterator[Line]:
    """The stanza's own lines but that of its files; of conditions, the first whose columns are
    there.
    """
    conditions = [line for line in block.of("") if line.key == "where"]
    admitted = [line for line in conditions if known.has_all(line.value)][:1]
    for line in block.of(""):
        if line.key != "file" and (line.key != "where" or line in admitted):
            yield line


def _columns(
    fits: Sequence[tuple[Line, str | None]], supplied: Collection[str], file: str
) -> Iterator[str]:
    """The lines of the columns; those that the export lacks are comments that say so."""
    seen: set[str] = set()
    for line, text in fits:
        if line.key in seen or (text is None and line.key in supplied):
            continue
        seen.add(line.key)
        yield from [*line.comments, text] if text else [f"# {line.key}: not in {file}"]


def _places(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else "every file"


def _preferred(names: Sequence[str]) -> list[str]:
    plain = [next(a for a in alternatives(name) if "*" not in a) for name in names]
    return [f"{name}.csv" for name in plain]


def _file_line(files: Sequence[str]) -> str:
    return f"file = {written(files[0] if len(files) == 1 else list(files))}"
