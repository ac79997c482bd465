"""The built wheel in a clean environment, away from the checkout: a newcomer's first commands."""

import os
import sqlite3
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.system
ROOT = Path(__file__).resolve().parents[2]
DEALS = """Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Create Date
1,Big,Closed Won,2026-07-31 18:00,Ann Lee,1500.50,2026-07-01 09:30
2,Small,Closed Lost,2026-08-02 10:00,Bob Ray,200,2026-07-02 10:00
"""


@pytest.fixture(scope="module")
def kpi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that holds the wheel, at the pinned versions, and nothing of
    the checkout.
    """
    folder = tmp_path_factory.mktemp("clean")
    build = "pip wheel --quiet --no-deps --no-build-isolation --wheel-dir"
    called(sys.executable, "-m", *build.split(), folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = "pip install --quiet --disable-pip-version-check --no-input --constraint"
    called(python, "-m", *install.split(), ROOT / "constraints.txt", wheel, cwd=folder)
    return python.with_name("kpi")


@pytest.fixture(scope="module")
def demo(kpi: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of `kpi init demo`."""
    folder = tmp_path_factory.mktemp("away")
    called(kpi, "init", "demo", cwd=folder)
    return folder / "demo"


def called(*command: str | Path, cwd: Path) -> str:
    """What a command said, in an environment that knows nothing of the checkout."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "KPI"))}
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False)
    shown = " ".join(map(str, command))
    assert done.returncode == 0, f"{shown}: {done.stdout}{done.stderr}"
    return done.stdout


def test_the_checkout_is_not_what_runs(kpi: Path, demo: Path) -> None:
    code = "import kpi_toolkit; print(kpi_toolkit.__file__)"
    where = Path(called(kpi.with_name("python"), "-c", code, cwd=demo).strip())
    assert where.is_relative_to(kpi.parents[1])


def test_every_bundled_notebook_of_the_project_is_copied(demo: Path) -> None:
    assert (demo / "notebooks" / "sales.ipynb").is_file()
    assert (demo / "data").is_dir()


def test_kpi_check_reads_the_sample(kpi: Path, demo: Path) -> None:
    assert "deals" in called(kpi, "check", cwd=demo)


def test_kpi_run_makes_and_archives_its_reports(kpi: Path, demo: Path) -> None:
    called(kpi, "run", cwd=demo)
    made = demo / "reports" / "sales" / "all" / "2026-Q3"
    (page,) = made.rglob("*.html")
    (paper,) = made.rglob("*.pdf")
    assert "Ardane Systèmes" in page.read_text(encoding="utf-8")
    assert paper.read_bytes().startswith(b"%PDF-")
    with sqlite3.connect(demo / "reports" / "archive.sqlite") as archive:
        ((values,),) = archive.execute("SELECT count(*) FROM kpi_values").fetchall()
    assert values > 100


def test_a_vendors_exports_are_mapped_and_read(kpi: Path, demo: Path) -> None:
    folder = demo.parent / "own"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "deals.csv").write_text(DEALS, encoding="utf-8")
    called(kpi, "init", "--from", "hubspot", cwd=folder)
    assert "deals.csv" in called(kpi, "check", cwd=folder)
    said = called(kpi, "value", "won_value", "--period", "2026-Q3", cwd=folder)
    assert "€1.50k" in said


@pytest.mark.parametrize("vendor", ["salesforce", "pipedrive", "zendesk"])
def test_each_preset_is_in_the_wheel(vendor: str, kpi: Path, demo: Path) -> None:
    called(kpi, "init", "--from", vendor, vendor, cwd=demo.parent)
    assert (demo.parent / vendor / "kpi.toml").is_file()
