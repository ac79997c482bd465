"""An archive does not lie where SQLite loses data."""

from pathlib import Path

import pytest

from kpi_toolkit.archive import location
from kpi_toolkit.archive.location import file_system, parse, shown
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.errors import ArchiveError

MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
/dev/vdb /home/local xfs rw 0 0
//nas/share /mnt/the\\040share cifs rw 0 0
tmpfs /over tmpfs rw 0 0
server:/over /over nfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/archive.sqlite", "ext4"),
        ("/home/me/archive.sqlite", "nfs4"),
        ("/home/local/archive.sqlite", "xfs"),
        ("/homes/archive.sqlite", "ext4"),
        ("/mnt/the share/archive.sqlite", "cifs"),
        ("/over/archive.sqlite", "nfs"),
    ],
)
def test_the_innermost_and_last_mount_holds_a_file(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


@pytest.mark.parametrize("opened", [Archive.open, Archive.open_read_only])
@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_a_network_file_system_is_refused(archive, url, path, monkeypatch, kind, opened) -> None:
    mounts = path.parent / "mounts"
    mounts.write_text(f"server:/x / {kind} rw 0 0\n", "utf-8")
    monkeypatch.setattr(location, "_MOUNTS", mounts)
    with pytest.raises(ArchiveError, match=rf"network file system \({kind}\).*use PostgreSQL"):
        opened(url)


def test_a_network_file_system_is_refused_before_anything_is_made(tmp_path, monkeypatch) -> None:
    (tmp_path / "mounts").write_text("server:/x / nfs rw 0 0\n", "utf-8")
    monkeypatch.setattr(location, "_MOUNTS", tmp_path / "mounts")
    with pytest.raises(ArchiveError):
        Archive.open(f"sqlite:///{tmp_path}/reports/archive.sqlite")
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "apfs", ""])
def test_a_local_file_system_is_fine(kind: str) -> None:
    assert not location._NETWORK.fullmatch(kind)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in shown(parse("postgresql+psycopg://me:secret@host/kpi"))
