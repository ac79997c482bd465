"""Report files: written whole or not at all."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from kpi_toolkit.errors import ArchiveError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class Written(NamedTuple):
    """A file's path, the SHA-256 of its content in hex, and its size in bytes."""

    path: Path
    sha256: str
    size: int


def write(folder: Path, name: str, data: bytes) -> Written:
    """Write a file durably; a reader sees the old content or the new, never a part.

    Missing folders are made. Mode 0640, new folders 0750; nothing is left after a failure.
    """
    if not _NAME.fullmatch(name):
        raise ArchiveError(
            f"file name {name!r}: expected letters a-z, digits, '-', '_' and '.', at most 128"
        )
    path = folder / name
    try:
        _make_folder(folder)
        _replace(path, data)
    except OSError as error:
        raise ArchiveError(f"file {path}: {error.strerror}") from error
    return Written(path, hashlib.sha256(data).hexdigest(), len(data))


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o640)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o750, exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    # A new name in a folder survives a power cut only once the folder itself is on disk.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
