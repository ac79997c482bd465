"""Reading an export into a snapshot, against DuckDB's own typed read_csv of it into a Parquet file:
each in a process of its own, in turn.
"""

import resource
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import exports, sides

TYPES = {
    "N°": "VARCHAR",
    "Montant": "DECIMAL(18,4)",
    "Commission": "DECIMAL(18,4)",
    "Créée le": "TIMESTAMP",
    "Clôture prévue": "DATE",
    "Clôturée le": "TIMESTAMP",
}


@dataclass(frozen=True)
class Cost:
    """Rows kept, CPU seconds, seconds on the clock, and the peak of memory in MB."""

    rows: int
    cpu: float
    clock: float
    peak: float


def ours(folder: Path) -> int:
    """Read, cast, check and snapshot what the folder's kpi.toml declares; the rows kept."""
    import kpi_toolkit as kt

    shutil.rmtree(folder / ".kpi", ignore_errors=True)
    return kt.connect(folder / "kpi.toml").reading[0].kept


def theirs(folder: Path) -> int:
    """Read and cast the same deals by DuckDB alone, bad lines aside; how many rows it kept."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(
            f"COPY (FROM read_csv('{folder / 'deals.csv'}', delim = ';', header = true, "
            "decimal_separator = ',', dateformat = '%d/%m/%Y', "
            f"timestampformat = '%d/%m/%Y %H:%M', types = {TYPES}, ignore_errors = true)) "
            f"TO '{folder / 'theirs.parquet'}' (FORMAT parquet, COMPRESSION snappy)"
        )
        found = connection.execute(f"SELECT count(*) FROM '{folder / 'theirs.parquet'}'").fetchall()
        return int(found[0][0])


def measured(function: Callable[[Path], int], folder: Path) -> Cost:
    """What it costs to call it, in a process of its own that has read a small file before."""
    here, there = sides.CONTEXT.Pipe()
    process = sides.CONTEXT.Process(target=_serve, args=(function, folder, there))
    process.start()
    found: Cost = here.recv()
    process.join()
    return found


def _serve(function: Callable[[Path], int], folder: Path, pipe: Connection) -> None:
    with TemporaryDirectory() as small:
        exports.deals(Path(small), 100, dirty=False)
        function(Path(small))
    cpu, clock = time.process_time(), time.perf_counter()
    rows = function(folder)
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send(Cost(rows, cpu, clock, peak))
