"""What is archived cannot be changed, and a missing guard is noticed."""

import sqlite3
from pathlib import Path

import pytest

from kpi_toolkit.archive.store import Archive, Artifact
from kpi_toolkit.archive.triggers import install_triggers, missing_triggers


@pytest.fixture
def raw(archive: Archive, job, row, now, path: Path) -> sqlite3.Connection:
    """A connection past our code, to an archive with one value and one file."""
    run_id = archive.claim(**job())
    archive.finish(
        run_id,
        now=now,
        values=[row()],
        artifacts=[Artifact("pdf", "0" * 64, 1, "application/pdf", "a.pdf")],
        definition_hash="d",
        declaration_hash="m1",
        input_hash="i",
        newest_event=None,
    )
    return sqlite3.connect(path, isolation_level=None)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE kpi_values SET value = 2", "kpi_values is append-only"),
        ("DELETE FROM kpi_values", "kpi_values is append-only"),
        ("UPDATE artifacts SET sha256 = 'x'", "artifacts is append-only"),
        ("DELETE FROM artifacts", "artifacts is append-only"),
        ("INSERT OR REPLACE INTO kpi_values SELECT * FROM kpi_values", "of a running run only"),
        ("INSERT OR REPLACE INTO artifacts SELECT * FROM artifacts", "of a running run only"),
        (
            "INSERT INTO artifacts SELECT run_id, 'html', sha256, bytes, media_type, path "
            "FROM artifacts",
            "artifacts takes rows of a running run only",
        ),
    ],
)
def test_archived_rows_cannot_be_changed(raw, statement: str, refusal: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=refusal):
        raw.execute(statement)


@pytest.mark.parametrize(
    "name",
    [
        "kpi_values_no_update",
        "kpi_values_no_delete",
        "kpi_values_only_while_running",
        "artifacts_no_update",
        "artifacts_no_delete",
        "artifacts_only_while_running",
    ],
)
def test_a_dropped_trigger_is_noticed(raw, archive: Archive, name: str) -> None:
    assert archive.check() == []
    raw.execute(f"DROP TRIGGER {name}")
    assert archive.check() == [f"trigger {name} is missing: archived rows could be changed"]


def test_triggers_are_put_back(raw, archive: Archive) -> None:
    raw.execute("DROP TRIGGER kpi_values_no_update")
    with archive._engine.begin() as connection:
        install_triggers(connection)
        assert missing_triggers(connection) == []
