"""Packed files are read as if they lay there; what is wrong with an archive is one sentence."""

import gzip
import zipfile
from pathlib import Path

import pytest

from kpi_toolkit.crm.sources import Fault, File, open_source, packed
from kpi_toolkit.errors import DataError

CSV = b"id,name\n1,a\n2,b\n"


def rows(path: Path, member: str = "") -> list[list[str]]:
    stream = open_source(File(path, member=member))
    found = [row for batch in stream.batches for row in batch]
    assert not any(isinstance(row, Fault) for row in found)
    return [stream.header, *(row[1] for row in found)]


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return path


def test_gz_is_read_by_the_suffix_before_it(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv.gz"
    path.write_bytes(gzip.compress(CSV[:9]) + gzip.compress(CSV[9:]))
    assert rows(path) == [["id", "name"], ["1", "a"], ["2", "b"]]


def test_a_zip_of_one_file_is_that_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", deals_csv=CSV, _DS_Store=b"")
    assert len(rows(path)) == 3


def test_a_zip_of_several_files_needs_a_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", a_csv=CSV, b_csv=b"id\n")
    with pytest.raises(DataError, match=r"export.zip: it holds 2 files \(a.csv, b.csv\): declare"):
        rows(path)
    assert len(rows(path, "a.csv")) == 3
    with pytest.raises(DataError, match=r"member 'c.csv': did you mean"):
        rows(path, "c.csv")


def test_a_zip_of_nothing_has_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"export.zip: it holds no file"):
        rows(zipped(tmp_path / "export.zip"))


@pytest.mark.parametrize("name", ["deals.csv.gz", "deals.zip"])
def test_what_is_no_archive_is_told(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(CSV)
    with pytest.raises(DataError, match=f"{name}: it is damaged, or not a "):
        rows(path)
    path.unlink()
    with pytest.raises(DataError, match=r"No such file"):
        rows(path)


@pytest.mark.parametrize("cut", [5, 30, -4])
def test_a_cut_archive_is_damaged(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "deals.csv.gz"
    path.write_bytes(gzip.compress(CSV * 3)[:cut])
    with pytest.raises(DataError, match=r"deals\.csv\.gz: it is damaged"):
        rows(path)


def test_a_changed_byte_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "deals.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("deals.csv", CSV)
    path.write_bytes(path.read_bytes().replace(b"2,b", b"2,c"))
    with pytest.raises(DataError, match=r"deals\.zip: it is damaged.*CRC"):
        rows(path)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "deals.zip", deals_csv=CSV)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"deals\.csv in it is encrypted"):
        rows(path)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "HARMLESS", 1 << 20)
    path = tmp_path / "deals.csv.gz"
    path.write_bytes(gzip.compress(b"id,name\n" + b"1,a\n" * (1 << 20)))
    with pytest.raises(DataError, match=r"it unpacks to more than 200 times its size"):
        rows(path)
