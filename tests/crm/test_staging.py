"""Raw tables, [staging.NAME], are read as any other and seen by SELECTs only."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.errors import ConfigError, DataError

Connected = Callable[..., Crm]
Project = Callable[..., Path]
ORDERS = '[tables.orders]\nsql = "orders.sql"\n'
RAW = '[staging.lines]\nfile = "lines.csv"\n'
LINES = "Invoice,Qty,Price\nA,2,1.50\nA,1,2.00\nB,3,1.00\n"
SUMMED = """
    SELECT Invoice AS order_id, sum(CAST(Qty AS BIGINT) * CAST(Price AS DECIMAL(18,4))) AS amount
    FROM lines GROUP BY Invoice
"""


def test_all_columns_of_a_raw_table_are_texts_under_their_own_names(connected: Connected) -> None:
    crm = connected(RAW + ORDERS, lines_csv=LINES, orders_sql=SUMMED)
    assert crm.query("SELECT order_id, CAST(amount AS INT) FROM orders ORDER BY 1") == [
        ("A", 5),
        ("B", 3),
    ]


def test_a_raw_table_is_accounted_for_and_not_kept(project: Project) -> None:
    """A line that is too short is set aside and named; the others are there."""
    config = project(
        RAW + 'bad_rows = "50%"\n' + ORDERS, lines_csv=LINES + "C,1\n", orders_sql=SUMMED
    )
    crm = connect(config, as_of="2026-01-01")
    raw, orders = crm.reading
    assert (raw.table, raw.file, raw.rows, raw.kept, raw.quarantined) == (
        "staging lines",
        "lines.csv",
        4,
        3,
        1,
    )
    assert (orders.table, orders.rows, orders.derived) == ("orders", 2, True)
    assert crm.quarantine()[["table", "line"]].to_numpy().tolist() == [["staging lines", 5]]
    assert set(crm.columns) == {"orders"}
    assert {found.stem for found in (config.parent / ".kpi").rglob("*.parquet")} == {
        "orders",
        "quarantine",
        "remarks",
    }
    assert connect(config, as_of="2026-01-01").reading == crm.reading  # out of the snapshot


def test_a_raw_table_that_changed_is_read_again(project: Project) -> None:
    def amounts(stanza: str, lines: str) -> list[tuple[object, ...]]:
        config = project(stanza + ORDERS, lines_csv=lines, orders_sql=SUMMED)
        return connect(config, as_of="2026-01-01").query(
            "SELECT amount::INT FROM orders ORDER BY 1"
        )

    assert amounts(RAW, LINES) == [(3,), (5,)]
    assert amounts(RAW, LINES + "C,1,7\n") == [(3,), (5,), (7,)]
    assert amounts(RAW + "where = \"Invoice <> 'A'\"\n", LINES) == [(3,)]


def test_declared_columns_of_a_raw_table_are_cast(connected: Connected) -> None:
    """Of three rows one has no amount as declared; the others are numbers to the SELECT."""
    crm = connected(
        RAW + 'decimal = ","\nbad_rows = "50%"\nwhere = "Invoice <> \'X\'"\n'
        '[staging.lines.columns]\nid = "Invoice"\nprice = { column = "Price", type = "money" }\n'
        'half = { sql = "number(Price) / 2", type = "number" }\nsource = { constant = "shop" }\n'
        + ORDERS,
        lines_csv='Invoice,Price\nA,"1,50"\nB,2.00\nX,x\n',
        orders_sql="SELECT id AS order_id, price + half AS amount, source AS channel FROM lines",
    )
    assert crm.query("SELECT order_id, amount::DOUBLE, channel FROM orders") == [
        ("A", 2.25, "shop")
    ]
    raw = crm.reading[0]
    assert (raw.rows, raw.kept, raw.quarantined, raw.left_out) == (3, 1, 1, 1)
    assert set(crm.quarantine()["line"]) == {3}


def test_associations_join_deals_to_companies(connected: Connected) -> None:
    """HubSpot lists pairs of a deal and a company; the primary one is the deal's account."""
    crm = connected(
        '[staging.deal_company]\nfile = "associations.csv"\n'
        '[tables.deals]\nfile = "deals.csv"\nsql = "deals.sql"\n'
        '[tables.deals.columns]\ndeal_id = "id"\namount = "amount"\n',
        associations_csv="deal_id,company_id,type\n1,C1,primary\n1,C2,other\n2,C2,primary\n",
        deals_csv="id,amount\n1,10\n2,20\n3,30\n",
        deals_sql="SELECT deals.*, company_id AS account_id FROM deals LEFT JOIN "
        "(FROM deal_company WHERE type = 'primary') USING (deal_id)",
    )
    assert crm.query("SELECT deal_id, account_id FROM deals ORDER BY 1") == [
        ("1", "C1"),
        ("2", "C2"),
        ("3", None),
    ]


