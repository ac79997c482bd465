"""A file as it lies, or packed in a .gz or .zip -> its bytes. A damaged, encrypted or swollen
archive is one sentence, whenever that shows.
"""

import gzip
import io
import lzma
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO, Any, cast

from kpi_toolkit.crm.sources.stream import File
from kpi_toolkit.errors import DataError, first_line, near_misses

PACKED = (".gz", ".zip")
# Text shrinks to a twentieth; what shrinks to so little, and is so large, is made to fill a disk.
GREATEST_SWELL, HARMLESS = 200, 256 << 20
DAMAGES = (
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
)
_BUFFER = 1 << 20


def format_suffix(file: File) -> str:
    """The suffix that decides the format: of deals.csv.gz, and of deals.csv in a .zip, it is .csv.
    Raises DataError.
    """
    suffix = file.path.suffix.lower()
    if suffix == ".zip":
        with _archive(file) as archive:
            return PurePath(_member(file, archive)).suffix.lower()
    return PurePath(file.path.stem).suffix.lower() if suffix == ".gz" else suffix


def opened(file: File) -> IO[bytes]:
    """The unpacked bytes, to be read once from the start. Raises DataError, also while reading."""
    suffix = file.path.suffix.lower()
    try:
        if suffix == ".zip":
            with _archive(file) as archive:
                inner: IO[bytes] = archive.open(_member(file, archive))
        elif suffix == ".gz":
            inner = cast("IO[bytes]", gzip.GzipFile(file.path))
        else:
            return file.path.open("rb", buffering=_BUFFER)
        size = file.path.stat().st_size
    except FileNotFoundError as error:
        raise DataError(f"{file.path}: {error.strerror}") from None
    except DAMAGES as error:
        raise _damaged(file, error) from None
    return io.BufferedReader(_Unpacked(inner, file, size), _BUFFER)


@contextmanager
def unpacked(file: File) -> Iterator[Path]:
    """A path under which the unpacked file lies for as long as it is read. Raises DataError."""
    if file.path.suffix.lower() not in PACKED:
        yield file.path
        return
    with tempfile.TemporaryDirectory(prefix="kpi-") as folder:
        path = Path(folder) / f"unpacked{format_suffix(file)}"
        with opened(file) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, _BUFFER)
        yield path


def check_swell(file: File, packed: int, size: int) -> None:
    """Raises DataError for `size` bytes that were packed into far too few."""
    if size > HARMLESS and size > packed * GREATEST_SWELL:
        raise DataError(
            f"{file.name}: it unpacks to more than {GREATEST_SWELL} times its size; if you trust "
            "it, unpack it and declare what was in it"
        )


class _Unpacked(io.RawIOBase):
    def __init__(self, inner: IO[bytes], file: File, packed: int) -> None:
        self.inner, self.file, self.packed, self.size = inner, file, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.inner.read(len(buffer))
        except DAMAGES as error:
            raise _damaged(self.file, error) from None
        self.size += len(data)
        check_swell(self.file, self.packed, self.size)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.inner.close()
        super().close()


@contextmanager
def _archive(file: File) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file.path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise DataError(f"{file.path}: {error.strerror}") from None
    except DAMAGES as error:
        raise _damaged(file, error) from None


def _member(file: File, archive: zipfile.ZipFile) -> str:
    """The one file in it, or the one that is declared."""
    infos = {info.filename: info for info in archive.infolist() if _is_data(info)}
    if file.member and file.member not in infos:
        raise DataError(f"{file.name}: member {file.member!r}: {near_misses(file.member, infos)}")
    if not file.member and len(infos) != 1:
        inside = ", ".join(list(infos)[:12]) + (" ..." if len(infos) > 12 else "")
        told = f"{len(infos)} files ({inside}): declare member = ..." if infos else "no file"
        raise DataError(f"{file.name}: it holds {told}")
    info = infos[file.member or next(iter(infos))]
    if info.flag_bits & 1:
        raise DataError(f"{file.name}: {info.filename} in it is encrypted; unpack it first")
    return info.filename


def _is_data(info: zipfile.ZipInfo) -> bool:
    """Not a folder, and not what a Mac adds."""
    hidden = PurePath(info.filename).name[:1] in ("", ".")
    return not (hidden or info.filename.endswith("/") or info.filename.startswith("__MACOSX/"))


def _damaged(file: File, error: BaseException) -> DataError:
    return DataError(
        f"{file.name}: it is damaged, or not a {file.path.suffix}: {first_line(error)}"
    )
