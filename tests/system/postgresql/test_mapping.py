"""What a mapping says gives in place what it gives in a copy, or is refused."""

from pathlib import Path

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.errors import DataError
from tests.system.postgresql.conftest import Connect, made
from tests.system.postgresql.server import Server

pytestmark = pytest.mark.system

MAPPED = """
[tables.deals]
table = "mapped.opportunities"
where = "coalesce(tier, '') <> 'Z' and number(id) > 0"
[tables.deals.joins.teams]
table = "mapped.teams"
on = { agent = "agent" }
[tables.deals.columns]
deal_id = "id"
status = { column = "stage_id", values = { 1 = "won", 2 = "lost", "*" = "open" } }
is_focus = { column = "tier", values = { A = "true", "*" = "false" } }
amount = { sql = "coalesce(number(value), number(listed) * 2)" }
owner = "agent"
team = "teams.team"
kind = { constant = "new" }
created_at = "created"
closed_at = { column = ["closed", "lost"], time_zone = "America/New_York" }
expected_close_on = { constant = "2026-03-29" }
manager = { column = "teams.manager", dimension = true }
"""
OPPORTUNITIES = (
    "CREATE TABLE opportunities (id int, stage_id int, tier char(2), value float8, "
    "listed numeric, agent text, created timestamptz, closed timestamp, lost timestamp)",
    "INSERT INTO opportunities VALUES "
    "(1, 1, 'A', 0.1, 5, ' Zoe\u0301 ', '2026-03-29 01:30:00+00', '2026-06-01 12:00', NULL), "
    "(2, 2, 'B', NULL, 12.25, 'Bob', '2026-10-25 00:30:00+00', NULL, '2026-11-01 01:30'), "
    "(3, 9, NULL, NULL, NULL, '', NULL, NULL, NULL), (4, 9, 'Z', 1, 1, '', NULL, NULL, NULL), "
    "(-5, 1, 'A', 1, 1, 'Eve', NULL, NULL, NULL)",
    "CREATE TABLE teams (agent text, team text, manager text)",
    "INSERT INTO teams VALUES ('Zo\u00e9', 'North', 'Ann'), ('Eve', 'South', 'Ann')",
)


def test_a_mapping_gives_in_place_what_it_gives_in_a_copy(server: Server, at: Connect) -> None:
    made(server, "mapped", *OPPORTUNITIES)
    copy, there = at(MAPPED, "copy"), at(MAPPED)
    assert copy.own_dimensions["deals"] == there.own_dimensions["deals"] == ("manager",)
    shown = ", ".join(sorted(there.columns["deals"]))
    sql = f"SELECT {shown} FROM deals ORDER BY deal_id"
    pd.testing.assert_frame_equal(there.frame(sql), copy.frame(sql), check_exact=True)
    assert there.query(sql) == copy.query(sql)
    (read,) = there.reading
    assert (read.rows, read.kept, read.left_out, read.unmatched) == (5, 3, 2, {"teams": 1})
    assert read == next(found for found in copy.reading if found.is_canonical)
    sql = "SELECT owner, CAST(closed_at AS VARCHAR) FROM deals WHERE deal_id <> '3' ORDER BY 1"
    bob, zoe = ("Bob", "2026-11-01 06:30:00"), ("Zo\u00e9", "2026-06-01 16:00:00")
    assert there.query(sql) == [bob, zoe]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Sao_Paulo", "Africa/Cairo"])
def test_times_without_a_zone_are_placed_alike(server: Server, at: Connect, zone: str) -> None:
    times = "generate_series(timestamp '2018-10-25 00:00', '2018-11-10', '30 min') AS t"
    there = f"((t AT TIME ZONE '{zone}') AT TIME ZONE '{zone}') = t"
    made(
        server,
        "placed",
        "CREATE TABLE d AS SELECT CAST(row_number() OVER () AS text) AS deal_id, t AS created_at "
        f"FROM {times} WHERE {there} OR CAST(t AS time) = '00:00'",
    )
    tables = f'[tables.deals]\ntable = "placed.d"\ntime_zone = "{zone}"\n'
    sql = "SELECT deal_id, created_at FROM deals ORDER BY 1"
    assert at(tables).query(sql) == at(tables, "copy").query(sql)


DATED = """
[tables.deals]
table = "dated.d"
[tables.deals.columns]
deal_id = "id"
status = { constant = "won" }
created_at = "opened"
closed_at = "closed"
"""


