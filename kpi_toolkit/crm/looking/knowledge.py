"""The day of knowledge of files that end in the past: the day after the newest thing that happened.

The day itself would not do: it is not over, so the month and the quarter that it ends would not be
complete.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking.fitting import Fitted
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.stanzas import Stanza

# Data whose newest date is younger are an export of these days.
FRESH = dt.timedelta(days=21)
# Dates that stand so far behind the others, and are so few, are slips or plans.
_GAP, _FEW = dt.timedelta(days=60), 0.005
# Columns that may tell of the future.
_PLANS = ("due", "expected", "ended_at", "active_to", "held_at")


def as_of(stanzas: Sequence[Stanza], project: ProjectConfig, today: dt.date) -> list[Line]:
    """The setting, active where the records end in the past; none where no date is known."""
    if project.as_of:
        return []
    columns = [column for part in stanzas for column in part.dated if _tells_the_past(column)]
    days, beyond = _settled(_days(columns), today)
    if not days:
        return []
    newest = max(days)
    told = f"the newest date in the files is {newest}{_where(columns, newest)}"
    if beyond:
        first = ", ".join(str(day) for day in sorted(beyond)[:3])
        told += f" (not counted: {sum(beyond.values()):,} cells that lie far ahead, as {first})"
    if not all(part.whole for part in stanzas):
        return [Line("as_of", newest, f"{told}, of the rows that were looked at", live=False)]
    day = newest + dt.timedelta(days=1)
    if today - newest > FRESH:
        asked = f"{told}: reports know what was known on the day after; take it out for an export"
        return [Line("as_of", day, f"{asked} that goes on")]
    return [Line("as_of", day, f"{told}: fresh, so that without this line it is now", live=False)]


def _tells_the_past(column: Fitted) -> bool:
    planned = any(word in column.name for word in _PLANS)
    return bool(column.verdict and column.verdict.decided and not planned)


def _days(columns: Sequence[Fitted]) -> Counter[dt.date]:
    """How many cells name each day."""
    days: Counter[dt.date] = Counter()
    for column in columns:
        assert column.verdict
        pairs = zip(column.column.texts, column.verdict.values, strict=True)
        for text, value in pairs:
            if value is not None:
                days[_day(value)] += column.column.cells[text][0]
    return days


def _settled(days: Counter[dt.date], today: dt.date) -> tuple[Counter[dt.date], Counter[dt.date]]:
    """The days without those of the future, and without a few far behind all others; and these."""
    kept = Counter({day: count for day, count in days.items() if day <= today})
    cells, after = sum(kept.values()), 0
    for later, earlier in pairwise(sorted(kept, reverse=True)):
        after += kept[later]
        if after > _FEW * cells:
            break
        if later - earlier > _GAP:
            kept = Counter({day: count for day, count in kept.items() if day <= earlier})
            after = 0
    return kept, days - kept


def _where(columns: Sequence[Fitted], newest: dt.date) -> str:
    """The column that holds it."""
    for column in columns:
        assert column.verdict
        if any(value is not None and _day(value) == newest for value in column.verdict.values):
            return f" ({column.column.name})"
    return ""


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value
