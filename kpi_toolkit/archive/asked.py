"""A run as a person names it: by its id, or as report/period, report/period/edition."""

from kpi_toolkit.archive.rows import Run
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.errors import ArchiveError, near_misses


def asked_run(archive: Archive, text: str) -> Run:
    """The run that is meant by an id or its beginning, by sales/2026-Q2 (its latest edition), or by
    sales/2026-Q2/1; a slice stands after the report: sales/team=North/2026-Q2/1. Raises
    ArchiveError.
    """
    if "/" not in text:
        return archive.run(text)
    report, *between, last = text.split("/")
    edition = (
        int(last) if between and last.isdecimal() and _is_edition(archive, report, last) else None
    )
    period = between.pop() if edition is not None else last
    found = archive.runs(report, "/".join(between) or "all", period)
    if not found:
        known = sorted({_name(run) for run in archive.runs()})
        raise ArchiveError(f"run {text!r}: no such run; {near_misses(text, known)}")
    if edition is not None:
        alike = [run for run in found if run.edition == edition]
        if not alike:
            raise ArchiveError(
                f"run {text!r}: there is no edition {edition}; the latest one is {found[0].edition}"
            )
        found = alike
    languages = sorted({run.language for run in found})
    if len(languages) > 1:
        ids = ", ".join(f"{run.run_id} ({run.language})" for run in found[:5])
        raise ArchiveError(f"run {text!r}: there is one in {' and '.join(languages)}: name {ids}")
    return found[0]


def _is_edition(archive: Archive, report: str, text: str) -> bool:
    """sales/2026 is a year; sales/2026-Q2/2 an edition."""
    return not any(run.period == text for run in archive.runs(report))


def _name(run: Run) -> str:
    scope = "" if run.scope == "all" else f"{run.scope}/"
    return f"{run.report}/{scope}{run.period}/{run.edition}"
