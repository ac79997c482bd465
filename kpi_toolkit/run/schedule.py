"""Which reports are due now, by their schedules and by what the archive says has run."""

from dataclasses import dataclass
from datetime import datetime

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.run.job import Job
from kpi_toolkit.run.planning import plan_slot
from kpi_toolkit.run.slots import due_slot, slot_name

ATTEMPTS = 3


@dataclass(frozen=True)
class Due:
    """Jobs to run, and a sentence for each report that failed too often to be tried again."""

    jobs: tuple[Job, ...]
    given_up: tuple[str, ...]


def due_jobs(config: Config, archive: Archive, now: datetime) -> Due:
    """The latest slot of each scheduled report that has come and has not succeeded.

    A slot whose runs failed or died is tried three times in all. `now` is aware.
    """
    jobs, given_up = [], []
    for report, section in config.reports.items():
        last = archive.last_slot(report, "all")
        slot = section.schedule and due_slot(section.schedule, config.calendar.zone, last, now)
        if not slot:
            continue
        failures = _failures(archive, report, slot_name(slot))
        if len(failures) < ATTEMPTS:
            jobs.append(plan_slot(config, report, slot, now))
        else:
            given_up.append(
                f"report {report}, due {slot_name(slot)}: {len(failures)} runs failed "
                f"(the last: {failures[0]}); run it by hand once mended"
            )
    return Due(tuple(jobs), tuple(given_up))


def _failures(archive: Archive, report: str, slot: str) -> list[str | None]:
    """Why the runs of a slot ended without success, the last one first."""
    runs = archive.runs(report, "all", status=None)
    return [run.error for run in runs if run.slot == slot and run.status in ("failed", "abandoned")]
