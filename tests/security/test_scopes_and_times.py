"""What is typed for a slice, a period or a moment is checked before any work starts."""

import datetime as dt
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import load
from kpi_toolkit.errors import ConfigError, PeriodError
from kpi_toolkit.period import Calendar, parse_as_of, parse_period
from kpi_toolkit.run.job import Job
from kpi_toolkit.run.planning import Asked, plan
from kpi_toolkit.run.publish import run_folder
from kpi_toolkit.run.steps import Workplace, run_report
from tests.run.project import write_project

NOW = datetime(2026, 10, 7, 12, tzinfo=UTC)
PARIS = Calendar("Europe/Paris")


@pytest.mark.parametrize(
    "scope",
    ["../../x", "/etc/passwd", "..", "OWNER=Ann", "owner=", "owner=" + "x" * 300, "owner=a\nb"],
)
def test_a_scope_that_is_no_slice_claims_no_slot(tmp_path: Path, scope: str) -> None:
    config = load(write_project(tmp_path))
    with pytest.raises(ConfigError, match="expected all, or a dimension"):
        plan(config, "sales", Asked(scope=scope), NOW)


@pytest.mark.parametrize(
    "member", ["../../../x", "<script>", "..", "con\u202e", "\U00020000" * 120, "é" * 120]
)
def test_a_member_is_one_folder_that_a_file_system_takes(tmp_path: Path, member: str) -> None:
    config = load(write_project(tmp_path))
    job = plan(config, "sales", Asked(scope=f"owner={member}"), NOW)
    folder = run_folder(job, "r-1")
    assert len(folder.parts) == 4
    assert not set(folder.parts) & {"", ".", ".."}
    assert max(len(part.encode()) for part in folder.parts) <= 200
    (tmp_path / folder).mkdir(parents=True)


def test_no_scope_is_all(tmp_path: Path) -> None:
    made: Job = plan(load(write_project(tmp_path)), "sales", Asked(scope=""), NOW)
    assert made.scope == "all"


@pytest.mark.parametrize("far", ["0001-01-01", "9999-12-31T23:59", "1899-12-31", dt.date.max])
def test_a_moment_around_which_there_are_no_dates_is_refused(far: str | dt.date) -> None:
    with pytest.raises(PeriodError, match="expected a year from 1900 to 2199"):
        parse_as_of(far, PARIS, NOW)


@pytest.mark.parametrize("key", ["2026-Q3", "2026-W38", "2026-09-14", "2026"])
def test_a_series_that_leaves_the_calendar_is_one_sentence(key: str) -> None:
    with pytest.raises(PeriodError, match="there is no date"):
        parse_period(key, PARIS, NOW.replace(tzinfo=None)).last(2_000_000)


def test_a_slice_that_no_record_lies_in_is_refused_before_a_kernel_starts(tmp_path: Path) -> None:
    config = load(write_project(tmp_path))
    archive = Archive.open(config.archive_url)
    place = Workplace(config, tmp_path / "kpi.toml", archive, clock=lambda: NOW)
    with pytest.raises(ConfigError, match="no record has this owner; did you mean 'Ann'"):
        run_report(plan(config, "sales", Asked(scope="owner=Anne"), NOW), place)
    assert [run.status for run in archive.runs(status=None)] == ["failed"]


def test_two_runs_that_end_at_once_are_two_editions_and_print_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load(write_project(tmp_path))
    archive = Archive.open(config.archive_url)
    place = Workplace(config, tmp_path / "kpi.toml", archive, clock=lambda: NOW)
    asked = plan(config, "sales", Asked(), NOW)
    first = run_report(asked, place)
    # The second one looks before the first one has ended.
    seen = iter([[], archive.runs()])
    monkeypatch.setattr(archive, "runs", lambda *_, **__: next(seen))
    second = run_report(asked, place)
    assert (first.edition, second.edition) == (1, 2)
    assert archive.run(second.run_id).edition == 2
    assert "Edition 2" in second.files["html"].read_text(encoding="utf-8")
