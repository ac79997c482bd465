"""Executing a notebook on a copy: the source is never written, a failure names its cell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from kpi_toolkit.errors import RunError, first_line
from kpi_toolkit.run.job import Literals
from kpi_toolkit.run.kernel import ENGINE, Kernel, no_process_left

INJECTED = "injected-parameters"
_ERROR_MARKER = "papermill-error-cell-tag"
_LINE = 80
_FAULTS = (
    PapermillExecutionError,
    CellTimeoutError,
    DeadKernelError,
    NoSuchKernel,
    RuntimeError,
)


class NotebookFailed(RunError):
    """A cell failed; `notebook` is what was executed until then."""

    def __init__(self, sentence: str, notebook: NotebookNode) -> None:
        super().__init__(sentence)
        self.notebook = notebook


def execute(
    source: Path, work: Path, parameters: Mapping[str, Literals], kernel: Kernel
) -> NotebookNode:
    """The executed notebook, without timings or paths of this machine.

    `work` is a folder of the run's own, which holds the copy. Raises NotebookFailed.
    """
    copy = work / "source.ipynb"
    copy.write_bytes(source.read_bytes())
    progress = _Progress(kernel.on_cell)
    try:
        with no_process_left(kernel.run_id):
            # Given a path, papermill would write the whole notebook before and after each cell.
            executed = papermill.execute_notebook(
                _as_given(copy),
                None,
                dict(parameters),
                engine_name=ENGINE,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                kernel=replace(kernel, on_notebook=progress.opened, on_cell=progress.started),
            )
    except _FAULTS as error:
        executed = _clean(progress.notebook or nbformat.read(copy, as_version=4))
        raise NotebookFailed(
            _sentence(source, executed, _fault(error, kernel), progress.last), executed
        ) from error
    return _clean(executed)


@dataclass
class _Progress:
    """The notebook as far as it is executed, and the index of the cell that started last; None
    before the first.
    """

    on_cell: Callable[[int], None]
    notebook: NotebookNode | None = None
    last: int | None = None

    def opened(self, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def started(self, index: int) -> None:
        self.last = index
        self.on_cell(index)


def _as_given(path: Path) -> str:
    """A path that papermill's str.format leaves as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _clean(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata.pop("papermill", None)
    notebook.cells = [c for c in notebook.cells if _ERROR_MARKER not in _tags(c)]
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in _tags(cell):
            cell["id"] = INJECTED
    return notebook


def _fault(error: Exception, kernel: Kernel) -> str:
    if isinstance(error, PapermillExecutionError):
        message = next((line for line in str(error.evalue).splitlines() if line.strip()), "")
        return f"{error.ename}: {message}".removesuffix(": ")
    if isinstance(error, CellTimeoutError):
        return f"it ran longer than {kernel.cell_timeout:g} s (cell_timeout)"
    if isinstance(error, DeadKernelError):
        return "its kernel died (out of memory, or ended by a cell)"
    return first_line(error)


def _sentence(source: Path, executed: NotebookNode, fault: str, index: int | None) -> str:
    if index is None:
        return f"notebook {source.name}: the kernel did not start: {fault}"
    shown = executed.cells[: index + 1]
    number = index + 1 - sum(INJECTED in _tags(cell) for cell in shown)
    code = (line.strip() for line in shown[-1].source.splitlines())
    first = next((line for line in code if line and not line.startswith("#")), "")
    return f"notebook {source.name}, cell {number} ({_short(first)}): {fault}"


def _short(line: str) -> str:
    return line if len(line) <= _LINE else line[: _LINE - 3] + "..."


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])
