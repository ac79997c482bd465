"""Where an archive lies: its address, its folder, and file systems that cannot hold it."""

import os
import re
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from kpi_toolkit.errors import ArchiveError

_FILE = "sqlite:///"
_MOUNTS = Path("/proc/mounts")
# SQLite's WAL needs memory shared between processes, which these do not offer.
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|ncpfs|afs|9p|ceph|lustre|gfs2|ocfs2|glusterfs|drvfs|vboxsf"
    r"|fuse\.(sshfs|glusterfs|s3fs|rclone|davfs2?|ceph|gcsfuse)|davfs"
)


def parse(url: str) -> URL:
    """The address of a SQLite file or a PostgreSQL database; anything else is refused.

    What follows sqlite:/// is the file's path as it stands, so that a folder may have any name.
    """
    if url.startswith(_FILE):
        path = url.removeprefix(_FILE)
        if path in ("", ":memory:"):
            raise ArchiveError(f"archive url {url!r}: expected {_FILE}path, with a file's path")
        return URL.create("sqlite", database=path)
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        parsed = None
    # The text is not repeated: it may hold a password.
    if parsed is None or parsed.get_backend_name() != "postgresql":
        raise ArchiveError(f"archive url: expected {_FILE}path or postgresql+psycopg://...")
    return parsed


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite archive, None for a server."""
    return Path(str(url.database)).absolute() if url.get_backend_name() == "sqlite" else None


def shown(url: URL) -> str:
    """The archive's name in messages: the path, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def refuse_network(path: Path) -> None:
    """Refuse a file on a network file system, where WAL corrupts."""
    kind = file_system(path.resolve(), _MOUNTS.read_text()) if _MOUNTS.exists() else ""
    if _NETWORK.fullmatch(kind):
        raise ArchiveError(
            f"archive {path}: it lies on a network file system ({kind}), where SQLite can lose "
            "data; put it on a local disk, or use PostgreSQL"
        )


def file_system(path: Path, mounts: str) -> str:
    """The type of the file system that holds an absolute path, "" when unknown.

    `mounts` is the text of /proc/mounts; of mounts on one folder the last one counts.
    """
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def make_file(path: Path) -> None:
    """An empty file that only its owner reads, in a folder that, if new, only its owner enters."""
    try:
        missing = [folder for folder in path.parents if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise ArchiveError(f"archive {path}: {error.strerror}") from error
