"""The kernel that executes a report's cells: its environment, its time limit, and its end."""

import contextlib
import gc
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

ENGINE = "kpi-toolkit"
RUN_VARIABLE = "KPI_RUN"
_START_SECONDS = 120
# nbclient logs what it also raises; the sentence raised is enough.
_LOG = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Kernel:
    """Where and how cells run. `cell_timeout` in seconds; `on_notebook` gets the notebook that the
    outputs will be in before its first cell starts, `on_cell` the index of each cell that starts.
    """

    run_id: str
    folder: Path
    cell_timeout: float
    environment: Mapping[str, str] = field(default_factory=dict)
    on_notebook: Callable[[NotebookNode], None] = lambda notebook: None
    on_cell: Callable[[int], None] = lambda index: None

    def variables(self) -> dict[str, str]:
        """The kernel's whole environment; threads are left to the engine, not to BLAS."""
        quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        return {**os.environ, **quiet, **self.environment, RUN_VARIABLE: self.run_id}


class ReportEngine(NBClientEngine):
    """papermill's engine with a kernel of our own environment, and no timings in the notebook."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> NotebookNode:
        """Execute every cell; a time-out or a dead kernel propagates."""
        kernel: Kernel = options["kernel"]
        kernel.on_notebook(nb_man.nb)

        def started(cell: NotebookNode, cell_index: int) -> None:
            kernel.on_cell(cell_index)

        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            timeout=kernel.cell_timeout,
            startup_timeout=_START_SECONDS,
            shutdown_kernel="immediate",
            record_timing=False,
            on_cell_start=started,
            extra_arguments=["--IPKernelApp.log_level=40", _as_rarely()],
            log=_LOG,
        )
        return client.execute(cwd=str(kernel.folder), env=kernel.variables())


def _as_rarely() -> str:
    """The kernel collects garbage as rarely as this process."""
    return f"--IPKernelApp.exec_lines=__import__('gc').set_threshold({gc.get_threshold()[0]})"


papermill_engines.register(ENGINE, ReportEngine)


@contextlib.contextmanager
def no_process_left(run_id: str) -> Iterator[None]:
    """Kill what a run's cells have started, however the run ends.

    A process is known by its environment, since a child of a dead kernel has no parent left.
    """
    try:
        yield
    finally:
        processes = list(_started_by(run_id))
        for process in processes:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(processes, timeout=5)


def _started_by(run_id: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            own = process.pid == os.getpid()
            if not own and process.environ().get(RUN_VARIABLE) == run_id:
                yield process
