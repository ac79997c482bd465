"""A backup is a whole archive, made while others write, and overwrites nothing."""

import sqlite3
import threading
from pathlib import Path

import pytest

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.errors import ArchiveError


def test_a_backup_equals_the_archive_and_can_be_opened(archive, done, tmp_path: Path) -> None:
    run_id = done(archive)
    archive.backup(tmp_path / "copy.sqlite")
    copy = Archive.open(f"sqlite:///{tmp_path}/copy.sqlite")
    assert copy.runs() == archive.runs()
    assert copy.values(run_id) == archive.values(run_id)
    assert copy.check() == []
    assert (tmp_path / "copy.sqlite").stat().st_mode & 0o777 == 0o600
    copy.close()


def test_a_backup_under_a_live_writer_holds_whole_runs_only(archive, done, row, tmp_path) -> None:
    values = [row(dimension="owner", member=f"m{k}") for k in range(300)]
    stop, failures = threading.Event(), []

    def write() -> None:
        k = 0
        try:
            while not stop.is_set():
                done(archive, values, slot=f"manual:{k}")
                k += 1
        except BaseException as error:
            failures.append(error)

    done(archive, values, slot="manual:first")
    writer = threading.Thread(target=write)
    writer.start()
    floor = len(archive.runs())
    archive.backup(tmp_path / "copy.sqlite")
    stop.set()
    writer.join()
    raw = sqlite3.connect(tmp_path / "copy.sqlite")
    sizes = raw.execute(
        "SELECT count(v.run_id) FROM runs r LEFT JOIN kpi_values v ON v.run_id = r.run_id "
        "WHERE r.status = 'succeeded' GROUP BY r.run_id"
    ).fetchall()
    raw.close()
    assert not failures
    assert len(sizes) >= floor
    assert set(sizes) == {(300,)}


def test_a_backup_does_not_overwrite(archive, tmp_path: Path) -> None:
    taken = tmp_path / "copy.sqlite"
    taken.write_text("mine", "utf-8")
    with pytest.raises(ArchiveError, match="the file exists and is not overwritten"):
        archive.backup(taken)
    assert taken.read_text("utf-8") == "mine"


def test_a_backup_that_fails_leaves_nothing(archive, path: Path, tmp_path: Path) -> None:
    archive.close()
    path.unlink()
    with pytest.raises(ArchiveError, match="unable to open database file"):
        archive.backup(tmp_path / "copy.sqlite")
    assert not (tmp_path / "copy.sqlite").exists()


def test_a_backup_into_no_folder_is_one_sentence(archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"backup .*/none/copy.sqlite: No such file"):
        archive.backup(tmp_path / "none" / "copy.sqlite")
