"""Every fault of an archive is found: files, leftovers, runs that never ended."""

import hashlib
from pathlib import Path

import pytest

from kpi_toolkit.archive.store import Archive, Artifact

PATH = "sales/all/2026-Q3/r-1/sales-2026-Q3.pdf"


@pytest.fixture
def reports(archive: Archive, job, now, path: Path) -> Path:
    """The reports folder of one run with one file."""
    file = path.parent / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF")
    artifact = Artifact("pdf", hashlib.sha256(b"%PDF").hexdigest(), 4, "application/pdf", PATH)
    archive.finish(
        archive.claim(**job()),
        now=now,
        values=[],
        artifacts=[artifact],
        definition_hash="d",
        declaration_hash="m1",
        input_hash="i",
        newest_event=None,
    )
    (path.parent / "README.md").write_text("reports", "utf-8")
    return path.parent


def test_a_sound_archive_has_no_fault(archive, reports) -> None:
    assert archive.check(reports) == []


def test_a_missing_file_is_found(archive, reports) -> None:
    (reports / PATH).unlink()
    run_id = archive.runs()[0].run_id
    assert archive.check(reports) == [f"{PATH} of run {run_id} is missing"]


def test_an_altered_file_is_found(archive, reports) -> None:
    (reports / PATH).write_bytes(b"%PDG")
    assert len(faults := archive.check(reports)) == 1
    assert "has been altered since it was archived" in faults[0]


@pytest.mark.parametrize("name", ["sales/all/old.pdf", "sales/.sales.pdf.x1y2z3"])
def test_a_file_of_no_run_is_found(archive, reports, name: str) -> None:
    (reports / name).write_bytes(b"x")
    assert archive.check(reports) == [f"{name} belongs to no run of the archive"]


@pytest.mark.parametrize(("ending", "found"), [("running", 0), ("failed", 0), ("abandoned", 1)])
def test_files_of_a_run_under_way_or_failed_are_no_leftovers(
    archive, reports, job, now, ending, found
) -> None:
    run_id = archive.claim(**job(slot="manual:2"))
    (reports / "sales" / run_id).mkdir()
    (reports / "sales" / run_id / "sales.ipynb").write_bytes(b"{}")
    if ending == "failed":
        archive.fail(run_id, now=now, error="x")
    if ending == "abandoned":
        archive.claim(**job(slot="manual:3", lease_seconds=-1))
    assert len([f for f in archive.check(reports) if "belongs to no run" in f]) == found


def test_checkpoints_of_jupyterlab_are_no_leftovers(archive, reports) -> None:
    folder = reports / "sales" / ".ipynb_checkpoints"
    folder.mkdir()
    (folder / "sales-checkpoint.ipynb").write_bytes(b"{}")
    assert archive.check(reports) == []


def test_a_run_left_running_is_named_with_its_last_sign_of_life(archive, job) -> None:
    run_id = archive.claim(**job())
    (fault,) = archive.check()
    assert fault.startswith(
        f"run {run_id} of sales all 2026-Q3 is running: last sign of life 2026-10-05 06:00 UTC"
    )


def test_a_damaged_page_is_found_in_an_open_archive(archive, done, row, path) -> None:
    done(archive, [row(dimension="owner", member=f"m{k}") for k in range(2000)])
    archive.close()
    content = bytearray(path.read_bytes())
    content[20 * 4096 : 21 * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    assert any("the file is damaged" in fault for fault in archive.check())
