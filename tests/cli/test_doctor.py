"""`kpi doctor`: each thing that can be wrong with an installation, in one sentence."""

import datetime as dt
import importlib.metadata
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit import resources
from kpi_toolkit.cli.doctor import installation, programs, project
from kpi_toolkit.cli.doctor.finding import Finding, found_by
from kpi_toolkit.cli.doctor.verb import findings
from kpi_toolkit.config import load
from tests.cli.conftest import called

NOW = dt.datetime.fromisoformat("2026-11-22T06:00:00+00:00")


def fault_of(check: Callable[[], Finding]) -> str:
    found = found_by(check, "it")
    assert found.state == "fault", found
    assert "\n" not in found.sentence
    return found.sentence


def test_a_good_installation_has_no_fault(copied: Path) -> None:
    """It starts a kernel, which imports the very package that is tested."""
    said = called("doctor", "--json", "--config", copied)
    found = {one["check"]: one["state"] for one in json.loads(said.output)}
    assert list(found) == [
        "python", "packages", "fonts", "templates", "locales", "clock", "typst", "kernel",
        "kpi.toml", "reports", "source", "archive", "folder", "snapshots", "disk", "mail",
    ]  # fmt: skip
    assert [name for name, state in found.items() if state == "fault"] == []
    assert said.exit_code == 0


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_asked", lambda code: "")


def of_the_project(config: Path) -> dict[str, Finding]:
    """The findings on a project, by check."""
    return {one.check: one for one in findings(config, NOW)}


@pytest.mark.usefixtures("no_kernel")
def test_a_fault_is_exit_code_1(fresh: Path) -> None:
    (fresh.parent / "deals.csv").unlink()
    said = called("doctor", "--config", fresh)
    assert said.exit_code == 1
    line = next(one for one in said.output.splitlines() if " source: " in one)
    assert line == f"FAULT   source: {fresh.parent / 'deals.csv'}: No such file or directory"


@pytest.mark.usefixtures("no_kernel")
def test_a_wrong_kpi_toml_is_told_with_its_mistakes(fresh: Path) -> None:
    fresh.write_text("[projcet]\n")
    found = of_the_project(fresh)["kpi.toml"]
    assert (found.state, "did you mean 'project'?" in found.sentence) == ("fault", True)


@pytest.mark.usefixtures("no_kernel")
def test_without_a_project_the_installation_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    last = list(findings(None, NOW))[-1]
    assert (last.check, last.state) == ("kpi.toml", "warning")
    assert "kpi init" in last.sentence


@pytest.mark.usefixtures("no_kernel")
def test_a_report_whose_notebook_is_gone_is_a_fault(fresh: Path) -> None:
    (fresh.parent / "sales.ipynb").rename(fresh.parent / "gone.ipynb")
    fresh.write_text(fresh.read_text().replace('"sales.ipynb"', '"sole.ipynb"'))
    found = of_the_project(fresh)["reports"]
    assert found.state == "fault"
    assert "notebook 'sole.ipynb': there is no such file" in found.sentence


def test_an_old_or_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "typer":
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.1" if name == "rich" else real(name)

    monkeypatch.setattr(installation, "version", version)
    said = fault_of(installation.packages)
    assert "typer is missing" in said
    assert "rich 0.1 is there, and >=14.0 is needed" in said


def test_an_old_python_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation.sys, "version_info", (3, 9, 1))
    assert "3.9.1: kpi-toolkit needs >=3.11" in fault_of(installation.python)


def test_a_missing_font_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "FACES", ("SourceSansPro-None.ttf",))
    assert "SourceSansPro-None.ttf: there is no such file" in fault_of(installation.fonts)


def test_a_missing_template_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "TEMPLATES", {"html": ("gone.html.j2",)})
    assert "template html/gone.html.j2" in fault_of(installation.templates)


def test_a_missing_translation_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "LOCALE", tmp_path)
    assert "the French translation is missing" in fault_of(installation.locales)