def test_a_join_that_doubles_an_id_sets_the_later_rows_aside(connected: Connected) -> None:
    """Both rows of deal 1 come from the same line of deals.csv, and are two all the same."""
    crm = connected(
        '[staging.deal_company]\nfile = "associations.csv"\n'
        '[tables.deals]\nfile = "deals.csv"\nsql = "deals.sql"\nbad_rows = "60%"\n',
        associations_csv="deal_id,company_id\n1,C1\n1,C2\n2,C2\n",
        deals_csv="deal_id,amount\n1,10\n2,20\n",
        deals_sql="SELECT deals.*, company_id AS account_id FROM deals "
        "JOIN deal_company USING (deal_id)",
    )
    assert crm.query("SELECT deal_id FROM deals ORDER BY 1") == [("1",), ("2",)]
    (bad,) = crm.quarantine().itertuples()
    assert (bad.column, bad.value) == ("deal_id", "1")
    assert bad.reason.startswith("same id as line")


def test_a_table_of_a_database_may_be_raw(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "crm.sqlite")) as database:
        database.executescript(
            "CREATE TABLE lines (Invoice TEXT, Qty INT, Price REAL);"
            "INSERT INTO lines VALUES ('A', 2, 1.5), ('A', 1, 2), ('B', 3, 1)"
        )
    monkeypatch.setenv("CRM", f"sqlite:///{tmp_path / 'crm.sqlite'}")
    source = '[source]\nkind = "database"\nurl = "env:CRM"\n'
    stanza = '[staging.lines]\ntable = "lines"\n'
    crm = connect(project(source + stanza + ORDERS, orders_sql=SUMMED), as_of="2026-01-01")
    assert crm.query("SELECT amount::INT FROM orders ORDER BY 1") == [(3,), (5,)]
    assert [found.table for found in crm.reading] == ["staging lines", "orders"]
    in_place = source.replace("[source]", '[source]\nmode = "in place"')
    with pytest.raises(ConfigError, match=r"staging\.lines: only a copy has raw tables"):
        connect(project(in_place + stanza + ORDERS, orders_sql=SUMMED))


def test_all_columns_of_two_raw_tables_side_by_side(connected: Connected) -> None:
    crm = connected(
        RAW + '[staging.dates]\nfile = "dates.csv"\n' + ORDERS,
        lines_csv="order_id,amount\nA,1\n",
        dates_csv="id,ordered_at\nA,2025-03-04\n",
        orders_sql="SELECT * FROM lines JOIN dates ON id = order_id",
    )
    assert crm.query("SELECT order_id, ordered_at::VARCHAR FROM orders") == [
        ("A", "2025-03-03 23:00:00")
    ]


@pytest.mark.parametrize(
    ("stanza", "sentence"),
    [
        ('[stagin.x]\nfile = "x.csv"', "stagin: unknown key, did you mean 'staging'?"),
        ("[staging.x]\n", "staging.x: expected file"),
        ('[staging.x]\nfle = "x.csv"', "staging.x.fle: unknown key, did you mean 'file'?"),
        ('[staging.x]\nfile = "x.csv"\nsql = "x.sql"', "staging.x: sql: unknown key"),
        ('[staging.X]\nfile = "x.csv"', "staging.X: expected a name of small letters, digits"),
        ('[staging."a b"]\nfile = "x.csv"', "staging.a b: expected a name of small letters"),
        ('[staging.deals]\nfile = "x.csv"', "deals is a table of ours: [tables.deals]"),
        ('[staging.quarantine]\nfile = "x.csv"', "staging.quarantine: expected another name"),
        ('[tables.lines]\nfile = "x.csv"', "a raw table for SELECTs is declared as [staging."),
        (
            '[staging.x]\nfile = "x.csv"\n[staging.x.columns]\n_line = "a"',
            "staging.x.columns._line: expected a name that is not ours",
        ),
        (
            '[staging.x]\nfile = "x.csv"\n[staging.x.columns]\na = { column = "a", tpe = "date" }',
            "staging.x.columns.a.tpe: unknown key, did you mean 'type'?",
        ),
    ],
)
def test_a_stanza_that_is_none(project: Project, stanza: str, sentence: str) -> None:
    config = project(ORDERS + stanza, orders_sql="SELECT 'A' AS order_id", x_csv="a\n1\n")
    with pytest.raises(ConfigError) as told:
        connect(config)
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("a,,b", "its column 2 has no name: name the columns that you need in [staging.lines."),
        ("a,_line,b", "its column 2 has the name '_line', and _ begins those of ours"),
        ("a,b,A", "its column 1 has the name 'a', as another one has but for capitals"),
    ],
)
def test_a_heading_that_no_select_could_name(
    connected: Connected, header: str, sentence: str
) -> None:
    with pytest.raises(DataError) as told:
        connected(RAW + ORDERS, lines_csv=f"{header}\n1,2,3\n", orders_sql="FROM lines")
    assert sentence in str(told.value)


