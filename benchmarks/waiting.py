"""How long a user waits for a command, on the sample CRM.

Each command gets a fresh project: its first run reads the tables, later ones find their snapshot.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "import kpi_toolkit": ["python", "-c", "import kpi_toolkit"],
    "kpi --help": ["kpi", "--help"],
    "kpi value": ["kpi", "value", "decided_win_rate", "--period", "2026-Q3"],
    "kpi run sales": ["kpi", "run", "sales", "--period", "2026-Q3"],
}


@dataclass(frozen=True)
class Wait:
    """Seconds on the clock and of CPU, the command's children included."""

    clock: float
    cpu: float


def waits(name: str, repeats: int) -> list[Wait]:
    """The first run of a command, and those after it."""
    with TemporaryDirectory() as folder:
        shutil.copy(ROOT / "kpi.toml", folder)
        return [wait(COMMANDS[name], Path(folder)) for _ in range(repeats + 1)]


def wait(command: list[str], project: Path) -> Wait:
    """One run of a command in the project's folder."""
    program = Path(sys.executable).parent / command[0]
    before, started = os.times(), time.perf_counter()
    subprocess.run([program, *command[1:]], cwd=project, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user + after.children_system
    return Wait(time.perf_counter() - started, cpu - before.children_user - before.children_system)


def median(found: list[Wait]) -> Wait:
    """The medians of both."""
    return Wait(statistics.median(w.clock for w in found), statistics.median(w.cpu for w in found))
