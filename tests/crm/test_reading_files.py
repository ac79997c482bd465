"""A table may be made of several files, of files without a header, and of any format; a row is
found again by its file and line.
"""

import gzip
import io
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import kpi_toolkit
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.errors import ConfigError, DataError

Connected = Callable[..., Crm]
Project = Callable[..., Path]
DEALS = '[tables.deals]\nfile = "deals-*.csv"\nbad_rows = "100%"\n'
FIRST, SECOND = "deal_id,amount\na,1\nb,x\n", "amount,deal_id\n2,c\n3,a\n4\n"


def test_the_files_of_a_pattern_are_one_table(connected: Connected) -> None:
    crm = connected(DEALS, **{"deals-1_csv": FIRST, "deals-2_csv": SECOND})
    assert crm.query("FROM deals ORDER BY _line") == [
        (2, "a", Decimal(1)),
        (1_000_000_002, "c", Decimal(2)),
    ]
    (read,) = crm.reading
    assert (read.rows, read.kept, read.quarantined) == (5, 2, 3)
    assert read.files == ("deals-1.csv", "deals-2.csv")
    assert crm.query('SELECT file, line, "column", reason FROM quarantine ORDER BY ALL') == [
        ("deals-1.csv", 3, "amount", "not an amount with decimal mark '.' and at most 4 decimals"),
        ("deals-2.csv", 3, "deal_id", "same id as line 2 of deals-1.csv"),
        ("deals-2.csv", 4, None, "1 fields, where the header has 2"),
    ]


def test_the_records_of_a_number_are_found_in_their_files(connected: Connected) -> None:
    rows = "deal_id,status,amount,closed_at\n{},won,5,2025-02-01\n"
    crm = connected(DEALS, **{"deals-1_csv": rows.format("a"), "deals-2_csv": rows.format("b")})
    found = kpi_toolkit.won_value.records(crm, "2025-02")
    assert found[["_file", "_line", "deal_id"]].to_numpy().tolist() == [
        ["deals-1.csv", 2, "a"],
        ["deals-2.csv", 2, "b"],
    ]


def test_too_many_bad_rows_name_the_file_of_the_first(connected: Connected) -> None:
    toml = DEALS.replace("100%", "5%")
    with pytest.raises(DataError, match=r"1 of 2 rows are bad.*line 2 of deals-2\.csv: amount"):
        connected(
            toml, **{"deals-1_csv": "deal_id,amount\na,1\n", "deals-2_csv": FIRST[:15] + "b,x"}
        )


def test_headings_are_trimmed_as_cells_are(connected: Connected) -> None:
    text = "\u2009deal_id\u00a0,amount\n\u2009a\u00a0,1\n"
    crm = connected(DEALS, **{"deals-1_csv": text})
    assert crm.query("SELECT deal_id, amount FROM deals") == [("a", Decimal(1))]


def test_a_list_is_read_in_its_order(connected: Connected) -> None:
    toml = '[tables.deals]\nfile = ["b.csv", "a.csv", "b.csv"]\n'
    crm = connected(toml, a_csv="deal_id\n1\n", b_csv="deal_id\n2\n")
    assert crm.query("SELECT deal_id FROM deals ORDER BY _line") == [("2",), ("1",)]


def test_a_file_that_lacks_a_column_stops_the_run(connected: Connected) -> None:
    files = {"deals-1_csv": "deal_id,amount\na,1\n", "deals-2_csv": "deal_id,amuont\nb,2\n"}
    with pytest.raises(DataError, match=r"deals-2\.csv: column 'amount' is missing: did you mean"):
        connected(DEALS, **files)


def test_a_column_that_only_a_later_file_has_is_not_lost(connected: Connected) -> None:
    files = {"deals-1_csv": "deal_id\na\n", "deals-2_csv": "deal_id,amount\nb,2\n"}
    with pytest.raises(DataError, match=r"deals-2\.csv: it has the column 'amount', which deals-1"):
        connected(DEALS, **files)


def test_a_pattern_that_matches_nothing_stops_the_run(connected: Connected) -> None:
    with pytest.raises(
        DataError, match=r"deals-\*\.csv: no file matches; in the folder: deal\.csv"
    ):
        connected(DEALS, deal_csv="deal_id\n")


def test_a_new_file_of_a_pattern_is_a_new_snapshot(project: Project) -> None:
    config = project(DEALS, **{"deals-1_csv": FIRST})
    first = connect(config)
    (config.parent / "deals-2.csv").write_text(SECOND)
    second = connect(config)
    assert first.input_hash != second.input_hash
    assert second.query("SELECT count(*) FROM deals") == [(2,)]
    (config.parent / "deals-2.csv").unlink()
    assert connect(config).input_hash == first.input_hash


