"""Every report of the sample project, made by the command itself, in both languages."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUARTERS = (["--period", "2026-Q2", "--as-of", "2026-07-06"], ["--period", "2026-Q3"])


@dataclass(frozen=True)
class Edition:
    """The newest files of each report in one language, and the folder for their pictures."""

    language: str
    html: tuple[Path, ...]
    pdf: tuple[Path, ...]
    pictures: Path


@pytest.fixture(scope="session", params=["fr", "en"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Two quarters of each report: the second shows its comparison with the archived first."""
    language = request.param
    project = tmp_path_factory.mktemp(language)
    shutil.copy(ROOT / "kpi.toml", project)
    for quarter in QUARTERS:
        kpi("run", *quarter, "--language", language, project=project)
    made = project / "reports"
    html, pdf = (tuple(sorted(made.rglob(f"*-2026-Q3.{suffix}"))) for suffix in ("html", "pdf"))
    return Edition(language, html, pdf, pictures(language, project))


def kpi(*arguments: str, project: Path) -> None:
    """Run the command as a user does, in the project's folder."""
    command = [Path(sys.executable).with_name("kpi"), *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kpi {' '.join(arguments)}: {done.stdout}{done.stderr}"


def pictures(language: str, project: Path) -> Path:
    """$KPI_PAGES, where `make pages` wants to look at them; else beside the reports."""
    wanted = os.environ.get("KPI_PAGES")
    folder = (ROOT / wanted if wanted else project / "pictures") / language
    folder.mkdir(parents=True, exist_ok=True)
    return folder
