"""Files are read once; what was read stays, whoever reads it."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from kpi_toolkit.crm import incoming, snapshot
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.crm.sources import File, Stream
from kpi_toolkit.errors import DataError

Project = Callable[..., Path]
TOML = '[project]\ntime_zone = "UTC"\n[tables.deals]\nfile = "deals.csv"\n'
CSV = "deal_id,amount,created_at\na,1,2024-01-01\n"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    seen: list[str] = []
    original = incoming.open_source

    def counted(file: File) -> Stream:
        seen.append(file.path.name)
        return original(file)

    monkeypatch.setattr(incoming, "open_source", counted)
    return seen


def age(path: Path, seconds: int = 60) -> None:
    """Let the file be older than the clock's resolution."""
    then = path.stat().st_mtime_ns - seconds * 10**9
    os.utime(path, ns=(then, then))


def test_an_unchanged_file_is_not_read_again(project: Project, reads: list[str]) -> None:
    config = project(TOML, deals_csv=CSV)
    first, second = connect(config), connect(config)
    assert reads == ["deals.csv"]
    assert first.input_hash == second.input_hash
    assert first.reading == second.reading
    assert len(first.input_hash) >= 12


def test_an_unchanged_file_is_not_even_opened(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = project(TOML, deals_csv=CSV)
    age(config.parent / "deals.csv")
    first = connect(config)
    monkeypatch.setattr(snapshot, "_mark", lambda path, root: pytest.fail(f"{path} was opened"))
    assert connect(config).input_hash == first.input_hash


def test_a_change_is_seen_and_its_undoing_too(project: Project, reads: list[str]) -> None:
    config = project(TOML, deals_csv=CSV)
    before = connect(config)
    project(TOML, deals_csv=CSV.replace("a,1", "a,2"))
    after = connect(config)
    assert after.input_hash != before.input_hash
    assert [int(crm.query("SELECT amount FROM deals")[0][0]) for crm in (before, after)] == [1, 2]
    project(TOML, deals_csv=CSV)
    assert connect(config).input_hash == before.input_hash
    assert len(reads) == 2


def test_another_file_of_the_same_size_and_time_is_seen(project: Project) -> None:
    config = project(TOML, deals_csv=CSV, other_csv=CSV.replace("a,1", "a,2"))
    deals, other = config.parent / "deals.csv", config.parent / "other.csv"
    age(deals)
    then = deals.stat().st_mtime_ns
    os.utime(other, ns=(then, then))
    connect(config)
    deals.rename(config.parent / "first.csv")
    deals.symlink_to(other)
    assert connect(config).query("SELECT amount FROM deals")[0][0] == 2


def test_another_declaration_is_another_snapshot(project: Project) -> None:
    config = project(TOML, deals_csv=CSV)
    before = connect(config)
    changed = TOML + '[tables.deals.columns]\ndeal_id = "deal_id"\n'
    assert connect(project(changed, deals_csv=CSV)).input_hash != before.input_hash
    in_dollars = TOML.replace("[project]", '[project]\ncurrency = "USD"')
    assert connect(project(in_dollars, deals_csv=CSV)).input_hash != before.input_hash
    named = TOML.replace("[project]", '[project]\nname = "Another name"')
    assert connect(project(named, deals_csv=CSV)).input_hash == before.input_hash


def test_the_hash_does_not_depend_on_the_place(
    project: Project, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = connect(project(TOML, deals_csv=CSV))
    there = tmp_path_factory.mktemp("there")
    for name in ("kpi.toml", "deals.csv"):
        (there / name).write_bytes((tmp_path / name).read_bytes())
    assert connect(there / "kpi.toml").input_hash == here.input_hash


def test_a_snapshot_is_private_and_tells_what_went_in(project: Project) -> None:
    config = project(TOML, deals_csv=CSV)
    crm = connect(config)
    folder = config.parent / ".kpi" / "snapshots" / crm.input_hash
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["files"][0]["path"] == "deals.csv"
    assert told["reading"][0]["kept"] == 1
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "deals.parquet",
        "quarantine.parquet",
        "remarks.parquet",
    }


def test_the_quarantine_is_kept(project: Project, reads: list[str]) -> None:
    toml = TOML + 'bad_rows = "50%"\n'
    config = project(toml, deals_csv=CSV + "b,x,\n")
    for _ in range(2):
        assert connect(config).quarantine()["value"].tolist() == ["x"]
    assert len(reads) == 1


def test_a_database_at_rest_is_read_at_once(project: Project) -> None:
    config = project(TOML.replace("deals.csv", "crm.db"))
    with closing(sqlite3.connect(config.parent / "crm.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE deals (deal_id TEXT, amount INTEGER)")
        database.execute("INSERT INTO deals VALUES ('a', 1)")
        database.commit()
    assert not (config.parent / "crm.db-wal").exists()
    assert connect(config).query("SELECT count(*) FROM deals") == [(1,)]


def test_a_file_that_fails_leaves_nothing(project: Project) -> None:
    config = project(TOML, deals_csv=CSV + "b,x,\n")
    with pytest.raises(DataError, match="rows are bad"):
        connect(config)
    assert list((config.parent / ".kpi" / "snapshots").iterdir()) == []


def test_a_file_that_changes_while_it_is_read_stops_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = project(TOML, deals_csv=CSV)
    original = incoming.open_source

    def appended(file: File) -> Stream:
        with file.path.open("a", encoding="utf-8") as more:
            more.write("b,2,\n")
        return original(file)

    monkeypatch.setattr(incoming, "open_source", appended)
    with pytest.raises(DataError, match="changed while it was being read"):
        connect(config)
    assert list((config.parent / ".kpi" / "snapshots").iterdir()) == []
    monkeypatch.setattr(incoming, "open_source", original)
    assert connect(config).query("SELECT count(*) FROM deals") == [(2,)]


def test_two_processes_at_once_make_one_snapshot(project: Project) -> None:
    config = project(TOML, deals_csv="deal_id\n" + "".join(f"{n}\n" for n in range(20_000)))
    code = (
        "import sys; from kpi_toolkit.crm.connect import connect; crm = connect(sys.argv[1]); "
        "sys.stdout.write(f\"{crm.input_hash} {crm.query('SELECT count(*) FROM deals')[0][0]}\")"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(config)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert told[0] == told[1]
    assert told[0].endswith(" 20000")
    folders = (config.parent / ".kpi" / "snapshots").iterdir()
    assert {path.name for path in folders} - {"index"} == {told[0].split()[0]}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY deals TO '/tmp/out.csv'",
        "ATTACH '/tmp/out.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET GLOBAL TimeZone = 'Europe/Paris'",
        "SELECT getenv('HOME')",
    ],
)
def test_the_database_is_locked(project: Project, sql: str) -> None:
    crm = connect(project(TOML, deals_csv=CSV))
    with pytest.raises(duckdb.Error):
        crm.query(sql)


def test_python_variables_are_not_tables(project: Project) -> None:
    crm: Crm = connect(project(TOML, deals_csv=CSV))
    hidden = crm.frame("SELECT 1 AS one")
    assert len(hidden) == 1
    with pytest.raises(duckdb.Error, match="hidden"):
        crm.query("SELECT * FROM hidden")
