"""A report's file is written whole or not at all."""

import hashlib
import os
from pathlib import Path

import pytest

from kpi_toolkit.archive.files import write
from kpi_toolkit.errors import ArchiveError


def test_a_file_is_written_with_its_hash_and_size(tmp_path: Path) -> None:
    written = write(tmp_path, "sales-2026-Q3.html", b"<html>")
    assert written.path.read_bytes() == b"<html>"
    assert written.sha256 == hashlib.sha256(b"<html>").hexdigest()
    assert (written.path, written.size) == (tmp_path / "sales-2026-Q3.html", 6)


def test_modes_let_the_group_read_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o000)
    try:
        written = write(tmp_path / "sales" / "all", "a.pdf", b"x")
    finally:
        os.umask(umask)
    modes = [path.stat().st_mode & 0o777 for path in (written.path, *written.path.parents[:2])]
    assert modes == [0o640, 0o750, 0o750]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path, "a.html", b"old")
    write(tmp_path, "a.html", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
    assert (tmp_path / "a.html").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_a_failure_keeps_the_old_file_and_leaves_no_other(tmp_path, monkeypatch, step) -> None:
    write(tmp_path, "a.html", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(ArchiveError, match=r"file .*/a.html: No space left on device"):
        write(tmp_path, "a.html", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
    assert (tmp_path / "a.html").read_bytes() == b"old"


@pytest.mark.parametrize(
    "name", ["", ".hidden", "../a", "a/b", "a b", "-rf", "a\n", "é.html", "a\x00", "x" * 129]
)
def test_a_name_that_could_mean_something_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="file name"):
        write(tmp_path, name, b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sales").write_text("a file", "utf-8")
    with pytest.raises(ArchiveError, match="file .*: "):
        write(tmp_path / "sales", "a.html", b"x")