def test_files_of_one_name_are_told_with_their_folders(project: Project) -> None:
    config = project('[tables.deals]\nfile = "*/deals.csv"\nbad_rows = "100%"\n')
    for year in ("2024", "2025"):
        (config.parent / year).mkdir()
        (config.parent / year / "deals.csv").write_text(f"deal_id,amount\n{year},x\n")
    found = connect(config).query("SELECT file, line FROM quarantine ORDER BY ALL")
    assert found == [("2024/deals.csv", 2), ("2025/deals.csv", 2)]


def test_the_file_that_excel_leaves_beside_an_open_one_is_none(project: Project) -> None:
    config = project('[tables.deals]\nfile = "*.csv"\n', deals_csv="deal_id\na\n")
    (config.parent / "~$deals.csv").write_bytes(b"\x03Ann")
    assert connect(config).query("SELECT count(*) FROM deals") == [(1,)]


def test_a_joined_table_of_several_files_has_one_row_a_key(connected: Connected) -> None:
    toml = (
        '[tables.deals]\nfile = "deals.csv"\n[tables.deals.joins.teams]\nfile = "teams-*.csv"\n'
        'on = { agent = "owner" }\n'
        '[tables.deals.columns]\ndeal_id = "deal_id"\nteam = "teams.team"\n'
    )
    deals = "deal_id,owner\n1,Ann\n2,Bob\n"
    one, two = "agent,team\nAnn,North\n", "team,agent\nSouth,Bob\n"
    crm = connected(toml, deals_csv=deals, **{"teams-1_csv": one, "teams-2_csv": two})
    assert crm.query("SELECT team FROM deals ORDER BY _line") == [("North",), ("South",)]
    assert crm.reading[1].table == "deals.joins.teams"
    with pytest.raises(
        DataError, match=r"'Ann' stands 2 times \(first on line 2 of teams-1\.csv\)"
    ):
        connected(toml, deals_csv=deals, **{"teams-1_csv": one, "teams-2_csv": two + "x,Ann\n"})


def test_a_file_without_a_header_gets_declared_names(connected: Connected) -> None:
    toml = (
        '[tables.orders]\nfile = "cdnow.txt"\ndelimiter = "spaces"\ndate_format = "%Y%m%d"\n'
        'header = ["customer", "day", "cds", "amount"]\nbad_rows = "100%"\n'
        '[tables.orders.columns]\naccount_id = "customer"\nordered_at = "day"\n'
        'quantity = "cds"\namount = "amount"\n'
    )
    data = ' 00001 19970101  1   11.77\n 00002 19970112  1   12.00 \n00003\t"19970113" 2 x\n 4 5\n'
    crm = connected(toml, cdnow_txt=data)
    assert crm.query("SELECT _line, account_id, amount FROM orders") == [
        (1, "00001", Decimal("11.77")),
        (2, "00002", Decimal("12.00")),
    ]
    assert crm.query("SELECT line FROM quarantine ORDER BY line") == [(3,), (4,)]


def test_any_format_is_a_table(project: Project) -> None:
    """The same two deals, one of them won by a number that a value map reads."""
    toml = (
        '[tables.deals]\nfile = "{}"\ndecimal = ","\n{}[tables.deals.columns]\ndeal_id = "id"\n'
        'amount = "v"\nstatus = {{ column = "w", values = {{ 1 = "won", 0 = "open" }} }}\n'
    )
    config = project(toml)
    folder = config.parent
    (folder / "deals.csv.gz").write_bytes(gzip.compress(b'id,v,w\n007,"1,5",1\nb,,0\n'))
    (folder / "deals.jsonl").write_text('{"id":"007","v":1.5,"w":1}\n{"id":"b","w":0}\n')
    book = openpyxl.Workbook()
    for row in (["id", "v", "w"], ["007", 1.5, 1], ["b", None, 0]):
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    (folder / "deals.xlsx").write_bytes(saved.getvalue())
    database = sqlite3.connect(folder / "deals.db")
    database.executescript(
        "CREATE TABLE d (id, v, w); INSERT INTO d VALUES ('007', 1.5, 1), ('b', NULL, 0);"
    )
    database.close()
    for name in ("deals.csv.gz", "deals.jsonl", "deals.xlsx", "deals.db"):
        config.write_text(toml.format(name, ""))
        found = connect(config).query("SELECT deal_id, amount, status FROM deals ORDER BY _line")
        assert found == [("007", Decimal("1.5"), "won"), ("b", None, "open")], name


