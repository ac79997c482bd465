"""The slots of a schedule: the instants at which a report is due, by cron in local time.

cronsim reads cron as cron does, weekday numbers and changes of the clock included.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from kpi_toolkit.errors import ConfigError

FIRST_SIGHT = timedelta(days=8)
_FORMAT = "%Y-%m-%dT%H:%MZ"


def slot_name(instant: datetime) -> str:
    """A slot's name in the archive: 2026-10-05T05:00Z. The instant is aware."""
    return instant.astimezone(UTC).strftime(_FORMAT)


def slot_instant(name: str) -> datetime:
    """The aware UTC instant of a slot's name."""
    return datetime.strptime(name, _FORMAT).replace(tzinfo=UTC)


def due_slot(schedule: str, zone: ZoneInfo, last: str | None, now: datetime) -> datetime | None:
    """The latest slot that has come since the last one that ran, in UTC; None when none has.

    Slots missed before it are passed over: a report late by three Mondays is made once. With no
    earlier run, only a slot of the last eight days counts. `now` is aware.
    """
    since = slot_instant(last) if last else now - FIRST_SIGHT
    local = now.astimezone(zone)
    # Backwards, cronsim moves a time that the clock skips to before the gap; forwards, as cron
    # does, to after it. So backwards only finds the day from which to go forwards.
    near = next(_slots(schedule, local + timedelta(seconds=1), reverse=True), None)
    if near is None:
        return None
    start = max(since, near.astimezone(UTC) - timedelta(days=1))
    found = None
    for slot in _slots(schedule, start.astimezone(zone)):
        if slot.astimezone(UTC) > now:
            break
        found = slot.astimezone(UTC)
    return found


def _slots(schedule: str, start: datetime, reverse: bool = False) -> CronSim:
    try:
        return CronSim(schedule, start, reverse=reverse)
    except CronSimError as error:
        raise ConfigError(
            f"schedule {schedule!r}: {error}; expected five cron fields such as '0 7 * * 1'"
        ) from error
