"""One file as the stanza of a table: how it is written, its columns, and what is left over."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking import values
from kpi_toolkit.crm.looking.agreement import agreed
from kpi_toolkit.crm.looking.derived import derived, sources
from kpi_toolkit.crm.looking.fitting import Fitted, Fitting
from kpi_toolkit.crm.looking.heads import Column, told_faults
from kpi_toolkit.crm.looking.lines import Line, heading, remark, rendered
from kpi_toolkit.crm.looking.matching import Candidate, is_nameable
from kpi_toolkit.crm.looking.names import plain, words
from kpi_toolkit.crm.looking.synonyms import synonyms
from kpi_toolkit.crm.looking.toml import shown
from kpi_toolkit.crm.looking.trials import Trials

MOST_MEMBERS = 20


@dataclass(frozen=True)
class Stanza:
    """The text of a table, and the dates that its columns hold."""

    table: str
    lines: tuple[str, ...]
    dated: tuple[Fitted, ...]


def stanza(
    candidate: Candidate, files: Sequence[str], project: ProjectConfig, trials: Trials
) -> Stanza:
    """The stanza of one or several files with the same header."""
    head, table = candidate.head, candidate.table
    fitting = Fitting(trials, head, table)
    common = agreed([fitting.fitted(match) for match in candidate.matches])
    made = derived(common.columns, head, fitting)
    log, version = _log(common.columns, candidate, fitting)
    dated = tuple(column for column in common.columns if column.is_dated)
    settings = [
        Line("file", files[0] if len(files) == 1 else list(files), f"{head.size} were looked at"),
        *head.written,
        *common.lines,
        *_zone(dated, project),
        *log,
    ]
    own = {column.name: _line(column) for column in common.columns} | made
    order = [name for name in table.columns if name in own]
    columns = [own[name] for name in order] + version
    text = [
        *heading(f"tables.{table.name}", _why(candidate)),
        *rendered(settings),
        *(remark(told_faults(head)) if head.faults else []),
        "",
        f"[tables.{table.name}.columns]",
        *rendered(columns),
        *_left_over(candidate, common.columns, made),
    ]
    return Stanza(table.name, tuple(text), dated)


def _why(candidate: Candidate) -> str:
    """What made the file this table."""
    head, table = candidate.head, candidate.table.name
    named = "its name says so, and " if candidate.is_named else ""
    told = [match.column.name for match in candidate.sure]
    columns = ", ".join(told[:4]) + (" ..." if len(told) > 4 else "")
    return (
        f"{shown(head.path.name, 80)}: {named}{len(told)} of its {len(head.names)} columns "
        f"bear names of {table} ({columns})"
    )


def _line(column: Fitted) -> Line:
    """The shortest form that says it."""
    value = {"column": column.column.name} | column.settings if column.settings else None
    return Line(column.name, value or column.column.name, column.evidence, column.live)


def _zone(dated: Sequence[Fitted], project: ProjectConfig) -> list[Line]:
    """Where times without an offset were: the cells cannot tell, the project's zone is taken."""
    local = [c for c in dated if c.kind == "instant" and c.has_clock and not c.has_offset]
    if not local:
        return []
    skipped = [text for column in local for text in _skipped(column, project.time_zone)]
    told = f"decide: times bear no offset; they are read as local times of {project.time_zone}"
    if skipped:
        told += f", whose clocks skipped {shown(skipped[0])}: so the export is in another zone"
    zone = "UTC" if project.time_zone != "UTC" else "Europe/Paris"
    return [Line("time_zone", zone, f"{told}; many CRMs export UTC", live=False)]


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


def _log(
    columns: Sequence[Fitted], candidate: Candidate, fitting: Fitting
) -> tuple[list[Line], list[Line]]:
    """Of an event log, the last row of each record; its version column is one of the user's own."""
    own = {column.name: column for column in columns if column.live}
    key = candidate.table.key[0] if len(candidate.table.key) == 1 else ""
    if key not in own or _repeats(own[key].column) <= 0.05 * candidate.head.rows:
        return [], []
    ids = own[key].column
    told = f"{len(ids.texts):,} ids in {ids.filled:,} rows: a row for each change"
    changed = own.get("updated_at")
    version: list[Line] = []
    if changed is None and (found := _changed(candidate, fitting)):
        changed = found
        setting = {"column": found.column.name, "type": "instant"} | found.settings
        version = [Line("changed_at", setting, f"orders the log; {found.evidence}")]
    if changed is None or not changed.is_dated:
        value = {"last_by": "?", "per": key}
        asked = f"decide: {told}, and no column says which is the last; others are set aside"
        return [Line("keep", value, asked, live=False)], []
    kept = {"last_by": "updated_at" if not version else "changed_at", "per": key}
    return [Line("keep", kept, f"{told}; the last by {changed.column.name} is kept")], version


def _changed(candidate: Candidate, fitting: Fitting) -> Fitted | None:
    """The column that says when a row was written, where the table has none of ours for it."""
    known = synonyms("deals")
    used = {match.column.name for match in candidate.sure}
    for column in candidate.head.columns:
        bears = "updated_at" in known.get(plain(column.name), {})
        if bears and column.name not in used and is_nameable(column, candidate.head):
            found = fitting.dated("changed_at", column, "instant")
            if found.live and found.verdict and found.verdict.decided:
                form = found.verdict.best.date_format
                return Fitted(
                    **(vars(found) | {"settings": {"date_format": form} | found.settings})
                )
    return None


def _repeats(column: Column) -> int:
    return column.filled - len(column.texts)


def _left_over(candidate: Candidate, columns: Sequence[Fitted], made: dict[str, Line]) -> list[str]:
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
        *(remark(f"Not used: {', '.join(shown(c.name) for c in others)}") if others else []),
        *(remark(_unnameable(unnameable)) if unnameable else []),
    ]


def _is_dimension(column: Column) -> bool:
    members = len(column.texts)
    return 1 < members <= MOST_MEMBERS and column.filled >= 5 * members


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
