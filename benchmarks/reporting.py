"""The four reports end to end, `kpi run` with HTML and PDF, against one plain script.

The script (benchmarks/plain) computes and draws the same by hand, with DuckDB, pandas, scikit-learn
and Matplotlib, and writes both files of each report. It is one process that opens the tables once
and computes once what several reports show, without notebook or archive; `kpi run` executes a
notebook a report by plain papermill, each in a kernel of its own. What an earlier run kept beside
the snapshot is removed before each turn, so that reports learn in it what they show. No other
reading is stricter. The script as notebooks is measured too: what somebody pays who runs plain
notebooks by papermill's command and turns them into pages by nbconvert's.
"""

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks import waiting
from benchmarks.waiting import ROOT, Wait
from kpi_toolkit.crm import made_rows

REPORTS = ("sales", "pipeline", "lost_deals", "executive")
RUN = ["kpi", "run", *REPORTS, "--period", "2026-Q3"]
TARGET = 3.0


@dataclass(frozen=True)
class Reports:
    """What both sides took, turn by turn; what plain notebooks take, once; and the number of
    archived figures that the script has too.
    """

    ours: list[Wait]
    plain: list[Wait]
    notebooks: Wait
    figures: int


def compare(turns: int) -> Reports:
    """Both sides in turn. Raises AssertionError where their figures differ."""
    return _apart(_compared, turns)


def _compared(turns: int) -> Reports:
    with TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(ROOT / "kpi.toml", project)
        # The first run reads the tables.
        waiting.wait(RUN, project)
        snapshot = next((project / ".kpi" / "snapshots").glob("*/deals.parquet")).parent
        figures = _apart(_agreeing, project, snapshot)
        script = ["python", "-m", "benchmarks.plain", str(snapshot), str(project)]
        found = [(_anew(project, snapshot), waiting.wait(script, ROOT)) for _ in range(turns)]
        ours, plain = ([turn[side] for turn in found] for side in (0, 1))
        return Reports(ours, plain, notebooks(snapshot, project), figures)


def _anew(project: Path, snapshot: Path) -> Wait:
    """A run on tables that are read already, of which nothing else is kept."""
    shutil.rmtree(snapshot / made_rows.FOLDER)
    return waiting.wait(RUN, project)


def _apart(function: Callable[..., Any], *arguments: object) -> Any:
    """A function's answer from a new process: a command that a large process starts seems to be as
    large.
    """
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def _agreeing(project: Path, snapshot: Path) -> int:
    from benchmarks.same_figures import assert_same

    return assert_same(project, snapshot)


def notebooks(snapshot: Path, folder: Path) -> Wait:
    """The script as a notebook a report, by the commands of papermill and nbconvert."""
    parts = [waiting.wait(command, folder) for command in _commands(snapshot, folder)]
    return Wait(sum(w.clock for w in parts), sum(w.cpu for w in parts), max(w.peak for w in parts))


def _commands(snapshot: Path, folder: Path) -> Iterator[list[str]]:
    for name in REPORTS:
        source, executed = folder / f"{name}.ipynb", folder / f"{name}-executed.ipynb"
        cells = [
            f"import sys; sys.path.insert(0, {str(ROOT)!r})",
            "from pathlib import Path",
            "from benchmarks.plain import pages, records, reports",
            f"found = reports.Computed(records.opened({str(snapshot)!r}))",
            f"page = reports.page(found, {name!r})",
            "page",
            "pages.write(page, Path())",
        ]
        notebook = new_notebook(cells=[new_code_cell(text) for text in cells])
        nbformat.write(notebook, source)
        yield ["papermill", "-k", "python3", "--no-progress-bar", str(source), str(executed)]
        yield ["jupyter", "nbconvert", "--to", "html", "--no-input", str(executed)]
