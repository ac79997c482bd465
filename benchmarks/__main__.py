"""How long a user waits, on the sample CRM: `make bench`.

Each command gets a fresh project: its first run reads the tables, later ones find their snapshot.
"""

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 5
COMMANDS = {
    "import kpi_toolkit": [sys.executable, "-c", "import kpi_toolkit"],
    "kpi --help": ["kpi", "--help"],
    "kpi value": ["kpi", "value", "decided_win_rate", "--period", "2026-Q3"],
    "kpi run sales": ["kpi", "run", "sales", "--period", "2026-Q3"],
}


def seconds(command: list[str], project: Path) -> float:
    """Wall-clock seconds of one command in the project's folder."""
    program = Path(sys.executable).with_name(command[0])
    started = time.perf_counter()
    subprocess.run([program, *command[1:]], cwd=project, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Print, for each command, the first run, and the median and the worst of those after it."""
    print(f"{'seconds':<20} {'first':>8} {'median':>8} {'worst':>8}")
    for name, command in COMMANDS.items():
        with TemporaryDirectory() as folder:
            shutil.copy(ROOT / "kpi.toml", folder)
            first, *later = (seconds(command, Path(folder)) for _ in range(REPEATS + 1))
        print(f"{name:<20} {first:8.2f} {statistics.median(later):8.2f} {max(later):8.2f}")


main()
