"""Two sides in a process each, asked in turn, so that neither has the quieter machine."""

import importlib
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import isclose
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

CONTEXT = multiprocessing.get_context("spawn")
Values = dict[tuple[str | None, ...], float | None]


@dataclass(frozen=True)
class Pair:
    """CPU seconds of each side, turn by turn, and the peak memory of each in MB."""

    ours: list[float]
    theirs: list[float]
    peak_ours: float
    peak_theirs: float
    queries: int

    @property
    def ratio(self) -> float:
        """The median of the ratios of the turns."""
        return statistics.median(a / b for a, b in zip(self.ours, self.theirs, strict=True))


def apart(function: Callable[..., None], *arguments: object) -> None:
    """Call a function in a process of its own, whose peak of memory is not ours."""
    process = CONTEXT.Process(target=function, args=arguments)
    process.start()
    process.join()


def compare(folder: Path, turns: int) -> Pair:
    """The toolkit against SQL by hand. Raises AssertionError where their numbers differ."""
    ours, theirs = Side("benchmarks.by_kpis", folder), Side("benchmarks.by_hand", folder)
    assert_equal(ours.turn()[0], theirs.turn()[0])
    cpu: dict[Side, list[float]] = {ours: [], theirs: []}
    for turn in range(turns):
        for side in (ours, theirs) if turn % 2 else (theirs, ours):
            cpu[side].append(side.turn()[1])
    queries = ours.turn()[3]
    peaks = [side.turn()[2] for side in (ours, theirs)]
    ours.close()
    theirs.close()
    return Pair(cpu[ours], cpu[theirs], *peaks, queries)


def assert_equal(ours: Values, theirs: Values) -> None:
    """The same keys, and values that differ in their last digits at most."""
    assert ours.keys() == theirs.keys(), sorted(ours.keys() ^ theirs.keys(), key=str)[:9]
    for key, value in ours.items():
        other = theirs[key]
        known = value is not None and other is not None
        same = isclose(value, other, rel_tol=1e-9) if known else value is other
        assert same, f"{key}: {value} and {other}"


class Side:
    """A process that holds a module's open tables and computes its values on demand."""

    def __init__(self, module: str, folder: Path) -> None:
        self.here, there = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_serve, args=(module, folder, there), daemon=True)
        self.process.start()

    def turn(self) -> tuple[Values, float, float, int]:
        """Values, CPU seconds, peak memory in MB, queries."""
        self.here.send(True)
        answer: Any = self.here.recv()
        return answer

    def close(self) -> None:
        """End the process."""
        self.here.send(False)
        self.process.join()


def _serve(module: str, folder: Path, pipe: Connection) -> None:
    side = importlib.import_module(module)
    opened = side.open_tables(folder)
    while pipe.recv():
        before, queries = time.process_time(), getattr(opened, "queries", 0)
        values = side.values(opened)
        spent = time.process_time() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pipe.send((values, spent, peak, getattr(opened, "queries", 0) - queries))
