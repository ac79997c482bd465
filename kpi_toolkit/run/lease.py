"""Signs of life of a run under way, so that no other run takes its slot over."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.errors import ArchiveError

Clock = Callable[[], datetime]
_SECONDS = 60.0


@contextlib.contextmanager
def heartbeat(
    archive: Archive, run_id: str, clock: Clock, seconds: float = _SECONDS
) -> Iterator[None]:
    """Beat while the block runs. A lost lease shows when the run wants to finish."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(seconds):
            # A database that is away for a moment must not end the run; the lease outlasts it.
            with contextlib.suppress(ArchiveError):
                archive.heartbeat(run_id, clock())

    thread = threading.Thread(target=beat, name=f"heartbeat of {run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