def test_the_latest_changes_of_a_database_are_a_new_snapshot(project: Project) -> None:
    config = project('[tables.deals]\nfile = "crm.db"\n')
    database = sqlite3.connect(config.parent / "crm.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE deals (deal_id)")
    database.execute("INSERT INTO deals VALUES ('a')")
    database.commit()
    assert connect(config).query("SELECT count(*) FROM deals") == [(1,)]
    database.execute("INSERT INTO deals VALUES ('b')")
    database.commit()
    assert connect(config).query("SELECT count(*) FROM deals") == [(2,)]
    database.close()


@pytest.mark.parametrize(
    ("stanza", "sentence"),
    [
        ('file = "d.csv"\nsheet = "A"', r"sheet: it does not concern a \.csv file, but \.xlsx"),
        ('file = "d.db"\ndelimiter = ";"', r"delimiter: it does not concern a \.db file"),
        (
            'file = "d.csv.gz"\nmember = "a"',
            r"member: it does not concern a \.csv file, but one of",
        ),
        ('table = "deals"', "table and query say what to read of a database: expected file"),
        ('file = "d.db"\ntable = "a"\nquery = "b.sql"', "expected table or query, not both"),
        ('file = ["d.csv", ""]', "expected the name of a file"),
        ('file = "d.csv"\ndelimiter = "tabs"', "expected one character"),
    ],
)
def test_settings_belong_to_formats(connected: Connected, stanza: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        connected(f"[tables.deals]\n{stanza}\n")


def test_a_joined_workbook_takes_no_delimiter_from_its_table(project: Project) -> None:
    toml = (
        '[tables.deals]\nfile = "deals.csv"\ndelimiter = ";"\n'
        '[tables.deals.joins.teams]\nfile = "teams.jsonl"\non = { agent = "owner" }\n'
        '[tables.deals.columns]\ndeal_id = "deal_id"\nteam = "teams.team"\n'
    )
    config = project(toml, deals_csv="deal_id;owner\n1;Ann\n")
    (config.parent / "teams.jsonl").write_text('{"agent": "Ann", "team": "North"}\n')
    assert connect(config).query("SELECT team FROM deals") == [("North",)]


def test_a_declared_key_that_the_file_lacks_is_named(connected: Connected) -> None:
    toml = '[tables.touches]\nfile = "touches.csv"\n'
    with pytest.raises(ConfigError, match="identified by"):
        connected(toml + 'key = "touch"\n', touches_csv="touch_id\n1\n")
    toml = '[tables.activities]\nfile = "a.csv"\nkeep = { per = "owner", last_by = "done_at" }\n'
    with pytest.raises(DataError, match=r"a\.csv: keep.last_by = 'done_at', a column that activit"):
        connected(toml, a_csv="owner,due_at\nx,2024-01-01\n")
    with pytest.raises(
        DataError, match=r"a\.csv: key = 'mailing', a column that mailings does not"
    ):
        connected('[tables.mailings]\nfile = "a.csv"\nkey = "mailing"\n', a_csv="sent\n1\n")


@pytest.mark.parametrize("column", ["agent", "deals.agent"])
def test_a_column_that_a_select_does_not_see_is_explained(
    connected: Connected, column: str
) -> None:
    toml = '[tables.deals]\nfile = "deals.csv"\nsql = "deals.sql"\n'
    with pytest.raises(DataError, match=r"deals\.sql: column 'agent': .*declared with dimension"):
        connected(
            toml, deals_csv="deal_id,agent\n1,x\n", deals_sql=f"SELECT *, {column} FROM deals"
        )


def test_what_is_typed_may_be_a_null_word_or_a_whole_decimal(project: Project) -> None:
    toml = (
        '[tables.surveys]\nfile = "s.jsonl"\nnull = ["", "-1", "NaN"]\n'
        '[tables.surveys.columns]\nresponse_id = "id"\nscore = "v"\n'
        'n = { column = "n", type = "whole" }\n'
    )
    config = project(toml)
    rows = '{"id":1,"v":-1,"n":7.00}\n{"id":2,"v":NaN,"n":7.5}\n{"id":3,"v":NaN}\n'
    (config.parent / "s.jsonl").write_text(rows)
    config.write_text(toml.replace("[tables.surveys.c", 'bad_rows = "100%"\n[tables.surveys.c'))
    crm = connect(config)
    assert crm.query("SELECT response_id, score, n FROM surveys ORDER BY _line") == [
        ("1", None, 7),
        ("3", None, None),
    ]
    assert crm.query("SELECT line, value FROM quarantine") == [(2, "7.5")]


def test_a_file_that_is_named_twice_is_read_once(connected: Connected) -> None:
    listed = '[tables.deals]\nfile = ["a.csv", "./x/../a.csv", "*.csv"]\n'
    crm = connected(listed, a_csv="deal_id,owner\n1,Ann\n")
    assert crm.query("SELECT deal_id, owner FROM deals") == [("1", "Ann")]