def test_a_clock_before_the_installation_is_wrong() -> None:
    past = dt.datetime.fromisoformat("1970-01-01T00:10:00+00:00")
    said = fault_of(lambda: installation.clock(past))
    assert "it says 1970-01-01 00:10 UTC, before this program was installed" in said


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ModuleNotFoundError: No module named 'pandas'", "cannot import kpi_toolkit (Module"),
        ("/elsewhere/kpi_toolkit/__init__.py\n/usr/bin/python3\n", "notebooks run with /elsewhere"),
        ("", "cannot import kpi_toolkit (it said nothing)"),
    ],
)
def test_a_kernel_of_another_python_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, said: str, sentence: str
) -> None:
    monkeypatch.setattr(programs, "_asked", lambda code: said)
    found = fault_of(programs.kernel)
    assert sentence in found
    assert "ipykernel install --user" in found


def test_a_kernel_that_jupyter_does_not_know_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "KERNEL", "no-such-kernel")
    assert "Jupyter has no kernel 'no-such-kernel'" in fault_of(programs.kernel)


def test_an_archive_that_is_none_or_damaged_is_a_fault(fresh: Path) -> None:
    config = load(fresh)
    assert "the first `kpi run` makes it" in project.archive(config).sentence
    config.reports_folder.mkdir()
    file = config.reports_folder / "archive.sqlite"
    file.write_bytes(b"not a database at all, of no use" * 64)
    assert "archive" in fault_of(lambda: project.archive(config))


def test_an_archive_of_another_schema_is_a_fault(copied: Path) -> None:
    config = load(copied)
    with sqlite3.connect(config.reports_folder / "archive.sqlite") as connection:
        connection.execute("UPDATE kpi_archive_version SET version_num = '9999'")
    connection.close()
    assert "a newer kpi_toolkit has written it" in fault_of(lambda: project.archive(config))


def test_a_folder_that_cannot_be_written_is_a_fault(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**settings: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(project.tempfile, "NamedTemporaryFile", refused)
    assert "Permission denied, so no report can be written" in fault_of(
        lambda: project.folder(load(fresh))
    )


def test_records_that_others_can_read_are_a_fault(fresh: Path) -> None:
    config = load(fresh)
    assert project.snapshots(config).sentence == "none yet"
    (fresh.parent / ".kpi" / "snapshots").mkdir(parents=True, mode=0o755)
    (fresh.parent / ".kpi").chmod(0o755)
    assert "chmod 700" in fault_of(lambda: project.snapshots(config))
    (fresh.parent / ".kpi").chmod(0o700)
    assert project.snapshots(config).state == "ok"


@pytest.mark.parametrize(("free", "state"), [(5e7, "fault"), (5e8, "warning"), (5e9, "ok")])
def test_a_full_disk_is_a_fault(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, free: float, state: str
) -> None:
    usage = project.shutil.disk_usage(fresh.parent)._replace(free=free)
    monkeypatch.setattr(project.shutil, "disk_usage", lambda path: usage)
    assert project.disk(load(fresh)).state == state


def test_recipients_need_a_sender(fresh: Path) -> None:
    text = fresh.read_text()
    fresh.write_text(text.partition("[mail]")[0])
    assert project.mail(load(fresh)).state == "warning"
    fresh.write_text(text.replace("lead@example.org", "lead"))
    assert "it is no address" in fault_of(lambda: project.mail(load(fresh)))


def test_a_database_without_its_address_is_a_fault(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_URL", raising=False)
    fresh.write_text('[source]\nkind = "database"\nurl = "env:CRM_URL"\n')
    assert "CRM_URL" in fault_of(lambda: project.source(load(fresh)))
    path = fresh.parent / "crm.sqlite"
    sqlite3.connect(path).close()
    monkeypatch.setenv("CRM_URL", f"sqlite:///{path}")
    assert "crm.sqlite answers" in project.source(load(fresh)).sentence
