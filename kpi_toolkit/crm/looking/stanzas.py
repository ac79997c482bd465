"""One file as the stanza of a table: how it is written, its columns, and what is left over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking import dates, values
from kpi_toolkit.crm.looking.agreement import agreed
from kpi_toolkit.crm.looking.currencies import foreign
from kpi_toolkit.crm.looking.derived import derived, sources, unit_price
from kpi_toolkit.crm.looking.fitting import Fitted, Fitting
from kpi_toolkit.crm.looking.flags import doubted, of_persons
from kpi_toolkit.crm.looking.heads import Column, told_faults
from kpi_toolkit.crm.looking.lines import Line, heading, remark, rendered
from kpi_toolkit.crm.looking.links import Links
from kpi_toolkit.crm.looking.logs import VERSION, event_log
from kpi_toolkit.crm.looking.matching import Candidate, is_nameable
from kpi_toolkit.crm.looking.names import words
from kpi_toolkit.crm.looking.pictures import dateless
from kpi_toolkit.crm.looking.returns import returns
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.looking.totals import totals
from kpi_toolkit.crm.looking.trials import Trials

MOST_MEMBERS, MOST_LISTED = 30, 40
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d\d|\d:\d\d")


@dataclass(frozen=True)
class Stanza:
    """The text of a table, the dates that its columns hold, and whether all rows were seen."""

    table: str
    lines: tuple[str, ...]
    dated: tuple[Fitted, ...] = ()
    whole: bool = True


@dataclass(frozen=True)
class Source:
    """One or several files with the same header, as a table; their names; joins with others."""

    candidate: Candidate
    files: tuple[str, ...]
    links: Links = field(default_factory=Links)


def stanza(source: Source, project: ProjectConfig, trials: Trials) -> Stanza:
    """The stanza of a table."""
    candidate, files = source.candidate, source.files
    head, table = candidate.head, candidate.table
    fitting = Fitting(trials, head, table)
    sure = unit_price(candidate)
    matches = [m for m in candidate.matches if not sure or m.name != sure[0].name]
    fitted = [fitting.fitted(match) for match in (*matches, *sure)]
    log = event_log(fitted, candidate, fitting)
    common = agreed([*fitted, *log.version])
    if flags := of_persons(candidate, common.columns):
        return Stanza(table.name, tuple(doubted(candidate, flags, files, common.columns)))
    made = derived(common.columns, candidate) | foreign(common.columns, table, project)
    made |= source.links.columns
    dated = tuple(column for column in common.columns if column.is_dated)
    settings = [
        Line("file", files[0] if len(files) == 1 else list(files), f"{head.size} were looked at"),
        *head.written,
        *common.lines,
        *_void(fitting.void),
        *_zone(dated, project),
        *log.keep,
        *(totals(common.columns, head) or returns(candidate, trials)),
    ]
    own = {column.name: _line(column) for column in common.columns} | made
    text = [
        *heading(f"tables.{table.name}", _why(candidate)),
        *rendered(settings),
        *(remark(told_faults(head)) if head.faults else []),
        *source.links.stanzas,
        "",
        f"[tables.{table.name}.columns]",
        *rendered(own[name] for name in (*table.columns, VERSION) if name in own),
        *_left_over(candidate, common.columns, made, trials),
        *dateless(candidate, common.columns),
    ]
    known = tuple(column for column in dated if column.name not in made)
    return Stanza(table.name, tuple(text), known, head.whole)


def _why(candidate: Candidate) -> str:
    """What made the file this table."""
    head, table = candidate.head, candidate.table.name
    named = "its name says so, and " if candidate.is_named else ""
    told = [match.column.name for match in candidate.sure]
    columns = ", ".join(told[:4]) + (" ..." if len(told) > 4 else "")
    return (
        f"{shown(head.title, 80)}: {named}{len(told)} of its {len(head.names)} columns "
        f"bear names of {table} ({columns})"
    )


def _line(column: Fitted) -> Line:
    """The shortest form that says it."""
    value = {"column": column.column.name} | column.settings if column.settings else None
    return Line(column.name, value or column.column.name, column.evidence, column.live)


def _void(marks: Sequence[str]) -> list[Line]:
    """What stands for a missing value all over the file."""
    told = f"{', '.join(map(shown, marks))} in several columns: no value"
    return [Line("null", list(marks), told)] if marks else []


def _zone(dated: Sequence[Fitted], project: ProjectConfig) -> list[Line]:
    """Where times without an offset were: the cells cannot tell, the project's zone is taken."""
    local = [c for c in dated if c.kind == "instant" and c.has_clock and not c.has_offset]
    if not local:
        return []
    skipped = [text for column in local for text in _skipped(column, project.time_zone)]
    zone = project.time_zone
    told = f"times bear no offset, so the files do not tell: taken as local times of {zone}"
    if skipped:
        told = f"decide: times bear no offset, and the clocks of {zone} skipped {shown(skipped[0])}"
        return [Line("time_zone", "decide: UTC, or which other zone", told)]
    other = "UTC" if zone != "UTC" else "Europe/Paris"
    return [Line("time_zone", zone, f'{told}; a CRM may export in another, such as "{other}"')]


