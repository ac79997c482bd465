"""One report end to end, `kpi run sales`, against a plain script that computes and draws the same.

Both read the snapshot of the sample; the script starts neither notebook nor archive.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import waiting

ROOT = Path(__file__).resolve().parent.parent
HEADLINES = """
    SELECT kpi, value FROM kpi_values
    WHERE dimension = '' AND grain = 'quarter' AND period_start = '2026-07-01'"""


def compare(turns: int) -> list[tuple[waiting.Wait, waiting.Wait]]:
    """The report's and the script's seconds, turn by turn. Raises AssertionError where their
    numbers differ.
    """
    with TemporaryDirectory() as folder:
        project = Path(folder)
        shutil.copy(ROOT / "kpi.toml", project)
        ours = waiting.COMMANDS["kpi run sales"]
        # The first run reads the tables.
        waiting.wait(ours, project)
        snapshot = next((project / ".kpi" / "snapshots").glob("*/deals.parquet")).parent
        module = ["-m", "benchmarks.plain_report", str(snapshot), str(project)]
        plain = [sys.executable, *module]
        assert_equal(project, plain)
        return [(waiting.wait(ours, project), waiting.wait(plain, ROOT)) for _ in range(turns)]


def assert_equal(project: Path, plain: list[str]) -> None:
    """The archived numbers of the quarter are those that the script prints."""
    printed = subprocess.run(plain, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    with sqlite3.connect(project / "reports" / "archive.sqlite") as archive:
        archived = dict(archive.execute(HEADLINES))
    for kpi, value in json.loads(printed).items():
        assert isclose(archived[kpi], value, rel_tol=1e-9), f"{kpi}: {archived[kpi]} and {value}"
