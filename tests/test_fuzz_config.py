"""A kpi.toml with random damage is read, or refused in sentences; so is what it declares."""

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm import building, mapping
from kpi_toolkit.crm.building import Home
from kpi_toolkit.crm.database import locked
from kpi_toolkit.errors import ConfigError, DataError
from tests.damage import SHARE, clear, damaged

TOML = """[project]
name = "Firma"
language = "fr"
currency = "EUR"
time_zone = "Europe/Paris"
fiscal_year_starts = 4
holidays = "FR"
business_hours = "Mon-Thu 09:00-12:00 14:00-18:00, Fri 09:00-17:00"
closed = [2026-12-24]
as_of = 2026-10-05
[source]
kind = "files"
path = "."
[tables.deals]
file = ["deals-*.csv"]
delimiter = ";"
encoding = "utf-8"
decimal = ","
thousands = " "
negative = "()"
date_format = "%d/%m/%Y"
null = ["", "?"]
bad_rows = "50%"
keep = { last_by = "created_at", per = "deal_id" }
[tables.deals.joins.teams]
file = "teams.csv"
on = { owner = { column = "Sales rep", values = { A = "Ann", "*" = "=" } } }
[tables.deals.columns]
deal_id = "Id"
owner = "Sales rep"
team = "teams.team"
amount = { sql = "number(Amount) * 2" }
created_at = { column = "Created", time_zone = "UTC" }
status = { column = "Stage", values = { Won = "won", "*" = "open" }, allowed = ["won", "open"] }
product = { constant = "x" }
level = { column = "Stage", dimension = true }
[staging.raw]
file = "teams.csv"
delimiter = ";"
where = "owner <> 'B'"
[staging.raw.columns]
id = { row = true }
size = { column = "team", type = "text" }
[tables.accounts]
sql = "accounts.sql"
[tables.exchange_rates]
file = "rates.csv"
may_be_empty = true
[reports.sales]
notebook = "sales.ipynb"
schedule = "0 7 * * 1"
period = "last complete month"
recipients = ["a@example.org"]
[quality.required]
deals = ["amount"]
[customers]
inactive_after = "12 months"
"""
FILES = {
    "deals-1.csv": "Id;Sales rep;Amount;Created;Stage\n1;A;1 234,50;03/04/2026;Won\n2;B;;;Lost\n",
    "deals-2.csv": "Id;Sales rep;Amount;Created;Stage\n3;A;(7,00);03/05/2026;Won\n",
    "teams.csv": "owner;team\nAnn;North\nB;South\n",
    "accounts.sql": "SELECT id AS account_id, size AS segment FROM raw",
    "rates.csv": "day,currency,rate\n2026-01-01,GBP,1.15\n",
}
# What may stand for a value; several do not fit most keys.
VALUES = ['""', "0", "-1", "1e400", "true", "[]", "{}", "[1, 2]", '["x"]', "2026-02-30", '"\\\t"']
VALUES += ['"*"', '"../../etc/passwd"', '"\\u2028"', '"[a-"', '"**"', '"x y"', "'\\'", '"%d%"']
VALUES += ["""'"; DROP TABLE deals; --'""", '"a.b.c"', '"(SELECT 1)"', '"env:HOME"', '"é" ', "99"]
VALUES += ['"1,2"', '"utf-7"', '"idna"', '"base64"', '"Mon 09:00-08:00"', '"' + "x" * 3000 + '"']


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with locked() as made:
        yield made


def changed(rng: random.Random) -> bytes:
    """One to four lines lost, doubled, moved, or with another value."""
    lines = TOML.splitlines()
    for _ in range(rng.randint(1, 4)):
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        key, equals, _ = lines[at].partition(" = ")
        ways = ["lose", "move", "double", "value", "value", "value", "value"]
        way = rng.choice(ways)
        if way == "value" and equals:
            lines[at] = f"{key} = {rng.choice(VALUES)}"
        elif way == "move":
            lines.insert(to, lines.pop(at))
        elif way == "double":
            lines.insert(to, lines[at])
        elif len(lines) > 5:
            lines.pop(at)
    return "\n".join(lines).encode()


@pytest.mark.parametrize("part", range(10))
def test_a_damaged_configuration_is_read_or_refused(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, part: int
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for n in range(round(20 * SHARE)):
        rng = random.Random(f"kpi.toml {part} {n}")
        given = changed(rng) if n % 2 else damaged(rng, TOML.encode(), "utf-8")
        (tmp_path / "kpi.toml").write_bytes(given)
        try:
            read = built(connection, tmp_path)
        except (ConfigError, DataError) as error:
            assert str(error).strip()
            assert "Python exception" not in str(error), given.decode("utf-8", "replace")
        else:
            assert all(found.rows_are_accounted_for for found in read)


def built(connection: duckdb.DuckDBPyConnection, folder: Path) -> building.Reading:
    clear(connection)
    config = load(folder / "kpi.toml")
    home = Home(config.calendar, config.project.currency)
    return building.from_plans(connection, mapping.plans(config), home)


def test_undamaged_it_is_read_whole(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    for name, text in {**FILES, "kpi.toml": TOML}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    built(connection, tmp_path)
    rows = connection.execute(
        "SELECT deal_id, team, amount, status FROM deals ORDER BY 1"
    ).fetchall()
    assert [(a, b, c and float(c), d) for a, b, c, d in rows] == [
        ("1", "North", 2469.0, "won"),
        ("2", "South", None, "open"),
        ("3", "North", -14.0, "won"),
    ]
