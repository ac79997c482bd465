"""The schema: migrations give what tables.py says, keep the data, and refuse what is not ours."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kpi_toolkit.archive import schema
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.archive.tables import metadata
from kpi_toolkit.errors import ArchiveError

MIGRATIONS = Path(schema.__file__).parent / "migrations"
REBUILD = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    for table in ("runs", "kpi_values", "artifacts"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.add_column(sa.Column("note", sa.Text()))
"""


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """From now on the toolkit has one more migration, which rebuilds every table."""

    def install(script: str = REBUILD) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = script.format(head=schema.HEAD)
        (folder / "versions" / "9999_rebuild.py").write_text(text, "utf-8")
        monkeypatch.setattr(schema, "SCRIPTS", str(folder))
        monkeypatch.setattr(schema, "HEAD", "9999")

    return install


def test_the_known_head_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(schema._config()).get_heads() == [schema.HEAD]


def test_migrations_leave_no_drift_from_the_tables(archive: Archive) -> None:
    with archive._engine.connect() as connection:
        assert drift(connection) == []


def test_the_drift_check_finds_a_difference(archive: Archive, path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("ALTER TABLE runs ADD COLUMN note TEXT")
    raw.execute("DROP INDEX uq_runs_one_live")
    with archive._engine.connect() as connection:
        assert {change[0] for change in drift(connection)} == {"remove_column", "add_index"}


def test_constraints_and_the_partial_index_are_those_of_the_tables(archive: Archive) -> None:
    """Alembic compares neither CHECKs nor the condition of an index."""
    made = sa.create_engine("sqlite://")
    metadata.create_all(made)
    with archive._engine.connect() as migrated, made.connect() as expected:
        for table in metadata.tables:
            assert constraints(migrated, table) == constraints(expected, table)
    made.dispose()


def test_an_upgrade_keeps_the_data_and_the_triggers(url, done, row, newer, path) -> None:
    old = Archive.open(url)
    run_id = done(old)
    run, values = old.run(run_id), old.values(run_id)
    old.close()
    newer()
    archive = Archive.open(url)
    assert (archive.run(run_id), archive.values(run_id)) == (run, values)
    assert archive.check() == []
    raw = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("UPDATE kpi_values SET note = 'x'")
    again = done(archive, slot="manual:2")
    assert archive.run(again).edition == 2
    archive.close()


def test_runs_of_the_first_schema_stay_without_a_known_declaration(url, done, path) -> None:
    first = Archive.open(url)
    run_id = done(first)
    first.close()
    with sqlite3.connect(path) as raw:
        raw.execute("ALTER TABLE runs DROP COLUMN declaration_hash")
        raw.execute(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0001'")
    archive = Archive.open(url)
    assert archive.run(run_id).declaration_hash is None
    assert archive.check() == []
    archive.close()


def test_an_upgrade_that_fails_changes_nothing(url, done, newer, monkeypatch, path) -> None:
    old = Archive.open(url)
    run_id = done(old)
    old.close()
    before = tables(path)
    newer(REBUILD + "    raise RuntimeError('half-way')\n")
    with pytest.raises(RuntimeError, match="half-way"):
        Archive.open(url)
    assert tables(path) == before
    monkeypatch.undo()
    reopened = Archive.open(url)
    assert (reopened.run(run_id).status, reopened.check()) == ("succeeded", [])
    reopened.close()


def test_a_reader_does_not_upgrade_an_older_schema(url, archive, newer) -> None:
    older = schema.HEAD
    newer()
    with pytest.raises(ArchiveError, match=rf"its schema \({older}\) is older .* next `kpi run`"):
        Archive.open_read_only(url)


@pytest.mark.parametrize("opened", [Archive.open, Archive.open_read_only])
def test_a_newer_schema_is_refused(url, archive, path, opened) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute(f"UPDATE {schema.VERSION_TABLE} SET version_num = '0077'")
    with pytest.raises(ArchiveError, match=r"a newer kpi_toolkit has written it \(schema 0077\)"):
        opened(url)


def test_another_applications_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE history (line TEXT)")
    with pytest.raises(ArchiveError, match=r"another application's database .*'history'"):
        Archive.open(f"sqlite:///{path}")
    assert [name for _, name, _ in tables(path)] == ["history"]


@pytest.mark.parametrize("opened", [Archive.open, Archive.open_read_only])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, opened) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("Dear diary, " * 500, "utf-8")
    with pytest.raises(ArchiveError, match=r"is damaged \(file is not a database\)"):
        opened(f"sqlite:///{path}")
    assert path.read_text("utf-8") == "Dear diary, " * 500


def test_a_damaged_page_is_refused_before_anything_is_written(url, archive, done, row, path):
    done(archive, [row(dimension="owner", member=f"m{k}") for k in range(2000)])
    archive.close()
    content = bytearray(path.read_bytes())
    content[20 * 4096 : 21 * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"is damaged .*`kpi archive backup`") as caught:
        Archive.open(url)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


def drift(connection: sa.Connection) -> list:
    options = {"version_table": schema.VERSION_TABLE, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def constraints(connection: sa.Connection, table: str) -> dict[str, object]:
    found = sa.inspect(connection)
    return {
        "checks": sorted((c["name"], c["sqltext"]) for c in found.get_check_constraints(table)),
        "unique": sorted(c["name"] for c in found.get_unique_constraints(table)),
        "key": found.get_pk_constraint(table),
        "foreign": found.get_foreign_keys(table),
        "indexes": sorted(
            (
                i["name"],
                i["unique"],
                *i["column_names"],
                str(i["dialect_options"].get("sqlite_where")),
            )
            for i in found.get_indexes(table)
        ),
    }


def tables(path: Path) -> list[tuple]:
    raw = sqlite3.connect(path)
    try:
        return raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    finally:
        raw.close()
