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
    """Seconds on the clock and of CPU, the command's children included; MB of memory that the
    largest of its processes had at its peak.
    """

    clock: float
    cpu: float
    peak: float


def waits(name: str, repeats: int) -> list[Wait]:
    """The first run of a command, and those after it."""
    with TemporaryDirectory() as folder:
        shutil.copy(ROOT / "kpi.toml", folder)
        return [wait(COMMANDS[name], Path(folder)) for _ in range(repeats + 1)]


def wait(command: list[str], project: Path) -> Wait:
    """One run of a command in the project's folder. Raises CalledProcessError."""
    program, started = Path(sys.executable).parent / command[0], time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # What is installed is compiled: not even a checkout's modules are compiled in every process.
    told = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen([program, *command[1:]], cwd=project, env=told, **quiet) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    seconds = time.perf_counter() - started
    return Wait(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(found: list[Wait]) -> Wait:
    """The medians of all three."""
    return Wait(
        *(statistics.median(getattr(w, part) for w in found) for part in Wait.__match_args__)
    )
