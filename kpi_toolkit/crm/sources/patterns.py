"""Names and patterns of files, as declared -> the files that there are."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path


def matched(folder: Path, patterns: Iterable[str]) -> tuple[Path, ...]:
    """The files of some names and patterns (*, ?, [], **) in `folder`, each once: those of a
    pattern by their names.

    A file whose name is the pattern comes first. What matches nothing stands there as it is, so
    that whoever opens it says that it is missing.
    """
    found: dict[str, Path] = {}
    for pattern in patterns:
        for path in _matched(folder, pattern) or [folder / pattern]:
            found.setdefault(os.path.normpath(path), path)
    return tuple(found.values())


def is_pattern(text: str) -> bool:
    """Whether a declared name may stand for several files."""
    return glob.has_magic(text)


def shown(files: Iterable[Path], folder: Path) -> list[str]:
    """Each file's name in messages: with its folder where two have the same."""
    paths = list(files)
    names = [path.name for path in paths]
    return [
        name if names.count(name) == 1 else os.path.relpath(path, folder)
        for path, name in zip(paths, names, strict=True)
    ]


def _matched(folder: Path, pattern: str) -> list[Path]:
    path = folder / pattern
    if not is_pattern(pattern) or path.exists():
        return [path]
    # Path.glob refuses a pattern that is a whole path, and one that leaves the folder.
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207
    # Excel leaves a file ~$name beside a workbook that is open.
    files = [folder / name for name in sorted(names) if not Path(name).name.startswith("~$")]
    return [file for file in files if file.is_file()]
