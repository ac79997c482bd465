"""`where` leaves rows out, counted and not judged; what is left is read as ever."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.errors import ConfigError, DataError

Connected = Callable[..., Crm]
COLUMNS = """
[tables.deals.columns]
deal_id = "id"
amount = "amount"
owner = "owner"
"""
ROWS = """id,amount,owner,deleted
1,10,Ann,false
2,much,Ann,true
3,20,Bob,
1,30,Bob,TRUE
4,oops,Bob,false
5,40
"""


def toml(where: str, *, more: str = "", columns: str = COLUMNS) -> str:
    return f'[tables.deals]\nfile = "deals.csv"\nwhere = """{where}"""\n{more}{columns}'


def kept(crm: Crm) -> list[str]:
    return [row[0] for row in crm.query("SELECT deal_id FROM deals ORDER BY _line")]


def test_every_row_is_kept_left_out_or_set_aside_and_those_left_out_are_not_judged(
    connected: Connected,
) -> None:
    """Of six rows two are deleted, one does not say so, one amount is none, and one is short."""
    where = "lower(coalesce(deleted, 'false')) = 'false'"
    crm = connected(toml(where, more='bad_rows = "50%"\n'), deals_csv=ROWS)
    (read,) = crm.reading
    assert (read.rows, read.kept, read.left_out, read.quarantined) == (6, 2, 2, 2)
    assert read.rows_are_accounted_for
    assert read.judged == 4
    assert kept(crm) == ["1", "3"]
    assert list(crm.quarantine()["line"]) == [6, 7]


def test_a_condition_that_is_null_leaves_a_row_out(connected: Connected) -> None:
    crm = connected(toml("deleted = 'false'", more='bad_rows = "70%"\n'), deals_csv=ROWS)
    assert (crm.reading[0].left_out, kept(crm)) == (3, ["1"])


def test_the_share_of_bad_rows_is_that_of_the_rows_not_left_out(connected: Connected) -> None:
    deals = "id,amount,owner,deleted\n" + "1,1,Ann,yes\n" * 98 + "2,x,Ann,no\n3,1,Ann,no\n"
    with pytest.raises(DataError, match=r"1 of 2 rows are bad, more than bad_rows = '5%'"):
        connected(toml("deleted = 'no'"), deals_csv=deals)


def test_a_number_is_compared_as_it_is_written(connected: Connected) -> None:
    crm = connected(
        toml("number(amount) >= 1000", more="decimal = ','\nthousands = ' '\n"),
        deals_csv='id,amount,owner\n1,"1 000,00",A\n2,"999,99",A\n3,,A\n',
    )
    assert kept(crm) == ["1"]
    assert crm.reading[0].left_out == 2


def test_a_row_whose_number_is_none_is_set_aside_where_that_decides(connected: Connected) -> None:
    """Row 3 is left out whatever its amount is; of row 2 nobody can tell."""
    crm = connected(
        toml("owner = 'Ann' and number(amount) > 5", more='bad_rows = "50%"\n'),
        deals_csv="id,amount,owner\n1,10,Ann\n2,1 000,Ann\n3,x,Bob\n4,2,Ann\n",
    )
    (read,) = crm.reading
    assert (read.kept, read.left_out, read.quarantined) == (1, 2, 1)
    (bad,) = crm.quarantine().itertuples()
    assert (bad.line, bad.column, bad.value) == (3, "where", "1 000")
    assert bad.reason.startswith("not a number")
    assert bad.reason.endswith("""it fits thousands = " \"""")


def test_joined_columns_null_words_and_files_of_canonical_names(
    project: Callable[..., Path],
) -> None:
    joined = '[tables.deals.joins.users]\nfile = "users.csv"\non = { user = "owner" }\n'
    config = project(
        toml("users.kind = 'person'", more='null = ["", "?"]\n', columns=joined),
        deals_csv="deal_id,amount,owner\n1,10,Ann\n2,20,bot\n3,30,Eve\n",
        users_csv="user,kind\nAnn,person\nbot,machine\nEve,?\n",
    )
    crm = connect(config, as_of="2026-01-01")
    assert kept(crm) == ["1"]
    deals, users = crm.reading
    assert (deals.left_out, dict(deals.unmatched)) == (2, {"users": 0})
    assert (users.rows, users.kept) == (3, 3)
    assert connect(config, as_of="2026-01-01").reading == crm.reading  # out of the snapshot


