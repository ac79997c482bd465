"""What is kept but deserves a word is noted while it is read, and kept in the snapshot."""

from collections.abc import Callable

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, connect, from_frames
from kpi_toolkit.crm.doubled import doubled
from kpi_toolkit.crm.moments import Moment
from tests.crm.conftest import Project

Connected = Callable[..., Crm]
PARIS = '[project]\ntime_zone = "Europe/Paris"\n'


def said(crm: Crm, *kinds: str) -> list[tuple[object, ...]]:
    return [
        (r.kind, r.column, r.value, r.other, r.rows, r.line)
        for r in crm.remarks()
        if not kinds or r.kind in kinds
    ]


def deals(status: str, more: str = "") -> str:
    return f"""{PARIS}
[tables.deals]
file = "deals.csv"
{more}
[tables.deals.columns]
deal_id = "id"
status = {{ column = "stage", values = {{ {status} }} }}
"""


STAGES = "id,stage\n1,Won\n2,Won\n3,Trial\n4,Demo\n5,Demo\n6,\n"


def test_what_a_star_caught_is_told_value_by_value_the_most_frequent_first(
    connected: Connected,
) -> None:
    crm = connected(deals('Won = "won", "*" = "open"'), deals_csv=STAGES)
    assert said(crm) == [
        ("rest", "status", "Demo", "open", 2, 5),
        ("rest", "status", "Trial", "open", 1, 4),
        ("unstated", "status", None, "", 1, 7),
    ]


def test_what_a_map_without_a_star_left_empty_is_told(connected: Connected) -> None:
    crm = connected(deals('Won = "won"'), deals_csv=STAGES)
    assert [remark[:3] for remark in said(crm, "to_null")] == [
        ("to_null", "status", "Demo"),
        ("to_null", "status", "Trial"),
    ]


def test_a_key_that_no_row_has_is_told(connected: Connected) -> None:
    crm = connected(deals('won = "won", Trial = "open", "*" = "open"'), deals_csv=STAGES)
    assert ("key_unused", "status", "won", "", 0, None) in said(crm)
    assert not [remark for remark in said(crm, "key_unused") if remark[2] == "Trial"]


def test_what_stands_as_it_is_needs_no_word(connected: Connected) -> None:
    toml = deals('Won = "won", "*" = "="').replace("status =", 'stage = "stage"\nkind =')
    toml = toml.replace("kind =", "region =")
    assert said(connected(toml, deals_csv=STAGES)) == []


def test_beyond_the_twenty_most_frequent_values_only_their_number_is_told(
    connected: Connected,
) -> None:
    rows = "".join(f"{n},s{n}\n" for n in range(30))
    crm = connected(deals('"*" = "open"'), deals_csv="id,stage\n" + rows)
    told = said(crm)
    assert len(told) == 21
    assert told[-1] == ("rest", "status", None, "open", 10, None)


def test_rows_that_are_set_aside_are_not_counted_and_yet_use_a_key(connected: Connected) -> None:
    toml = deals('Won = "won", "*" = "open"', 'bad_rows = "100%"') + 'amount = "amount"\n'
    crm = connected(toml, deals_csv="id,stage,amount\n1,Won,x\n2,Demo,x\n3,Demo,1\n")
    assert said(crm) == [("rest", "status", "Demo", "open", 1, 3)]


def test_keys_that_a_join_does_not_have_are_told(connected: Connected) -> None:
    join = '[tables.deals.joins.acc]\nfile = "accounts.csv"\non = { id = "account" }\n'
    toml = deals('Won = "won"', join) + 'segment = "acc.segment"\n'
    crm = connected(
        toml,
        deals_csv="id,stage,account\n1,Won,a\n2,Won,b\n3,Won,b\n4,Won,\n",
        accounts_csv="id,segment\na,SMB\n",
    )
    assert said(crm, "unmatched") == [("unmatched", "joins.acc", "b", "acc", 2, 3)]


