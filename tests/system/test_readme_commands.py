"""Each command of kpi that README.md and docs show does what it says, in their order."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sales_project
from tests.test_readme import ROOT, commands

pytestmark = pytest.mark.system
KPI = [sys.executable, "-c", "from kpi_toolkit.cli import main; main()"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project's settings over a small company's files, with a run of each period."""
    return sales_project.write_project(tmp_path_factory.mktemp("readme") / "project", rows=200)


def test_each_command_of_kpi_does_what_it_says(project: Path) -> None:
    """As a reader would type them."""
    asked = [c for c in commands("kpi") if not within_another(c)]
    # What looks at a report needs one, whatever the order of the pages.
    first = [c for c in asked if c.startswith("kpi run sales")]
    for command in dict.fromkeys([*first[:1], *asked]):
        assert complaint(command, project.parent) == ""


def within_another(command: str) -> bool:
    """Whether a run is shown elsewhere with the same options and more: a run takes seconds."""
    words = set(command.split())
    return "run" in words and any(words < set(other.split()) for other in commands("kpi"))


def complaint(command: str, folder: Path) -> str:
    """What a command that failed said."""
    done = subprocess.run(
        [*KPI, *shlex.split(command)[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{command}: {done.stderr or done.returncode}" if done.returncode else ""
