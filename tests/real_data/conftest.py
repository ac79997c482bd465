"""The examples, copied beside nothing, with their data where they are on this machine."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpi_toolkit.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

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
    """kpi.toml of a copy of MavenTech's example that reads `data`."""
    return copy_of_an_example("maven", folder, data)


def copy_of_an_example(name: str, folder: Path, data: Path) -> Path:
    """kpi.toml of a copy of an example that reads `data`, the data set's folder or one above."""
    ignored = shutil.ignore_patterns(".kpi", "reports")
    shutil.copytree(EXAMPLES / name, folder, ignore=ignored)
    config = folder / "kpi.toml"
    text, times = re.subn(
        r'(?m)^path = "\.\./\.\./\.\./shared/data/[a-z_]+(.*)"$',
        lambda found: f"path = '{data}{found[1]}'",
        config.read_text(encoding="utf-8"),
    )
    assert times == 1
    config.write_text(text, encoding="utf-8")
    return config
