"""The wheel carries all that a run needs, and nothing else."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = "pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir"
    subprocess.run([sys.executable, "-m", *command.split(), folder, ROOT], check=True, cwd=folder)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def names(wheel: zipfile.ZipFile, folder: str) -> set[str]:
    return {name.removeprefix(folder) for name in wheel.namelist() if name.startswith(folder)}


def files(folder: str) -> set[str]:
    """What git tracks below a folder of the checkout, relative to it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    present = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    return {name.removeprefix(f"{folder}/") for name in present}


@pytest.mark.parametrize("folder", ["notebooks", "templates"])
def test_the_wheel_bundles_the_top_level_folders(wheel: zipfile.ZipFile, folder: str) -> None:
    assert files(folder), f"{folder}/ is empty"
    assert names(wheel, f"kpi_toolkit/_bundled/{folder}/") >= files(folder)


@pytest.mark.parametrize("folder", ["locale", "archive/migrations"])
def test_the_wheel_holds_the_packages_data(wheel: zipfile.ZipFile, folder: str) -> None:
    assert files(f"kpi_toolkit/{folder}")
    assert names(wheel, f"kpi_toolkit/{folder}/") >= files(f"kpi_toolkit/{folder}")


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    assert names(wheel, "kpi_toolkit/") >= files("kpi_toolkit")


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"kpi_toolkit", "kpi_toolkit-0.1.0.dist-info"}
    unwanted = ("scratch/", "checkpoints", "__pycache__", "/test_")
    assert not [name for name in wheel.namelist() if any(word in name for word in unwanted)]


def test_the_installed_wheel_finds_its_own_files(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Away from the checkout, with nothing of the project on the path but the wheel's content."""
    wheel.extractall(tmp_path / "site")
    code = (
        "from kpi_toolkit import resources as r;"
        "print(r.notebook('sales.ipynb'), r.LOCALE, *r.template_folders('html')[:1], sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
    )
    found = [Path(line) for line in done.stdout.splitlines()]
    assert len(found) == 3
    assert all(path.is_relative_to(tmp_path / "site") and path.exists() for path in found)


def test_the_wheel_carries_its_licence(wheel: zipfile.ZipFile) -> None:
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("console_scripts", "kpi"),
        ("nbconvert.exporters", "kpi-html"),
        ("nbconvert.exporters", "kpi-pdf"),
    ],
)
def test_entry_points_load(group: str, name: str) -> None:
    (entry,) = entry_points(group=group, name=name)
    assert callable(entry.load())


def test_nbconvert_offers_our_exporters() -> None:
    """Its command loads every exporter as it starts: one that cannot load breaks it for all."""
    code = "from nbconvert.nbconvertapp import get_export_names as n; print(*n(), sep='\\n')"
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert {"kpi-html", "kpi-pdf"} <= set(done.stdout.splitlines())
