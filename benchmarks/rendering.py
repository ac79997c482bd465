"""HTML and PDF of executed reports, warm: fonts, templates and modules are loaded."""

import shutil
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import waiting
from benchmarks.reporting import REPORTS, RUN
from kpi_toolkit.render.html import page
from kpi_toolkit.render.pdf import pdf
from kpi_toolkit.run.publish import archived_document

TARGETS = {"html": 0.05, "pdf": 0.25}
_MAKE = {"html": page, "pdf": pdf}


def measured(turns: int) -> dict[str, Mapping[str, float]]:
    """By report, the CPU seconds of each of its pages: medians."""
    with TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(waiting.ROOT / "kpi.toml", project)
        waiting.wait(RUN, project)
        executed = {name: next(project.glob(f"reports/{name}/**/*.ipynb")) for name in REPORTS}
        return {
            name: {kind: _usual(path, kind, turns) for kind in TARGETS}
            for name, path in executed.items()
        }


def _usual(executed: Path, kind: str, turns: int) -> float:
    spent = []
    for _ in range(turns + 1):
        document = archived_document(executed)
        before = time.process_time()
        _MAKE[kind](document)
        spent.append(time.process_time() - before)
    return statistics.median(spent[1:])
