"""What lies in a source is a name or a value, whatever it looks like; no source opens another."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.errors import DataError

EVIL = [
    "'; DROP TABLE deals; --",
    '"; DROP TABLE deals; --',
    "' OR 1=1 --",
    "{{7*7}} $x %s ?1",
    "a\\b\t\x1b[31m",
    "../../etc/passwd",
]
TOML = """[project]
time_zone = "UTC"
as_of = 2026-10-05
[tables.deals]
{where}
[tables.deals.columns]
deal_id = "id"
status = {{ constant = "won" }}
amount = "amount"
closed_at = {{ constant = "2026-08-01" }}
owner = {owner}
"""
ROW = {"id": "1", "amount": "100"}


def crm_of(folder: Path, where: str, owner: str = '"owner"') -> Crm:
    (folder / "kpi.toml").write_text(TOML.format(where=where, owner=owner), encoding="utf-8")
    return connect(folder / "kpi.toml")


def one_deal_of(crm: Crm, owner: str) -> None:
    assert kt.won_value(crm, "2026-Q3").value == 100
    assert list(kt.won_value.by(crm, "2026-Q3", "owner").index) == [owner]


def toml(text: str) -> str:
    """A text as TOML has it; JSON's escapes are TOML's too."""
    return json.dumps(text)


@pytest.mark.parametrize("text", [text for text in EVIL if "/" not in text])
def test_a_name_of_a_file_is_a_name(tmp_path: Path, text: str) -> None:
    name = f"{text}.csv"
    (tmp_path / name).write_text("id,amount,owner\n1,100,Ann\n2,x,Ann\n", encoding="utf-8")
    one_deal_of(crm_of(tmp_path, f"file = {toml(name)}\nbad_rows = '50%'"), "Ann")
    crm = crm_of(tmp_path, "file = '*.csv'\nbad_rows = '50%'")
    one_deal_of(crm, "Ann")
    assert list(crm.quarantine()["file"]) == [name]


@pytest.mark.parametrize("text", EVIL)
def test_a_key_of_json_is_a_name(tmp_path: Path, text: str) -> None:
    data = json.dumps(ROW | {text: text})
    (tmp_path / "deals.jsonl").write_text(data, encoding="utf-8")
    owner = f"{{ column = {toml(text)} }}"
    one_deal_of(crm_of(tmp_path, 'file = "deals.jsonl"', owner), text.strip())


@pytest.mark.parametrize("text", EVIL)
def test_tables_and_columns_of_a_database_are_names(tmp_path: Path, text: str) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    with closing(sqlite3.connect(tmp_path / "deals.sqlite")) as database, database:
        database.execute(f"CREATE TABLE {quoted} (id, amount, {quoted})")
        database.execute(f"INSERT INTO {quoted} VALUES ('1', 100, ?)", [text])
    with duckdb.connect(tmp_path / "deals.duckdb") as file:
        file.execute(f"CREATE TABLE {quoted} (id VARCHAR, amount INTEGER, {quoted} VARCHAR)")
        file.execute(f"INSERT INTO {quoted} VALUES ('1', 100, ?)", [text])
    owner = f"{{ column = {toml(text)} }}"
    for suffix in ("sqlite", "duckdb"):
        where = f'file = "deals.{suffix}"\ntable = {toml(text)}'
        one_deal_of(crm_of(tmp_path, where, owner), text)


@pytest.mark.parametrize("text", ["'; DROP --", '"; DROP --', "{{7}} $x %s"])
def test_a_sheet_and_its_header_are_names(tmp_path: Path, text: str) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.create_sheet(text)
    sheet.append(["id", "amount", text])
    sheet.append(["1", 100, text])
    book.save(tmp_path / "deals.xlsx")
    where = f'file = "deals.xlsx"\nsheet = {toml(text)}'
    one_deal_of(crm_of(tmp_path, where, f"{{ column = {toml(text)} }}"), text)


@pytest.mark.parametrize("member", ["../stolen.csv", "/tmp/kpi-stolen.csv", "a/../../stolen.csv"])
def test_a_member_of_an_archive_is_written_nowhere(tmp_path: Path, member: str) -> None:
    project = tmp_path / "a" / "b"
    project.mkdir(parents=True)
    with zipfile.ZipFile(project / "deals.zip", "w") as archive:
        archive.writestr(member, "id,amount,owner\n1,100,Ann\n")
    before = {path for path in tmp_path.rglob("*") if ".kpi" not in path.parts}
    one_deal_of(crm_of(project, 'file = "deals.zip"'), "Ann")
    after = {path for path in tmp_path.rglob("*") if ".kpi" not in path.parts}
    assert after - before == {project / "kpi.toml"}
    assert not Path("/tmp/kpi-stolen.csv").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '{other}' AS other",
        "SELECT * FROM deals; ATTACH '{other}' AS other",
        "SELECT * FROM '{other}'",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT load_extension('{other}')",
        "SELECT readfile('{secret}') AS id",
        "COPY deals TO '{out}'",
        "VACUUM INTO '{out}'",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "DELETE FROM deals RETURNING *",
        "WITH x AS (DELETE FROM deals RETURNING *) SELECT * FROM x",
        "UPDATE deals SET owner = 'x' RETURNING *",
        "CREATE TABLE other AS SELECT * FROM deals",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
@pytest.mark.parametrize("suffix", ["sqlite", "duckdb"])
def test_a_query_of_a_database_reads_it_and_nothing_else(
    tmp_path: Path, suffix: str, sql: str
) -> None:
    places = {"other": tmp_path / "other.db", "out": tmp_path / "out.csv"}
    (tmp_path / "secret.csv").write_text("id,amount,owner\n1,100,SECRET\n", encoding="utf-8")
    ddl = "CREATE TABLE deals AS SELECT '1' AS id, 100 AS amount, 'Ann' AS owner"
    for path in (places["other"], tmp_path / f"deals.{suffix}"):
        make = sqlite3.connect if suffix == "sqlite" else duckdb.connect
        with closing(make(path)) as database:
            database.execute(ddl)
            database.commit()
    if suffix == "duckdb":
        places["other"] = tmp_path / "other.db"
    held = (tmp_path / f"deals.{suffix}").read_bytes()
    text = sql.format(**places, secret=tmp_path / "secret.csv")
    (tmp_path / "deals.sql").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        crm_of(tmp_path, f'file = "deals.{suffix}"\nquery = "deals.sql"')
    assert "SECRET" not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (tmp_path / f"deals.{suffix}").read_bytes() == held
    assert not places["out"].exists()


def test_the_engine_that_reports_ask_opens_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,amount,owner\n1,100,Ann\n", encoding="utf-8")
    crm = crm_of(tmp_path, 'file = "deals.csv"')
    (tmp_path / "link.parquet").symlink_to(tmp_path / "deals.csv")
    for sql in (
        f"FROM read_csv('{tmp_path / 'deals.csv'}')",
        f"FROM read_text('{tmp_path / 'kpi.toml'}')",
        f"FROM read_parquet('{tmp_path}/.kpi/snapshots/*/../../../deals.csv')",
        f"FROM '{tmp_path / 'link.parquet'}'",
        f"FROM glob('{tmp_path}/*')",
        f"ATTACH '{tmp_path / 'x.duckdb'}'",
        "SET lock_configuration = false",
    ):
        with pytest.raises(duckdb.Error):
            crm.query(sql)