DATED = f"""{PARIS}
[tables.deals]
file = "deals.csv"
[tables.deals.columns]
deal_id = "id"
created_at = "at"
"""


def test_an_hour_that_came_twice_is_named(connected: Connected) -> None:
    rows = (
        "id,at\n1,2024-10-27 01:59\n2,2024-10-27 02:30\n3,2024-10-27 02:59:59\n4,2024-10-27 03:00\n"
    )
    crm = connected(DATED, deals_csv=rows)
    assert said(crm) == [("doubled_hour", "created_at", "2024-10-27 01:30:00", "", 2, 3)]


@pytest.mark.parametrize("cell", ["2024-10-27 02:30+02:00", "2024-10-27T00:30Z", "2024-10-27"])
def test_an_offset_or_a_day_leaves_no_doubt(connected: Connected, cell: str) -> None:
    assert said(connected(DATED, deals_csv=f"id,at\n1,{cell}\n")) == []


def test_other_formats_of_local_times_are_named_too(connected: Connected) -> None:
    toml = DATED.replace('"at"', '{ column = "at", date_format = "%H:%M %d-%m-%Y" }')
    assert len(said(connected(toml, deals_csv="id,at\n1,02:30 27-10-2024\n"))) == 1


@pytest.mark.parametrize(
    "moment",
    [
        Moment(),
        Moment(time_zone="Asia/Kolkata"),
        Moment("epoch", time_zone="Europe/Paris"),
        Moment("%Y-%m-%d %H:%M %z", time_zone="Europe/Paris"),
        Moment(time_zone="Europe/Paris", day=True),
    ],
)
def test_where_no_hour_comes_twice_nothing_is_asked(moment: Moment) -> None:
    assert doubled("x", "raw", moment) == ""


def test_of_several_files_a_remark_names_the_file_and_its_line(project: Project) -> None:
    toml = deals('"*" = "open"').replace('"deals.csv"', '["a.csv", "b.csv"]')
    config = project(toml, a_csv="id,stage\n1,Demo\n", b_csv="id,stage\n2,Trial\n")
    told = [(r.value, r.file, r.line) for r in connect(config).remarks()]
    assert told == [("Demo", "a.csv", 2), ("Trial", "b.csv", 2)]
    assert [(r.value, r.file, r.line) for r in connect(config).remarks()] == told


def test_the_columns_beside_the_table_leave_no_trace(connected: Connected) -> None:
    crm = connected(DATED + 'status = { column = "id", values = { "1" = "won" } }', deals_csv=(
        "id,at\n1,2024-10-27 02:30\n"
    ))  # fmt: skip
    assert crm.columns["deals"] == {"deal_id", "created_at", "status"}


def test_of_frames_doubtful_rows_are_looked_for_when_asked() -> None:
    frame = pd.DataFrame({"deal_id": ["1"], "amount": [-5.0]})
    assert said(from_frames(deals=frame)) == [("negative", "amount", "-5.0000", "", 1, 1)]


def test_a_record_whose_last_row_is_bad_is_named(connected: Connected) -> None:
    """An older row counts: of A the newest amount is none, of C its day; of B an old one is bad."""
    rows = [
        "A,1,2024-01-01", "A,x,2024-01-02", "B,x,2024-01-01", "B,2,2024-01-02",
        "C,3,2024-01-01", "C,4,soon", "D,x,2024-01-01",
    ]  # fmt: skip
    crm = connected(
        '[tables.deals]\nfile = "deals.csv"\nbad_rows = "100%"\n'
        'keep = { last_by = "updated_at", per = "deal_id" }\n',
        deals_csv="deal_id,amount,updated_at\n" + "\n".join(rows) + "\n",
    )
    (older,) = [one for one in crm.remarks() if one.kind == "older_row"]
    assert (older.column, older.value, older.rows, older.line) == ("deal_id", "A", 2, 3)
    assert crm.query("SELECT deal_id, amount::INT FROM deals ORDER BY 1") == [
        ("A", 1), ("B", 2), ("C", 3),
    ]  # fmt: skip
