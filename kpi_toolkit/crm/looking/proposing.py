"""The text of a kpi.toml for files that nobody has described: every line a proposal with its
evidence, for a person to confirm. The only place that infers; all else follows what is declared.
"""

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking.heads import Head, heads_of
from kpi_toolkit.crm.looking.knowledge import as_of
from kpi_toolkit.crm.looking.lines import Line, remark, rendered
from kpi_toolkit.crm.looking.links import links
from kpi_toolkit.crm.looking.matching import Candidate, candidates, matched
from kpi_toolkit.crm.looking.scanning import MOST_ROWS, scanned
from kpi_toolkit.crm.looking.stage_order import FILE as STAGES
from kpi_toolkit.crm.looking.stage_order import stage_order
from kpi_toolkit.crm.looking.stanzas import Source, Stanza, stanza
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.looking.trials import Trials
from kpi_toolkit.errors import DataError

_HEAD = (
    "Proposed from the files themselves (at most {rows:,} rows of a table): every line is a guess "
    "with its evidence behind it. Read each, mend it, and run `kpi check`.",
    'A value that begins with "decide:" is refused until you choose: the files do not tell.',
)


@dataclass(frozen=True)
class Proposal:
    """The text of a kpi.toml, and the files that it names beside itself, by name."""

    text: str
    selects: Mapping[str, str] = field(default_factory=dict)


def propose(
    files: Sequence[Path],
    project: ProjectConfig,
    folder: Path | None = None,
    today: dt.date | None = None,
) -> Proposal:
    """The kpi.toml in `folder` (the working one) that reads the files, and the SELECTs beside it.
    `today` says whether their newest date is long past.

    Raises DataError when there is no file, or one of them cannot be read at all.
    """
    if not files:
        raise DataError("no file to look at: expected the exports of a CRM")
    paths = [path.absolute() for path in dict.fromkeys(files)]
    source = Path(os.path.commonpath([path.parent for path in paths]))
    names = {path: path.relative_to(source).as_posix() for path in paths}
    heads, faults = _heads(paths)
    chosen, others = _assigned(heads)
    trials = Trials()
    read = [
        (_read_through(group, trials), tuple(names[c.head.path] for c in group)) for group in chosen
    ]
    tables = {candidate.table.name: (candidate, files) for candidate, files in read}
    stanzas = [
        stanza(Source(candidate, files, links(candidate, tables)), project, trials)
        for candidate, files in read
    ]
    histories = [line for part in stanzas if part.table == "deal_stages" for line in part.dated]
    order = stage_order({name: found for name, (found, _) in tables.items()}, histories, trials)
    parts = [
        [line for text in _HEAD for line in remark(text.format(rows=MOST_ROWS))],
        ["[project]", *rendered(_project(project, stanzas, today or _today(project)))],
        ["[source]", *rendered(_source(source, (folder or Path.cwd()).absolute()))],
        *(list(part.lines) for part in stanzas),
        *([list(order.lines)] if order else []),
        *(_unplaced(head, taken, names[head.path]) for head, taken in others),
        *(remark(f"Nothing is proposed for {shown(fault, 300)}") for fault in faults),
    ]
    text = "\n\n".join("\n".join(part) for part in parts) + "\n"
    return Proposal(text, {STAGES: order.select} if order else {})


def _heads(paths: Sequence[Path]) -> tuple[list[Head], list[str]]:
    """The heads of the files that can be read, and what is wrong with the others. Raises DataError
    when none can.
    """
    heads: list[Head] = []
    faults: list[DataError] = []
    for path in paths:
        try:
            heads += heads_of(path)
        except DataError as error:
            faults.append(error)
    if not heads:
        raise faults[0]
    return heads, [str(fault) for fault in faults]


def _assigned(
    heads: Sequence[Head],
) -> tuple[list[list[Candidate]], list[tuple[Head, Candidate | None]]]:
    """The files of each table: the likeliest one, and those written and headed like it; the rest
    with the table that they would have been.
    """
    best = [(head, next(iter(candidates(head)))) for head in heads]
    groups: dict[str, list[Candidate]] = {}
    for _, found in sorted(best, key=lambda pair: -pair[1].score):
        group = groups.setdefault(found.table.name, [found]) if found.fits else []
        if group and found is not group[0] and _alike(found.head, group[0].head):
            group.append(found)
    placed = {id(c.head) for group in groups.values() for c in group}
    rest = [(head, found if found.fits else None) for head, found in best if id(head) not in placed]
    order = {id(head): n for n, head in enumerate(heads)}
    for group in groups.values():
        group.sort(key=lambda candidate: order[id(candidate.head)])
    return sorted(groups.values(), key=lambda group: order[id(group[0].head)]), rest


def _read_through(group: Sequence[Candidate], trials: Trials) -> Candidate:
    """The table's candidate with the cells of all rows of its files."""
    table = group[0].table
    wanted = {match.column.name for match in group[0].matches}
    head = scanned([candidate.head for candidate in group], wanted, trials)
    return Candidate(table, head, matched(head, table))


def _alike(one: Head, other: Head) -> bool:
    """Whether one stanza can read both."""
    settings = [{line.name: line.value for line in head.written} for head in (one, other)]
    return one.names == other.names and settings[0] == settings[1]


def _project(project: ProjectConfig, stanzas: Sequence[Stanza], today: dt.date) -> list[Line]:
    """[project] as it was given, and a day of knowledge for data that end in the past."""
    given = project.model_dump(exclude_defaults=True)
    asked = ("name", "language", "currency", "time_zone", "fiscal_year_starts")
    given = {key: getattr(project, key) for key in asked} | given
    lines = [Line(key, value) for key, value in given.items() if value is not None]
    return lines + as_of(stanzas, project, today)


def _today(project: ProjectConfig) -> dt.date:
    return dt.datetime.now(ZoneInfo(project.time_zone)).date()


def _source(source: Path, folder: Path) -> list[Line]:
    try:
        path = Path(os.path.relpath(source, folder)).as_posix()
    except ValueError:  # another drive
        path = source.as_posix()
    return [Line("kind", "files"), Line("path", path, "the folder of the files, seen from here")]


def _unplaced(head: Head, taken: Candidate | None, name: str) -> list[str]:
    """A file that is left out, and why."""
    columns = ", ".join(shown(column) for column in head.names)
    if taken:
        why = (
            f"{shown(head.title, 80)} looks like {taken.table.name} too, with other columns; a "
            "table has one stanza: join it, or make the table by a SELECT (sql = ...)"
        )
    else:
        near = ", ".join(
            f"{c.table.name} ({', '.join(m.column.name for m in c.sure[:3])})"
            for c in candidates(head)[:3]
            if c.sure
        )
        why = f"{shown(head.title, 80)} fits no table; nearest: {near or 'none'}"
    return [
        *remark(why),
        *remark(f"It has {head.size.removeprefix('all ')} and the columns {columns}"),
        f"# [tables.{taken.table.name if taken else '?'}]",
        *rendered([Line("file", name, live=False)]),
        *rendered(Line(line.name, line.value, line.evidence, live=False) for line in head.written),
    ]
