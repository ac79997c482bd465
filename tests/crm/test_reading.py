"""A declared file becomes typed rows; every other row is in the quarantine with its reason."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import ConfigError, DataError

Connected = Callable[..., Crm]
DEALS = '[tables.deals]\nfile = "deals.csv"\nbad_rows = "100%"\n'


def reasons(crm: Crm) -> list[tuple[int, str | None, str]]:
    found = crm.query('SELECT line, "column", reason FROM quarantine ORDER BY ALL')
    return [(line, column, reason) for line, column, reason in found]


def test_columns_of_canonical_names_are_taken_as_they_stand(connected: Connected) -> None:
    crm = connected(DEALS, deals_csv="deal_id,amount,other\n007,12.50,x\n8,,y\n")
    assert crm.query("SELECT _line, deal_id, amount FROM deals ORDER BY _line") == [
        (2, "007", Decimal("12.5000")),
        (3, "8", None),
    ]
    assert crm.columns == {"deals": {"deal_id", "amount"}}


def test_every_row_is_kept_or_quarantined(connected: Connected) -> None:
    rows = "a,1,won\nb,x,won\nc,2,wonn\nd\na,3,won\n,4,open\ne,5,lost\n"
    crm = connected(DEALS, deals_csv="deal_id,amount,status\n" + rows)
    (read,) = crm.reading
    assert (read.rows, read.kept, read.quarantined) == (7, 2, 5)
    assert reasons(crm) == [
        (3, "amount", "not an amount with decimal mark '.' and at most 4 decimals"),
        (4, "status", "not one of open, won, lost"),
        (5, None, "1 fields, where the header has 3"),
        (6, "deal_id", "same id as line 2"),
        (7, "deal_id", "empty, where it is the row's id"),
    ]
    frame = crm.quarantine()
    assert list(frame.columns) == ["table", "file", "line", "column", "value", "reason"]
    assert set(frame["file"]) == {"deals.csv"}


def test_a_row_with_two_bad_cells_is_one_row(connected: Connected) -> None:
    crm = connected(DEALS, deals_csv="deal_id,amount,status\na,x,y\nb,1,won\n")
    assert len(reasons(crm)) == 2
    assert crm.reading[0].quarantined == 1


def test_too_many_bad_rows_stop_the_run(connected: Connected) -> None:
    toml = '[tables.deals]\nfile = "deals.csv"\nbad_rows = "40%"\n'
    with pytest.raises(DataError, match=r"1 of 2 rows are bad.*line 3: amount 'x'"):
        connected(toml, deals_csv="deal_id,amount\na,1\nb,x\n")


def test_a_file_without_rows_stops_the_run_unless_declared(connected: Connected) -> None:
    with pytest.raises(DataError, match="a header and no row"):
        connected(DEALS, deals_csv="deal_id\n")
    crm = connected(DEALS + "may_be_empty = true\n", deals_csv="deal_id\n")
    assert crm.query("SELECT count(*) FROM deals") == [(0,)]


@pytest.mark.parametrize(
    ("csv", "sentence"),
    [
        ("deal,agent\n1,2\n", "column 'dael' is missing: did you mean 'deal'"),
        ("dael,dael\n1,2\n", "column 'dael' appears 2 times in the header"),
        ("dael;agent\n1;2\n", "is the delimiter right"),
    ],
)
def test_a_header_that_does_not_fit_stops_the_run(
    connected: Connected, csv: str, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        connected(DEALS + '[tables.deals.columns]\ndeal_id = "dael"\n', deals_csv=csv)


def test_a_missing_file_is_one_sentence(connected: Connected) -> None:
    with pytest.raises(DataError, match=r"deals\.csv: there is no such file; see path under"):
        connected(DEALS)
    with pytest.raises(DataError, match=r"no such file; did you mean 'deal\.csv'\?"):
        connected(DEALS, deal_csv="id\n1\n")


def test_a_missing_folder_is_named(connected: Connected) -> None:
    with pytest.raises(DataError, match=r"exports: there is no such folder; see path under"):
        connected('[source]\nkind = "files"\npath = "exports"\n' + DEALS)


def test_value_maps(connected: Connected) -> None:
    toml = DEALS + (
        "[tables.deals.columns]\n"
        'deal_id = "id"\n'
        'status = { column = "s", values = { Won = "won", "" = "lost", "*" = "open" } }\n'
        'product = { column = "p", values = { GTXPro = "GTX Pro", "*" = "=" } }\n'
        'kind = { column = "p", values = { GTXPro = "new" } }\n'
        'is_focus = { column = "f", values = { oui = true, non = false } }\n'
    )
    crm = connected(toml, deals_csv="id,s,p,f\n1,Won,GTXPro,oui\n2,,MG,non\n3,Engaging,,\n")
    assert crm.query("SELECT status, product, kind, is_focus FROM deals ORDER BY _line") == [
        ("won", "GTX Pro", "new", True),
        ("lost", "MG", None, False),
        ("open", None, None, None),
    ]


def test_a_star_is_any_other_value_and_an_empty_cell_stays_empty(connected: Connected) -> None:
    toml = DEALS + (
        '[tables.deals.columns]\ndeal_id = "id"\n'
        'status = { column = "s", values = { Won = "won", "*" = "open" } }\n'
        'kind = { column = "s", values = { "*" = "new" } }\n'
        'product = { column = "s", null = ["NC"], values = { "*" = "=" } }\n'
    )
    crm = connected(toml, deals_csv="id,s\n1,Won\n2,\n3,NC\n4, \n")
    assert crm.query("SELECT status, kind, product FROM deals ORDER BY _line") == [
        ("won", "new", "Won"),
        (None, None, None),
        ("open", "new", None),
        (None, None, None),
    ]


def test_null_words_are_empty_beside_the_empty_cell(connected: Connected) -> None:
    toml = DEALS.replace("bad_rows", 'null = ["NC", "0"]\nbad_rows') + (
        '[tables.deals.columns]\ndeal_id = "id"\namount = "a"\ncreated_at = "c"\n'
        'owner = "o"\nteam = { column = "o", null = [] }\n'
    )
    crm = connected(toml, deals_csv="id,a,c,o\n1,NC,,\n2,,NC, NC\n3,1.5,2024-01-02,Ann\n")
    assert crm.query("SELECT amount, created_at, owner, team FROM deals ORDER BY _line") == [
        (None, None, None, None),
        (None, None, None, "NC"),
        (Decimal("1.5"), dt.datetime.fromisoformat("2024-01-01 23:00"), "Ann", "Ann"),
    ]
    assert not reasons(crm)


def test_the_first_column_with_a_value_counts_and_constants_are_plain(connected: Connected) -> None:
    toml = DEALS.replace("bad_rows", 'decimal = ","\ndate_format = "%d/%m/%Y"\nbad_rows') + (
        "[tables.deals.columns]\n"
        'deal_id = "id"\n'
        'amount = ["a", "b"]\n'
        "commission = { constant = 1.5 }\n"
        "created_at = { constant = 2022-04-01 }\n"
        'closed_at = { column = "c", date_format = "iso" }\n'
        'kind = { constant = "new" }\n'
        'industry = { column = "i", dimension = true, null = ["", "?"] }\n'
    )
    crm = connected(toml, deals_csv='id,a,b,c,i\n1,,"7,5",2023-01-01,?\n2,8,9,2023-07-01,Bank\n')
    paris = dt.datetime.fromisoformat("2022-03-31 22:00")
    assert crm.query("SELECT amount, commission, created_at, kind FROM deals ORDER BY _line") == [
        (Decimal("7.5"), Decimal("1.5"), paris, "new"),
        (Decimal("8"), Decimal("1.5"), paris, "new"),
    ]
    assert crm.query("SELECT closed_at, industry FROM deals ORDER BY _line") == [
        (dt.datetime.fromisoformat("2022-12-31 23:00"), None),
        (dt.datetime.fromisoformat("2023-06-30 22:00"), "Bank"),
    ]
    assert crm.own_dimensions["deals"] == ("industry",)


JOIN = (
    DEALS
    + "[tables.deals.joins.prices]\n"
    + 'file = "prices.csv"\n'
    + 'on = { name = { column = "product", values = { GTXPro = "GTX Pro", "*" = "=" } } }\n'
    + '[tables.deals.columns]\ndeal_id = "id"\n'
    + 'amount = { sql = "coalesce(value, prices.price)" }\nregion = "prices.region"\n'
)
SOLD = "id,product,value\n1,GTXPro,\n2,MG,5\n3,Unknown,6\n4,,7\n"


def test_a_join_brings_columns_and_counts_what_it_does_not_find(connected: Connected) -> None:
    crm = connected(JOIN, deals_csv=SOLD, prices_csv="name,price,region\nGTX Pro,10,N\nMG,1,S\n")
    assert crm.query("SELECT deal_id, amount, region FROM deals ORDER BY _line") == [
        ("1", Decimal("10"), "N"),
        ("2", Decimal("5"), "S"),
        ("3", Decimal("6"), None),
        ("4", Decimal("7"), None),
    ]
    # Line 4 has no product, so it has nothing to find.
    assert crm.reading[0].unmatched == {"prices": 1}


def test_a_joined_file_has_its_own_lines_above_the_header(connected: Connected) -> None:
    toml = JOIN.replace("bad_rows", 'skip = 1\ndelimiter = ";"\nbad_rows')
    prices = "name;price;region\nMG;1;S\n"
    crm = connected(toml, deals_csv="Deals\n" + SOLD.replace(",", ";"), prices_csv=prices)
    assert crm.query("SELECT region FROM deals WHERE deal_id = '2'") == [("S",)]
    own = toml.replace('file = "prices.csv"', 'file = "prices.csv"\nskip = 2')
    crm = connected(own, deals_csv="Deals\n" + SOLD.replace(",", ";"), prices_csv="\n\n" + prices)
    assert crm.query("SELECT region FROM deals WHERE deal_id = '2'") == [("S",)]


def test_a_joined_file_with_two_rows_of_a_key_is_refused(connected: Connected) -> None:
    prices = "name,price,region\nMG,1,S\n MG ,2,N\n"
    with pytest.raises(DataError, match=r"'MG' stands 2 times \(first on line 2\)"):
        connected(JOIN, deals_csv=SOLD, prices_csv=prices)


def test_a_bad_line_of_a_joined_file_is_named_and_left_out(connected: Connected) -> None:
    prices = "name,price,region\nMG,1\nGTX Pro,10,N\n"
    crm = connected(JOIN, deals_csv=SOLD, prices_csv=prices)
    deals, joined = crm.reading
    assert (joined.table, joined.rows, joined.kept, joined.quarantined) == (
        "deals.joins.prices", 2, 1, 1,
    )  # fmt: skip
    assert (deals.rows, deals.kept, deals.unmatched) == (4, 4, {"prices": 2})
    assert crm.query("FROM quarantine") == [
        ("deals.joins.prices", "prices.csv", 2, None, "MG,1", "2 fields, where the header has 3")
    ]


def test_too_many_bad_lines_of_a_joined_file_stop_the_run(connected: Connected) -> None:
    toml = JOIN.replace("100%", "5%")
    with pytest.raises(DataError, match=r"prices\.csv: 1 of 1 rows are bad.*line 2"):
        connected(toml, deals_csv=SOLD, prices_csv="name,price,region\nMG,1\n")
    with pytest.raises(DataError, match=r"prices\.csv: it has a header and no row"):
        connected(toml, deals_csv=SOLD, prices_csv="name,price,region\n")


def test_an_expression_reads_numbers_in_the_declared_form(connected: Connected) -> None:
    toml = DEALS.replace("bad_rows", 'decimal = ","\nbad_rows') + (
        '[tables.deals.columns]\ndeal_id = "id"\n'
        'amount = { sql = "number(quantity) * number(price)" }\n'
        "is_focus = { sql = \"quantity = '2'\" }\n"
    )
    crm = connected(toml, deals_csv='id,quantity,price\n1,2,"1,25"\n2,,3\n3,x,1\n4,3,1.5\n')
    assert crm.query("SELECT deal_id, amount, is_focus FROM deals ORDER BY _line") == [
        ("1", Decimal("2.5"), True),
        ("2", None, None),
    ]
    assert [(line, column) for line, column, _ in reasons(crm)] == [(4, "amount"), (5, "amount")]
    assert list(crm.quarantine()["value"]) == ["x", "1.5"]  # as the file has them


def test_too_many_rows_of_known_ids_are_told_what_keeps_the_last_of_each(
    connected: Connected,
) -> None:
    log = "deal_id,stage,at\n1,a,1\n1,b,2\n2,a,3\n2,b,4\n"
    with pytest.raises(DataError) as told:
        connected('[tables.deals]\nfile = "deals.csv"\n', deals_csv=log)
    assert str(told.value).endswith(
        "deal_id '1': same id as line 2; where the file is a log, "
        'keep = { last_by = ..., per = "deal_id" } keeps the last row of each'
    )
    with pytest.raises(DataError) as told:
        connected('[tables.deals]\nfile = "deals.csv"\n', deals_csv="deal_id,amount\n1,x\n1,2\n")
    assert "is a log" not in str(told.value)


def test_of_a_log_only_the_last_row_of_a_record_is_kept(connected: Connected) -> None:
    toml = DEALS + (
        'keep = { last_by = "updated_at", per = "deal_id" }\n[tables.deals.columns]\n'
        'deal_id = "id"\nupdated_at = "at"\nstage = "stage"\n'
    )
    rows = "a,2023-01-02,late\na,2023-01-01,early\nb,,never\nb,2023-01-01,once\nc,x,bad\n"
    crm = connected(toml, deals_csv="id,at,stage\n" + rows)
    assert crm.query("SELECT deal_id, stage FROM deals ORDER BY deal_id") == [
        ("a", "late"),
        ("b", "once"),
    ]
    (read,) = crm.reading
    assert (read.rows, read.kept, read.quarantined, read.superseded) == (5, 2, 1, 2)


def test_rows_that_do_not_say_their_record_are_no_one_record(connected: Connected) -> None:
    toml = '[tables.orders]\nfile = "orders.csv"\n'
    toml += 'keep = { last_by = "ordered_at", per = "order_id" }\n'
    crm = connected(toml, orders_csv="order_id,ordered_at,amount\n,2023-01-01,1\n,2023-01-02,2\n")
    assert crm.query("SELECT sum(amount) FROM orders") == [(Decimal("3"),)]
    assert crm.reading[0].superseded == 0


def test_hostile_names_are_only_names(connected: Connected) -> None:
    evil = 'x"; DROP TABLE deals; --'
    quoted = evil.replace('"', '\\"')
    toml = DEALS + (
        f'[tables.deals.columns]\ndeal_id = "{quoted}"\nowner = "Owner"\nteam = "owner"\n'
        f'"{quoted}" = {{ column = "it\'s", dimension = true }}\n'
        'region = { column = "it\'s", values = { "\'" = "\'; SELECT 1" } }\n'
    )
    header = '"x""; DROP TABLE deals; --",Owner,owner,it\'s\n'
    crm = connected(toml, deals_csv=header + "1,Ann,North,'\n")
    assert crm.own_dimensions["deals"] == (evil,)
    assert crm.query("SELECT deal_id, owner, team, region FROM deals") == [
        ("1", "Ann", "North", "'; SELECT 1")
    ]


@pytest.mark.parametrize(
    ("zone", "at", "utc"),
    [
        ("UTC", "2024-03-31 02:30", dt.datetime.fromisoformat("2024-03-31 02:30")),
        ("Europe/Paris", "2024-03-31 02:30", None),
        ("Europe/Paris", "2024-07-01 00:30", dt.datetime.fromisoformat("2024-06-30 22:30")),
        ("America/New_York", "2024-03-10 02:30", None),
        ("America/New_York", "2024-07-01", dt.datetime.fromisoformat("2024-07-01 04:00")),
    ],
)
def test_local_times_become_utc_and_skipped_ones_are_quarantined(
    connected: Connected, zone: str, at: str, utc: dt.datetime | None
) -> None:
    toml = f'[project]\ntime_zone = "{zone}"\n' + DEALS
    crm = connected(toml, deals_csv=f"deal_id,closed_at\n1,{at}\n2,2024-01-01\n")
    found = crm.query("SELECT closed_at FROM deals WHERE deal_id = '1'")
    assert found == ([(utc,)] if utc else [])
    skipped = [(2, "closed_at", f"a time that the clocks skipped in {zone}")]
    assert reasons(crm) == ([] if utc else skipped)


def test_all_mistakes_of_the_mapping_are_told_at_once(connected: Connected) -> None:
    toml = (
        '[tables.dealz]\nfile = "d.csv"\n'
        '[tables.deals]\nfile = "d.csv"\nkey = "id"\ndecimal = ";"\n'
        '[tables.deals.columns]\namuont = "a"\nstatus = { sql = "read_csv(a)" }\n'
        'closed_at = { column = "c", date_format = "%q" }\n'
        '"_x" = { column = "x", dimension = true }\n'
    )
    with pytest.raises(ConfigError) as caught:
        connected(toml)
    for sentence in (
        "tables.dealz: unknown table, did you mean 'deals'?",
        "tables.deals: decimal ';': expected one of",
        "tables.deals.columns.amuont: unknown column, did you mean 'amount'?",
        "tables.deals.columns.status.sql: function 'read_csv'",
        "tables.deals.columns.closed_at: date_format '%q': %q is not known",
        "tables.deals.columns._x: expected a name that is not ours",
        "tables.deals.key: 'id': ",
    ):
        assert sentence in str(caught.value)


def test_a_table_with_an_id_takes_no_other(connected: Connected) -> None:
    """Deals told apart by another column would be joined twice to their stages."""
    toml = DEALS + 'key = "owner"\n'
    with pytest.raises(ConfigError, match="key: 'owner': deals are identified by deal_id already"):
        connected(toml, deals_csv="deal_id,owner\na,x\na,y\n")


def test_a_select_over_the_tables_makes_a_table(connected: Connected) -> None:
    toml = DEALS + '[tables.orders]\nsql = "orders.sql"\n'
    sql = (
        "SELECT _line, deal_id AS order_id, amount, closed_at AS ordered_at, 'x' AS mine FROM deals"
    )
    crm = connected(
        toml, deals_csv="deal_id,amount,closed_at\na,5,2024-07-01\nb,x,\n", orders_sql=sql
    )
    assert crm.query("FROM orders") == [
        (2, "a", Decimal("5"), dt.datetime.fromisoformat("2024-06-30 22:00"), "x")
    ]
    assert crm.own_dimensions["orders"] == ("mine",)


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELECT 1; SELECT 2", "expected one SELECT"),
        ("COPY deals TO 'x.csv'", "expected one SELECT"),
        ("WITH x AS (DELETE FROM deals RETURNING *) SELECT * FROM x", r"orders\.sql: "),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled"),
        ("SELECT nothing FROM deals", "nothing"),
        ("SELEC", r"orders\.sql: "),
    ],
)
def test_sql_of_the_user_only_selects(connected: Connected, sql: str, sentence: str) -> None:
    toml = DEALS + '[tables.orders]\nsql = "orders.sql"\n'
    with pytest.raises(DataError, match=sentence):
        connected(toml, deals_csv="deal_id\na\n", orders_sql=sql)
