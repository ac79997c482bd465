"""A database is copied through the same reading as a file."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm import snapshot
from kpi_toolkit.crm.connect import Records, connect
from kpi_toolkit.errors import ConfigError, DataError
from tests.crm.remote.conftest import Make, write

OPPORTUNITIES = """
CREATE TABLE opportunities (id INTEGER, stage TEXT, amount REAL, note TEXT, created TEXT);
INSERT INTO opportunities VALUES
  (1, ' Won ', 1234.5, '1,5', '2026-01-05 10:00'), (2, 'Lost', NULL, NULL, '2026-07-05');
"""
DEALS = """
[tables.deals]
table = "opportunities"
[tables.deals.columns]
deal_id = "id"
status = { column = "stage", values = { Won = "won", Lost = "lost" } }
amount = "amount"
quality = { column = "note", decimal = "," }
created_at = "created"
"""

at = datetime.fromisoformat


def test_typed_cells_and_texts_are_cast_as_declared(filled: Make) -> None:
    crm = filled(OPPORTUNITIES, DEALS)
    sql = "SELECT deal_id, status, amount, quality, created_at, _line FROM deals ORDER BY _line"
    assert crm.query(sql) == [
        ("1", "won", Decimal("1234.5000"), 1.5, at("2026-01-05 09:00"), 1),
        ("2", "lost", None, None, at("2026-07-04 22:00"), 2),
    ]


def test_declared_formats_do_not_touch_a_number_of_the_database(filled: Make) -> None:
    tables = DEALS.replace('amount = "amount"', 'amount = { column = "amount", thousands = "." }')
    tables = tables.replace('"."', '".", decimal = ","')
    assert filled(OPPORTUNITIES, tables).query("SELECT amount FROM deals WHERE deal_id = '1'") == [
        (Decimal("1234.5000"),)
    ]


def test_a_bad_row_is_quarantined_and_every_row_accounted_for(filled: Make) -> None:
    many = "".join(
        f"INSERT INTO opportunities VALUES ({n},'Won',1,'1','2026-01-05');" for n in range(9, 60)
    )
    crm = filled(
        OPPORTUNITIES + many + "UPDATE opportunities SET amount = 'x' WHERE id = 2;", DEALS
    )
    (read,) = crm.reading
    assert (read.file, read.rows, read.kept, read.quarantined) == ("opportunities", 53, 52, 1)
    (bad,) = crm.quarantine().to_dict("records")
    assert (bad["table"], bad["line"], bad["column"], bad["value"]) == ("deals", 2, "amount", "x")


def test_a_query_is_read_and_its_last_semicolon_is_no_mistake(filled: Make, tmp_path: Path) -> None:
    sql = "SELECT id AS deal_id, '100 %' AS close_reason FROM opportunities -- all :of them\n;\n"
    (tmp_path / "deals.sql").write_text(sql)
    crm = filled(OPPORTUNITIES, '[tables.deals]\nquery = "deals.sql"\n')
    assert crm.query("SELECT deal_id, close_reason FROM deals ORDER BY 1") == [
        ("1", "100 %"),
        ("2", "100 %"),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM opportunities",
        "SELECT 1; DELETE FROM opportunities",
        "WITH gone AS (DELETE FROM opportunities RETURNING id) SELECT * FROM gone",
        "CREATE TABLE x AS SELECT 1",
        "ATTACH 'other.sqlite' AS other",
        "PRAGMA query_only = OFF",
    ],
)
def test_a_query_that_is_not_one_select_is_refused(
    filled: Make, tmp_path: Path, database: Path, sql: str
) -> None:
    (tmp_path / "deals.sql").write_text(sql)
    with pytest.raises(DataError, match=r"deals\.sql: expected one SELECT|cannot be read"):
        filled(OPPORTUNITIES, '[tables.deals]\nquery = "deals.sql"\n')
    assert not (tmp_path / "other.sqlite").exists()


def test_a_join_reads_another_table_by_a_typed_key(filled: Make) -> None:
    sql = (
        OPPORTUNITIES
        + "CREATE TABLE teams (deal INTEGER, name TEXT); INSERT INTO teams VALUES (1, 'North');"
    )
    join = '[tables.deals.joins.teams]\ntable = "teams"\non = { deal = "id" }\n'
    crm = filled(sql, DEALS + 'team = "teams.name"\n' + join)
    assert crm.query("SELECT team FROM deals ORDER BY deal_id") == [("North",), (None,)]


def test_a_value_map_knows_numbers_by_their_digits(filled: Make) -> None:
    tables = '[tables.deals]\ntable = "opportunities"\n[tables.deals.columns]\n'
    tables += 'deal_id = "id"\nstatus = { column = "id", values = { 1 = "won", 2 = "lost" } }\n'
    crm = filled(OPPORTUNITIES, tables)
    assert crm.query("SELECT status FROM deals ORDER BY deal_id") == [("won",), ("lost",)]


def test_files_may_stand_beside_the_tables_of_a_database(filled: Make, tmp_path: Path) -> None:
    (tmp_path / "stages.csv").write_text("stage,position\nDemo,1\n")
    crm = filled(OPPORTUNITIES, DEALS + '[tables.stages]\nfile = "stages.csv"\n')
    assert crm.query("SELECT stage, position FROM stages") == [("Demo", 1)]


def test_the_same_records_are_the_same_snapshot_in_any_order(
    filled: Make, database: Path, tmp_path: Path
) -> None:
    first = filled(OPPORTUNITIES, DEALS)
    write(database, "CREATE TABLE o AS SELECT * FROM opportunities ORDER BY id DESC;"
          "DROP TABLE opportunities; ALTER TABLE o RENAME TO opportunities;")  # fmt: skip
    again = connect(tmp_path / "kpi.toml")
    assert again.input_hash == first.input_hash
    assert len(list((tmp_path / ".kpi" / "snapshots").iterdir())) == 1


def test_a_changed_record_is_another_snapshot(filled: Make, database: Path, tmp_path: Path) -> None:
    first = filled(OPPORTUNITIES, DEALS)
    write(database, "UPDATE opportunities SET amount = 1234.6 WHERE id = 1")
    again = connect(tmp_path / "kpi.toml")
    assert again.input_hash != first.input_hash
    assert again.query("SELECT max(amount) FROM deals") == [(Decimal("1234.6000"),)]


def test_rows_that_are_left_out_are_counted_anew(
    filled: Make, database: Path, tmp_path: Path
) -> None:
    tables = DEALS.replace(
        "[tables.deals.columns]", "where = \"stage = 'Won'\"\n[tables.deals.columns]"
    )
    first = filled(OPPORTUNITIES, tables)
    write(database, "INSERT INTO opportunities VALUES (3, 'Lost', 1, '1', '2026-01-05');")
    second = connect(tmp_path / "kpi.toml", as_of="2026-10-05")
    assert [crm.reading[0].left_out for crm in (first, second)] == [1, 2]
    assert first.query("SELECT * FROM deals") == second.query("SELECT * FROM deals")


def test_reports_of_one_run_share_what_was_read(
    filled: Make, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(OPPORTUNITIES, DEALS)
    records = Records(load(tmp_path / "kpi.toml"))
    read = records.at()
    write(database, "DELETE FROM opportunities WHERE id = 1")
    assert records.at().query("SELECT count(*) FROM deals") == [(2,)]
    monkeypatch.setenv(snapshot.VARIABLE, read.snapshot)
    assert connect(tmp_path / "kpi.toml").query("SELECT count(*) FROM deals") == [(1,)]
    monkeypatch.setenv("KPI_RUN", "a-run")
    assert connect(tmp_path / "kpi.toml").query("SELECT count(*) FROM deals") == [(2,)]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ('[tables.deals]\ntable = "oportunities"\n', "did you mean 'opportunities'"),
        (DEALS.replace('"id"', '"idd"'), "column 'idd' is missing: did you mean 'id'"),
    ],
)
def test_what_is_not_there_is_told_with_near_misses(
    filled: Make, tables: str, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        filled(OPPORTUNITIES, tables)


def test_a_file_that_is_not_there_is_not_made(database: Path, filled: Make) -> None:
    database.unlink()
    with pytest.raises(ConfigError, match="there is no such file"):
        connect_only(database, filled)
    assert not database.exists()


def connect_only(database: Path, filled: Make) -> None:
    config = database.with_name("kpi.toml")
    config.write_text('[source]\nkind = "database"\nurl = "env:CRM_URL"\n' + DEALS)
    connect(config)


def test_an_expression_sees_a_number_as_its_digits_and_hands_it_on_as_a_number(
    filled: Make,
) -> None:
    tables = DEALS + "owner = { sql = \"left(id, 1) || '!'\" }\n"
    tables = tables.replace(
        'amount = "amount"',
        'amount = { sql = "coalesce(amount, id)", decimal = ",", thousands = "." }',
    )
    sql = "SELECT owner, amount FROM deals ORDER BY deal_id"
    assert filled(OPPORTUNITIES, tables).query(sql) == [
        ("1!", Decimal("1234.5000")),
        ("2!", Decimal("2.0000")),
    ]


def test_seconds_since_1970_are_a_time_where_that_is_declared(filled: Make) -> None:
    tables = DEALS.replace('"created"', '{ column = "id", date_format = "epoch" }')
    sql = "SELECT created_at FROM deals WHERE deal_id = '2'"
    assert filled(OPPORTUNITIES, tables).query(sql) == [(at("1970-01-01 00:00:02"),)]