def test_days_over_a_change_of_the_clock_are_whole_in_place_too(
    server: Server, at: Connect
) -> None:
    made(server, "dated",
         "CREATE TABLE d (id int, opened timestamp, closed timestamp)",
         "INSERT INTO d VALUES (1, '2026-03-01', '2026-05-01'), "
         "(2, '2026-03-28 12:00', '2026-05-04 12:00'), (3, '2026-04-01', '2026-05-02')",
         )  # fmt: skip
    copy, there = at(DATED, "copy"), at(DATED)
    for kpi, days in ((kt.sales_cycle, (61 + 37 - 1 / 24 + 31) / 3), (kt.sales_cycle_median, None)):
        found = kpi(there, "2026-05")
        assert found == kpi(copy, "2026-05")
        assert days is None or found.value == pytest.approx(days, abs=1e-12)


COLUMN = '[tables.deals]\ntable = "refused.d"\n[tables.deals.columns]\ndeal_id = "id"\n'
REFUSED = [
    ('amount = "note"', "amount: note is text, and money is expected"),
    ('created_at = { column = "note", date_format = "%d/%m/%Y" }', "note is text, and instant"),
    ("amount = { sql = \"note || 'x'\" }", "the expression gives text, and money"),
    ('owner = { sql = "upper(note)" }', r"upper\(\): only a copy has it"),
    ('owner = { sql = "left(amount, 1)" }', "function left"),
    ('owner = "notes"', "column 'notes' is missing: did you mean 'note'"),
    ('status = "note"', "2 rows have a status that is not one of open, won, lost"),
    ('quality = "broken"', "1 rows have a quality that is no number"),
    ('currency = "note"\namount = "amount"', "2 rows are in another currency than EUR"),
    ('created_at = "skipped"', "1 rows have a created_at that is no time"),
    (
        'account_id = "note"\n[tables.deals.keep]\nlast_by = "account_id"\nper = "deal_id"',
        "only a copy",
    ),
    (
        'team = "j.x"\n[tables.deals.joins.j]\ntable = "refused.j"\non = { k = "id" }',
        "'1' stands 2 times",
    ),
]


@pytest.mark.parametrize(("column", "sentence"), REFUSED)
def test_what_a_copy_would_quarantine_is_refused_in_place(
    server: Server, at: Connect, column: str, sentence: str
) -> None:
    made(server, "refused",
         "CREATE TABLE d (id int, note text, amount numeric, broken float8, skipped timestamp)",
         "INSERT INTO d VALUES (1, 'a', 1, 'NaN', '2026-03-29 02:30'), (2, 'b', 2, 1, NULL)",
         "CREATE TABLE j AS SELECT * FROM (VALUES (1, 'x'), (1, 'y')) AS v (k, x)")  # fmt: skip
    with pytest.raises(DataError, match=sentence):
        at(COLUMN + column + "\n")


def test_doubled_and_missing_ids_are_refused(server: Server, at: Connect) -> None:
    tables = '[tables.deals]\ntable = "doubled.d"\n'
    made(server, "doubled", "CREATE TABLE d AS SELECT * FROM (VALUES ('1'), ('1')) AS v (deal_id)")
    with pytest.raises(DataError, match="deal_id '1' stands 2 times"):
        at(tables)
    made(server, "doubled", "CREATE TABLE d AS SELECT * FROM (VALUES (NULL), ('1')) AS v (deal_id)")
    with pytest.raises(DataError, match="1 rows have no deal_id"):
        at(tables)


def test_targets_and_files_are_read_beside_a_database_in_place(
    server: Server, at: Connect, tmp_path: Path
) -> None:
    target = "SELECT 'won_value' AS kpi, '2026-Q3' AS period, 5.0 AS value"
    deal = "SELECT '1' AS deal_id"
    made(server, "beside", f"CREATE TABLE d AS {deal}", f"CREATE TABLE t AS {target}")
    (tmp_path / "stages.csv").write_text("stage,position\nDemo,1\n")
    crm = at('[tables.deals]\ntable = "beside.d"\n[tables.targets]\ntable = "beside.t"\n'
             '[tables.stages]\nfile = "stages.csv"\n')  # fmt: skip
    assert crm.query("SELECT period, value, ends_at IS NULL FROM targets") == [
        ("2026-Q3", 5.0, False)
    ]
    assert crm.query("SELECT count(*) FROM stages") == [(1,)]
    with pytest.raises(DataError, match="deals of the database and 'stages'"):
        crm.query("SELECT count(*) FROM deals, stages")
    with pytest.raises(DataError, match="did you mean 'deals'"):
        crm.query("SELECT count(*) FROM deals, dealz")
