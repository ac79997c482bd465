"""Files in a folder, the kpi.toml proposed for them, and what it reads."""

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.crm.looking import propose


@dataclass(frozen=True)
class Proposal:
    """The text, the parsed tables, and the folder that it stands in."""

    text: str
    folder: Path

    @property
    def tables(self) -> dict[str, Any]:
        return tomllib.loads(self.text).get("tables", {})

    def says(self, words: str) -> bool:
        """Whether the words stand in it, over however many lines of comment."""
        return words in self.text.replace("\n# ", " ")

    def connect(self) -> Crm:
        (self.folder / "kpi.toml").write_text(self.text, encoding="utf-8")
        return connect(self.folder / "kpi.toml", as_of="2026-01-01")


Look = Callable[..., Proposal]


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Write files, given by name, and propose; `project` holds settings of [project]."""

    def write(
        files: dict[str, str | bytes], today: dt.date | None = None, **project: Any
    ) -> Proposal:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(data)
        paths = [tmp_path / name for name in files]
        config = ProjectConfig(**({"time_zone": "UTC"} | project))
        found = propose(paths, config, tmp_path, today)
        for name, select in found.selects.items():
            (tmp_path / name).write_text(select, encoding="utf-8")
        return Proposal(found.text, tmp_path)

    return write
