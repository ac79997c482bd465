"""reports/index.html, made anew after each run: it lists the archived runs, and leads to pages that
compare an edition with the one before.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kpi_toolkit.archive import files
from kpi_toolkit.archive.rows import Run
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config
from kpi_toolkit.errors import ArchiveError, KpiError, first_line
from kpi_toolkit.insight.editions.compared import compared
from kpi_toolkit.insight.editions.shelves import compared_page, edition_before, shelves
from kpi_toolkit.render.comparison import document
from kpi_toolkit.render.html import page
from kpi_toolkit.render.index import index

NAME = "index.html"
_LOCK = ".index.lock"


def after_run(archive: Archive, config: Config, run_id: str, now: datetime) -> list[str]:
    """Make the pages that a run changes; what could not be made, a sentence each: a run that is
    archived has succeeded, whatever becomes of its place in a list.
    """
    try:
        run = archive.run(run_id)
        if run.status == "succeeded":
            compare(archive, config, run)
        write(archive, config, now)
    except Exception as error:  # a fault of ours, too: the report itself is whole
        kind = "" if isinstance(error, KpiError) else f"{type(error).__name__}: "
        return [f"{NAME} was not made anew: {kind}{first_line(error)}; run `kpi archive index`"]
    return []


def compare(archive: Archive, config: Config, run: Run) -> None:
    """Write the page that compares an edition with the one before, where there is one."""
    before = edition_before(run, archive.runs(run.report, run.scope, run.period))
    if before is None:
        return
    path = config.reports_folder / compared_page(before, run)
    made = page(document(compared(archive, config, before, run), config), config.root)
    files.write(path.parent, path.name, made.encode())


def write(archive: Archive, config: Config, now: datetime) -> Path:
    """Write the index and give its path. Of two runs that end at once, the second waits, so that
    the page always shows what the archive held last. Raises ArchiveError, RenderError.
    """
    with _alone(config.reports_folder):
        made = index(shelves(archive, config), config, now)
        return files.write(config.reports_folder, NAME, made.encode()).path


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o640)
    except OSError as error:
        raise ArchiveError(f"{folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # which also gives the lock back, as the death of a process does