def _skipped(column: Fitted, time_zone: str) -> list[str]:
    """The texts whose local time the clocks of the zone skipped."""
    zone, utc = ZoneInfo(time_zone), ZoneInfo("UTC")
    verdict = column.verdict
    pairs = zip(column.column.texts, verdict.values, strict=True) if verdict else ()
    return [
        text
        for text, local in pairs
        if local
        and local.replace(tzinfo=zone).astimezone(utc).astimezone(zone).replace(tzinfo=None)
        != local
    ]


def _left_over(
    candidate: Candidate, columns: Sequence[Fitted], made: dict[str, Line], trials: Trials
) -> list[str]:
    """Columns that nothing of ours is: those with few values as dimensions, the rest by name."""
    spoken = {column.column.name for column in columns}
    spoken |= {name for line in made.values() for name in sources(line)}
    rest = [column for column in candidate.head.columns if column.name not in spoken]
    nameable = [column for column in rest if is_nameable(column, candidate.head)]
    few = [column for column in nameable if _is_dimension(column)]
    taken = {name.lower() for name in candidate.table.columns}
    lines = []
    for column in few:
        name = _own_name(column.name, taken)
        taken.add(name)
        value = {"column": column.name, "dimension": True}
        lines.append(Line(name, value, values.counts(column, 5), live=False))
    others = [column for column in nameable if column not in few]
    unnameable = [column for column in rest if column not in nameable]
    return [
        *(remark("Dimensions of your own, if you want numbers by them:") if few else []),
        *rendered(lines),
        *(remark(f"Not used: {_listed(others)}") if others else []),
        *_unnamed_dates(others, trials),
        *(remark(_unnameable(unnameable)) if unnameable else []),
        *_without_source(candidate, {column.name for column in columns} | set(made)),
    ]


def _unnamed_dates(columns: Sequence[Column], trials: Trials) -> list[str]:
    """Dates under names that are none of ours, as in another language: how they are written."""
    tried = [(c, trials.verdict(c, dates.forms(c, "instant"))) for c in columns if c.filled]
    told = [
        f"{shown(column.name)} (date_format = {shown(verdict.best.date_format)})"
        for column, verdict in tried
        if verdict.fits and not verdict.best.date_format.startswith(dates.COUNTED)
    ]
    named = "Dates, if you know which of ours they are"
    return remark(f"{named}: {', '.join(told)}") if told else []


def _listed(columns: Sequence[Column]) -> str:
    told = [shown(column.name) for column in columns[:MOST_LISTED]]
    more = f" and {len(columns) - MOST_LISTED} more" if len(columns) > MOST_LISTED else ""
    return ", ".join(told) + more


def _is_dimension(column: Column) -> bool:
    """Few values, each often, that are neither moments nor addresses."""
    members = len(column.texts)
    few = 1 < members <= MOST_MEMBERS and column.filled >= 5 * members
    return few and not any("@" in text or _MOMENT.search(text) for text in column.texts)


def _own_name(name: str, taken: set[str]) -> str:
    bare = "_".join(words(name)) or "dimension"
    found, n = bare, 1
    while found in taken:
        n += 1
        found = f"{bare}_{n}"
    return found


def _unnameable(columns: Sequence[Column]) -> str:
    told = ", ".join(dict.fromkeys(shown(column.name) for column in columns))
    return f"Cannot be named here, since the header has them empty or more than once: {told}"


def _without_source(candidate: Candidate, named: set[str]) -> list[str]:
    """Our columns that nothing in the file seems to be."""
    missing = [name for name in candidate.table.columns if name not in named]
    table = candidate.table.name
    return remark(f"Of {table}, nothing here is: {', '.join(missing)}") if missing else []