def test_a_row_left_out_is_no_first_row_of_an_id(connected: Connected) -> None:
    crm = connected(
        toml("kind <> 'test'"),
        deals_csv="id,amount,owner,kind\n1,9,Ann,test\n1,5,Ann,real\n2,1,Bob,real\n",
    )
    assert crm.query("SELECT deal_id, amount::INT FROM deals ORDER BY 1") == [("1", 5), ("2", 1)]
    (read,) = crm.reading
    assert (read.rows, read.kept, read.quarantined, read.left_out) == (3, 2, 0, 1)


def test_remarks_are_of_rows_that_are_there(connected: Connected) -> None:
    columns = COLUMNS + 'status = { column = "stage", values = { Won = "won", "*" = "open" } }\n'
    crm = connected(
        toml("deleted = 'no'", columns=columns),
        deals_csv="id,amount,owner,deleted,stage\n1,1,A,no,Won\n2,1,A,yes,Odd\n",
    )
    assert not [one for one in crm.remarks() if one.kind == "rest"]


def test_several_files_are_counted_together(project: Callable[..., Path]) -> None:
    text = toml("deleted = 'no'").replace('"deals.csv"', '["a.csv", "b.csv"]')
    head = "id,amount,owner,deleted\n"
    config = project(text, a_csv=head + "1,1,A,no\n2,1,A,yes\n", b_csv=head + "3,1,A,yes\n")
    (read,) = connect(config, as_of="2026-01-01").reading
    assert (read.rows, read.kept, read.left_out) == (3, 1, 2)


def test_a_condition_that_leaves_nothing_stops_the_reading(connected: Connected) -> None:
    deals = "id,amount,owner,deleted\n1,1,A,False\n2,1,A,False\n"
    where = "deleted = 'false'"
    told = r"deals\.csv: tables\.deals\.where leaves out all of its 2 rows \(may_be_empty = true"
    with pytest.raises(DataError, match=told):
        connected(toml(where), deals_csv=deals)
    crm = connected(toml(where, more="may_be_empty = true\n"), deals_csv=deals)
    assert (crm.reading[0].kept, crm.reading[0].left_out) == (0, 2)


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("deleted", "expected a condition that holds or not"),
        ("number(amount)", "expected a condition that holds or not"),
        ("amount > 5", r"number\(column\) reads one as a number"),
        ("deleted = 'x'; drop table deals", "expected one expression, without a semicolon"),
        ("id in (select id from deals)", "over a query is not allowed"),
        ("deleted = read_text('x')", "function 'read_text'"),
        ("", "expected one expression"),
    ],
)
def test_what_is_no_condition_is_named(connected: Connected, where: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=rf"tables\.deals\.where: .*{sentence}"):
        connected(toml(where), deals_csv=ROWS)


def test_a_column_that_is_not_there_is_named(connected: Connected) -> None:
    with pytest.raises(DataError, match=r"column 'deletd' is missing: .*deleted"):
        connected(toml("deletd = 'no'"), deals_csv=ROWS)


def test_a_select_has_its_own_where(connected: Connected) -> None:
    with pytest.raises(ConfigError, match="where, key and keep belong to a file"):
        connected('[tables.deals]\nsql = "deals.sql"\nwhere = "true"\n')


def test_a_condition_beside_the_last_rows_of_records_is_refused(connected: Connected) -> None:
    """Of a deleted deal, whose last row it leaves out, an older row would count."""
    keep = 'keep = { last_by = "updated_at", per = "deal_id" }\n'
    with pytest.raises(ConfigError, match=r"tables\.deals: where and keep: .* \[staging\.x\]"):
        connected(f'[tables.deals]\nfile = "deals.csv"\nwhere = "true"\n{keep}')
