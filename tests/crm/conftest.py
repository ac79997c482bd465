"""A project in a folder of its own, from the text of its files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import Crm, connect

Project = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Write kpi.toml and the files beside it; the keyword `deals_csv` becomes deals.csv."""

    def write(toml: str, **files: str | bytes) -> Path:
        for name, content in files.items():
            stem, _, suffix = name.rpartition("_")
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{stem}.{suffix}").write_bytes(data)
        (tmp_path / "kpi.toml").write_text(toml, encoding="utf-8")
        return tmp_path / "kpi.toml"

    return write


@pytest.fixture
def connected(project: Project) -> Callable[..., Crm]:
    """The Crm of such a project, as of 2026-01-01."""

    def make(toml: str, **files: str | bytes) -> Crm:
        return connect(project(toml, **files), as_of="2026-01-01")

    return make
