"""Only what opens the archive pays for SQLAlchemy, and only an upgrade for Alembic."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("archive", "sqlalchemy"),
        ("archive.rows", "sqlalchemy"),
        ("archive.files", "sqlalchemy"),
        ("archive.restatements", "sqlalchemy"),
        ("archive.store", "alembic"),
    ],
)
def test_what_does_not_open_the_archive_does_not_import_it(module: str, absent: str) -> None:
    check = f"import sys, kpi_toolkit.{module}; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
