"""Files with several rows a record, one for each change: the last one is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_toolkit.crm.looking.fitting import Fitted, Fitting
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.matching import Candidate, is_nameable
from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.looking.synonyms import synonyms

VERSION = "changed_at"
# Fewer ids that come again are doubles, which reading sets aside by name; up to the second share it
# may be either, and nothing is dropped without a word of a person.
_LEAST_REPEATED, _SURELY_REPEATED = 0.05, 0.33


@dataclass(frozen=True)
class EventLog:
    """The setting that keeps the last rows; `version` orders them where no column of ours does."""

    keep: tuple[Line, ...] = ()
    version: tuple[Fitted, ...] = ()


def event_log(columns: Sequence[Fitted], candidate: Candidate, fitting: Fitting) -> EventLog:
    """Whether ids come again, and by which column the last row of each is known."""
    own = {column.name: column for column in columns if column.live}
    key = candidate.table.key[0] if len(candidate.table.key) == 1 else ""
    if key not in own or _repeated(own[key].column) <= _LEAST_REPEATED * candidate.head.rows:
        return EventLog()
    ids = own[key].column
    told = f"{len(ids.texts):,} ids in {ids.filled:,} rows: a row for each change"
    updated = own.get("updated_at")
    version = () if updated and updated.is_dated else _changed(candidate, fitting)
    if not version and not (updated and updated.is_dated):
        asked = f"decide: {told}? No column says which is the last: later rows are set aside"
        return EventLog((Line("keep", {"last_by": "?", "per": key}, asked, live=False),))
    live = _repeated(ids) > _SURELY_REPEATED * candidate.head.rows
    asked = "" if live else "decide: doubles, or "
    name, by = (VERSION, version[0]) if version else ("updated_at", updated)
    assert by
    kept = f"{asked}{told}; the last by {by.column.name} is kept"
    return EventLog((Line("keep", {"last_by": name, "per": key}, kept, live),), version)


def _changed(candidate: Candidate, fitting: Fitting) -> tuple[Fitted, ...]:
    """The first column that says when a row was written; of a type, so that it orders as time."""
    known = synonyms("deals")
    used = {match.column.name for match in candidate.sure}
    for column in candidate.head.columns:
        bears = "updated_at" in known.get(plain(column.name), {})
        if bears and column.name not in used and is_nameable(column, candidate.head):
            found = fitting.dated(VERSION, column, "instant")
            if found.live:
                return (replace(found, settings={"type": "instant"} | found.settings),)
    return ()


def _repeated(column: Column) -> int:
    return column.filled - len(column.texts)
