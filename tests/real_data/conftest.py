"""The example of MavenTech, copied beside nothing, with its data where they are on this machine."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpi_toolkit.cli import app

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "maven"
DECLARED = 'path = "../../../shared/data/maven_crm"'

Kpi = Callable[..., Result]


@pytest.fixture(scope="session")
def maven(real_data: Callable[[str], Path]) -> Path:
    """The folder of the data set."""
    return real_data("maven_crm")


@pytest.fixture(scope="session")
def project(maven: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """kpi.toml of a copy of the example, which reads the data set where it is."""
    return copy_of_the_example(tmp_path_factory.mktemp("maven") / "project", maven)


@pytest.fixture(scope="session")
def kpi(project: Path) -> Kpi:
    """Call a verb of the command line on the copy."""
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--config", str(project)])


def copy_of_the_example(folder: Path, data: Path) -> Path:
    """kpi.toml of a copy of the example that reads `data`."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".kpi", "reports"))
    config = folder / "kpi.toml"
    text = config.read_text(encoding="utf-8")
    assert text.count(DECLARED) == 1
    config.write_text(text.replace(DECLARED, f"path = '{data}'"), encoding="utf-8")
    return config
