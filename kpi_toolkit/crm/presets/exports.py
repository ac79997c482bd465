"""The exports that lie in a folder, found by the names that vendors give them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from kpi_toolkit.crm.casting import TRIMMED
from kpi_toolkit.crm.presets.blocks import alternatives
from kpi_toolkit.crm.sources import READERS, File, open_source


@dataclass(frozen=True)
class Exports:
    """The files of one folder."""

    folder: Path
    _columns: dict[str, frozenset[str]] = field(default_factory=dict)

    def find(self, wanted: str) -> list[str]:
        """The names of the files of the first alternative that has any: `deals` is deals.csv, a `*`
        is any letters, and capitals do not matter.
        """
        for pattern in alternatives(wanted):
            found = [name for name in self._names() if fnmatch(_bare(name), pattern.lower())]
            if found:
                return found
        return []

    def columns(self, files: Sequence[str]) -> frozenset[str]:
        """The columns that all of some files have. Raises DataError where one cannot be read."""
        for name in files:
            if name not in self._columns:
                header = open_source(File(self.folder / name)).header
                self._columns[name] = frozenset(column.strip(TRIMMED) for column in header)
        return frozenset.intersection(*(self._columns[name] for name in files))

    def _names(self) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.name for path in self.folder.iterdir() if path.suffix.lower() in READERS)


def _bare(name: str) -> str:
    """A file's name without its ending, in small letters."""
    return Path(name).stem.lower()
