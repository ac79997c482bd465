"""A project whose report has run once, from the command line, for every test of this folder."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpi_toolkit.cli import app
from tests.run.project import write_project

Kpi = Callable[..., Result]


def called(*arguments: str | Path) -> Result:
    """The result of a command; only what the command meant to raise passes."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """kpi.toml of a project with one archived run, and what the command said."""
    config = write_project(tmp_path_factory.mktemp("reported"))
    return config, called("run", "sales", "--period", "2026-Q3", "--config", config)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """kpi.toml of a project that has run nothing."""
    return write_project(tmp_path / "fresh")


@pytest.fixture
def copied(reported: tuple[Path, Result], tmp_path: Path) -> Path:
    """kpi.toml of a copy of the project with one archived run, to be changed."""
    shutil.copytree(reported[0].parent, tmp_path / "copied")
    return tmp_path / "copied" / "kpi.toml"


@pytest.fixture
def kpi(reported: tuple[Path, Result]) -> Kpi:
    """Call a verb on the project with one archived run."""
    return lambda *arguments: called(*arguments, "--config", reported[0])
