"""Copies of a server's tables, what it refuses, and what nobody gets to see."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import connect
from kpi_toolkit.crm.remote.session import Session
from kpi_toolkit.errors import ConfigError, DataError, KpiError
from tests.system.postgresql.conftest import Connect, made
from tests.system.postgresql.server import READER, Server

pytestmark = pytest.mark.system


def test_a_copy_counts_every_row_and_quarantines_what_is_no_value(
    server: Server, at: Connect
) -> None:
    made(server, "copied", "CREATE TABLE d AS SELECT i AS id, 'won' AS status, i * 1.5 AS amount, "
         "CASE i WHEN 7 THEN 'infinity' ELSE timestamptz '2026-01-01 10:00+02' END AS at "
         "FROM generate_series(1, 5000) AS i")  # fmt: skip
    crm = at('[tables.deals]\ntable = "copied.d"\n[tables.deals.columns]\ndeal_id = "id"\n'
             'status = "status"\namount = "amount"\ncreated_at = "at"\n', "copy")  # fmt: skip
    (read,) = crm.reading
    assert (read.file, read.rows, read.kept, read.quarantined) == ("copied.d", 5000, 4999, 1)
    assert crm.quarantine()["value"].tolist() == ["infinity"]
    sql = "SELECT CAST(sum(amount) AS VARCHAR), CAST(min(created_at) AS VARCHAR) FROM deals"
    assert crm.query(sql) == [("18753739.5000", "2026-01-01 08:00:00")]


def test_a_copy_holds_few_rows_at_a_time(server: Server, at: Connect) -> None:
    made(server, "long", "CREATE TABLE d AS SELECT i AS deal_id FROM generate_series(1, 5000) AS i")
    logged = len(server.log())
    at('[tables.deals]\ntable = "long.d"\n', "copy")
    fetched = re.findall(r"FETCH FORWARD (\w+) ", server.log()[logged:])
    assert len(fetched) >= 3
    assert all(int(number) <= 2048 for number in fetched)


def test_all_tables_are_copied_from_one_state(
    server: Server, at: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(
        server,
        "steady",
        "CREATE TABLE d AS SELECT '1' AS deal_id",
        "CREATE TABLE a AS SELECT 'a' AS account_id",
    )
    streamed = Session.stream

    def meddled(session: Session, sql: str, what: str) -> Iterator:
        yield from streamed(session, sql, what)
        server.execute("INSERT INTO steady.a VALUES ('b')", "INSERT INTO steady.d VALUES ('2')")

    monkeypatch.setattr(Session, "stream", meddled)
    tables = '[tables.deals]\ntable = "steady.d"\n[tables.accounts]\ntable = "steady.a"\n'
    crm = at(tables, "copy")
    assert [read.rows for read in crm.reading] == [1, 1]


CHANGING = [
    "WITH gone AS (DELETE FROM safe.d RETURNING *) SELECT * FROM gone",
    "SELECT 1; DELETE FROM safe.d",
    "SELECT nextval('safe.n') AS deal_id",
    "SELECT set_config('transaction_read_only', 'off', true), safe.wipe() AS deal_id",
    "SELECT CAST(safe.wipe() AS text) AS deal_id",
    "SELECT deal_id INTO safe.e FROM safe.d",
]


@pytest.mark.parametrize("mode", ["copy", "in place"])
@pytest.mark.parametrize("sql", CHANGING)
def test_a_query_cannot_write(
    server: Server, at: Connect, tmp_path: Path, sql: str, mode: str
) -> None:
    made(server, "safe", "CREATE TABLE d AS SELECT '1' AS deal_id", "CREATE SEQUENCE n",
         "CREATE FUNCTION wipe() RETURNS int LANGUAGE sql SECURITY DEFINER AS "
         "'DELETE FROM safe.d RETURNING 1'", "GRANT ALL ON SEQUENCE n TO crm_reader")  # fmt: skip
    (tmp_path / "deals.sql").write_text(sql)
    with pytest.raises(KpiError) as refused:
        at('[tables.deals]\nquery = "deals.sql"\n', mode)
    assert "\n" not in str(refused.value)
    with server.connect() as connection:
        assert connection.execute("SELECT count(*) FROM safe.d").fetchall() == [(1,)]
        assert connection.execute("SELECT is_called FROM safe.n").fetchall() == [(False,)]


def test_what_the_user_may_not_read_is_told(server: Server, at: Connect) -> None:
    made(server, "closed", "CREATE TABLE d AS SELECT '1' AS deal_id")
    server.execute("REVOKE SELECT ON closed.d FROM crm_reader")
    for mode in ("copy", "in place"):
        with pytest.raises(DataError, match="closed.d: permission denied for table d; the user"):
            at('[tables.deals]\ntable = "closed.d"\n', mode)


def test_a_table_that_is_not_there_has_near_misses(server: Server, at: Connect) -> None:
    made(server, "missed", "CREATE TABLE opportunities AS SELECT '1' AS deal_id")
    with pytest.raises(DataError, match=r"did you mean 'missed\.opportunities'"):
        at('[tables.deals]\ntable = "missed.oportunities"\n')


@pytest.mark.parametrize(
    ("password", "database", "sentence"),
    [("wrong-password-1", "postgres", "the user or the password is wrong"),
     ("reader%27s%2Fsecret%2B2", "nowhere", "there is no such database")],
)  # fmt: skip
def test_a_log_in_that_fails_is_one_sentence_without_the_password(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    password: str, database: str, sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("CRM_URL", server.url(password, database))
    (tmp_path / "kpi.toml").write_text(
        '[source]\nkind = "database"\nurl = "env:CRM_URL"\n[tables.deals]\ntable = "d"\n'
    )
    with pytest.raises(DataError, match=sentence) as refused:
        connect(tmp_path / "kpi.toml")
    assert not any(word in str(refused.value) for word in (password, READER))


def test_a_server_that_does_not_answer_is_one_sentence(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_URL", server.url().replace(str(server.port), "1"))
    (tmp_path / "kpi.toml").write_text(
        '[source]\nkind = "database"\nurl = "env:CRM_URL"\n[tables.deals]\ntable = "d"\n'
    )
    with pytest.raises(DataError, match="it cannot be reached: .*Connection refused"):
        connect(tmp_path / "kpi.toml")


def test_no_file_holds_the_password(server: Server, at: Connect, tmp_path: Path) -> None:
    made(server, "secret", "CREATE TABLE d AS SELECT '1' AS deal_id")
    for mode in ("copy", "in place"):
        at('[tables.deals]\ntable = "secret.d"\n', mode).input_hash  # noqa: B018
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    for word in (
        READER.encode(),
        b"reader%27s%2Fsecret%2B2",
        b"crm_reader",
        str(server.port).encode(),
    ):
        assert not any(word in path.read_bytes() for path in files)


def test_another_database_is_not_asked_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crm.sqlite").touch()
    monkeypatch.setenv("CRM_URL", f"sqlite:///{tmp_path / 'crm.sqlite'}")
    source = '[source]\nkind = "database"\nurl = "env:CRM_URL"\nmode = "in place"\n'
    (tmp_path / "kpi.toml").write_text(source + '[tables.deals]\ntable = "d"\n')
    with pytest.raises(ConfigError, match="only PostgreSQL 14 or later"):
        connect(tmp_path / "kpi.toml")