def test_a_column_that_a_later_file_has_alone_is_not_lost(connected: Connected) -> None:
    with pytest.raises(DataError, match=r"b\.csv: it has the column 'New', which a\.csv lacks"):
        connected(
            '[staging.lines]\nfile = "?.csv"\n' + ORDERS,
            a_csv="Invoice\n1\n",
            b_csv="Invoice,New\n1,2\n",
            orders_sql="SELECT Invoice AS order_id FROM lines",
        )


def test_a_table_that_no_select_sees_is_told_with_those_that_are_there(
    connected: Connected,
) -> None:
    accounts = '[tables.accounts]\nfile = "accounts.csv"\n'
    files = {"lines_csv": LINES, "accounts_csv": "account_id\n1\n"}
    with pytest.raises(DataError, match=r"orders\.sql: table 'line': did you mean 'lines'\?"):
        connected(accounts + RAW + ORDERS, **files, orders_sql="SELECT * FROM line")
    with pytest.raises(DataError) as told:
        connected(accounts + RAW + ORDERS, **files, orders_sql="SELECT * FROM spreadsheet")
    assert "table 'spreadsheet': expected one of accounts, lines" in str(told.value)
    assert "[staging.NAME]" in str(told.value)


def test_a_column_that_no_select_sees_is_told_with_those_of_raw_tables(
    connected: Connected,
) -> None:
    with pytest.raises(DataError, match=r"orders\.sql: column 'Prize': did you mean 'Price'\?"):
        connected(RAW + ORDERS, lines_csv=LINES, orders_sql="SELECT Prize AS amount FROM lines")


def test_a_file_without_a_canonical_name_is_told_where_to_say_which_is_which(
    connected: Connected,
) -> None:
    with pytest.raises(DataError) as told:
        connected(
            '[tables.orders]\nfile = "lines.csv"\nsql = "orders.sql"\n',
            lines_csv="customer_id,Date\n1,2\n",
            orders_sql="SELECT 1",
        )
    assert str(told.value) == (
        "lines.csv: none of its columns (customer_id, Date) bears a name of orders: say which is "
        "which in [tables.orders.columns], or read the file as [staging.NAME] and select from that"
    )


def test_the_place_of_a_row_is_its_id(connected: Connected) -> None:
    """The header stands on line 1."""
    columns = '[tables.orders.columns]\norder_id = { row = true }\namount = "amount"\n'
    crm = connected('[tables.orders]\nfile = "lines.csv"\n' + columns, lines_csv="amount\n10\n20\n")
    assert crm.query("SELECT order_id, amount::INT FROM orders ORDER BY _line") == [
        ("2", 10),
        ("3", 20),
    ]


@pytest.mark.parametrize("file", ['"?.csv"', '["a.csv", "b.csv"]'])
def test_the_place_of_a_row_of_several_files_names_the_file(
    connected: Connected, file: str
) -> None:
    crm = connected(
        f"[tables.orders]\nfile = {file}\n"
        '[tables.orders.columns]\norder_id = { row = true }\namount = "amount"\n',
        a_csv="amount\n10\n",
        b_csv="amount\n20\n",
    )
    assert crm.query("SELECT order_id, amount::INT FROM orders ORDER BY _line") == [
        ("a.csv:2", 10),
        ("b.csv:2", 20),
    ]


def test_the_place_in_the_one_file_of_a_pattern_names_it_too(connected: Connected) -> None:
    """Or the ids of a month would change when the next month's file comes."""
    crm = connected(
        '[tables.orders]\nfile = "?.csv"\n[tables.orders.columns]\norder_id = { row = true }\n',
        a_csv="amount\n10\n",
    )
    assert crm.query("SELECT order_id FROM orders") == [("a.csv:2",)]


def test_rows_of_a_database_have_no_place(project: Project) -> None:
    config = project(
        '[source]\nkind = "database"\nurl = "env:CRM"\n[tables.orders]\ntable = "sales"\n'
        "[tables.orders.columns]\norder_id = { row = true }\n"
    )
    with pytest.raises(ConfigError, match="a database's rows have none"):
        connect(config)
