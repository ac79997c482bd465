"""What an operator's SQL may do, and that no name or value of the data becomes SQL."""

from pathlib import Path

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.config import load
from kpi_toolkit.crm.connect import connect
from kpi_toolkit.errors import ConfigError, DataError

TOML = """[project]
time_zone = "UTC"
as_of = 2026-10-05
[tables.deals]
file = "deals.csv"
"""
DEALS = """deal_id,owner,status,amount,created_at,closed_at
1,Ann,won,100,2026-07-02,2026-08-01
"""
OUT = "stolen.csv"
HOSTILE = [
    "'; DROP TABLE deals; --",
    '"; DROP TABLE deals; --',
    "' OR 1=1 --",
    "$x^2$ \\",
    "{{7*7}}",
    "%s :name ? $1",
    "\x1b[31m",
    "x" * 5000,
]


def project(folder: Path, sql: str = "", toml: str = TOML, deals: str = DEALS) -> Path:
    (folder / "deals.csv").write_text(deals, encoding="utf-8")
    (folder / "deals.sql").write_text(sql, encoding="utf-8")
    (folder / "kpi.toml").write_text(toml + ('sql = "deals.sql"\n' if sql else ""))
    return folder / "kpi.toml"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('kpi.toml')",
        "SELECT * FROM read_blob('/etc/hostname')",
        "SELECT * FROM read_parquet('.kpi/**')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT *, (SELECT content FROM read_text('kpi.toml')) AS product FROM deals",
        "SELECT * FROM query('SELECT * FROM read_csv(''/etc/passwd'')')",
        "SELECT getenv('HOME')",
        "SELECT * FROM duckdb_secrets()",
        f"COPY deals TO '{OUT}'",
        "EXPORT DATABASE 'stolen'",
        "ATTACH 'stolen.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SET enable_external_access = true",
        "WITH x AS (DELETE FROM deals RETURNING *) SELECT * FROM x",
        "SELECT * FROM deals; DROP TABLE deals",
        "SELECT repeat('x', 100000000000) AS owner FROM deals",
        "",
        "-- nothing",
    ],
)
def test_a_sql_file_is_one_select_over_the_tables_that_were_read(tmp_path: Path, sql: str) -> None:
    config = project(tmp_path, sql or " ")
    with pytest.raises(DataError) as raised:
        connect(config)
    assert str(raised.value).startswith("deals.sql: ")
    assert "\n" not in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".kpi") == [
        "deals.csv",
        "deals.sql",
        "kpi.toml",
    ]


def test_a_sql_file_that_is_not_utf_8_is_one_sentence(tmp_path: Path) -> None:
    config = project(tmp_path, "SELECT 1")
    (tmp_path / "deals.sql").write_bytes(b"SELECT '\xe9'")
    with pytest.raises(DataError, match="it is not UTF-8"):
        connect(config)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_is_a_value_and_no_more(tmp_path: Path, text: str) -> None:
    quoted = text.replace('"', '""')
    crm = connect(project(tmp_path, deals=DEALS.replace("Ann", f'"{quoted}"')))
    assert kt.won_value(crm, "2026-Q3").value == 100
    assert list(kt.won_value.by(crm, "2026-Q3", "owner").index) == [text]
    assert len(kt.won_value.records(crm, "2026-Q3")) == 1


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_a_name_of_a_column_is_a_name_and_no_more(tmp_path: Path, text: str) -> None:
    deals = pd.DataFrame(
        {
            "deal_id": ["1"],
            "status": ["won"],
            "amount": [100.0],
            "created_at": ["2026-07-02"],
            "closed_at": ["2026-08-01"],
            text: ["red"],
        }
    )
    crm = kt.from_frames(deals=deals, as_of="2026-10-05")
    assert crm.own_dimensions["deals"] == (text,)
    assert list(kt.won_value.by(crm, "2026-Q3", text).index) == ["red"]


def test_names_of_kpi_toml_are_names_and_no_more(tmp_path: Path) -> None:
    evil = 'a\\"; DROP TABLE deals; --'
    toml = f"""{TOML}
[tables.deals.joins."{evil}"]
file = "deals.csv"
on = {{ deal_id = "deal_id" }}
[tables.deals.columns]
deal_id = "deal_id"
status = "status"
amount = "amount"
closed_at = "closed_at"
owner = {{ column = "owner", values = {{ Ann = "'; DROP TABLE deals; --" }} }}
team = "{evil}.owner"
"dimension {evil}" = {{ constant = "'", dimension = true }}
"""
    crm = connect(project(tmp_path, toml=toml))
    assert list(kt.won_value.by(crm, "2026-Q3", "owner").index) == ["'; DROP TABLE deals; --"]
    assert list(kt.won_value.by(crm, "2026-Q3", "team").index) == ["Ann"]


def test_a_thousand_dimensions_of_ones_own(tmp_path: Path) -> None:
    heads, cells = ",".join(f"d{n}" for n in range(1000)), ",".join(["x"] * 1000)
    own = "\n".join(f'd{n} = {{ column = "d{n}", dimension = true }}' for n in range(1000))
    known = "\n".join(f'{c} = "{c}"' for c in ("deal_id", "status", "amount", "closed_at"))
    toml = f"{TOML}[tables.deals.columns]\n{known}\n{own}\n"
    first, second, _ = DEALS.split("\n")
    crm = connect(project(tmp_path, toml=toml, deals=f"{first},{heads}\n{second},{cells}\n"))
    assert list(kt.won_value.by(crm, "2026-Q3", "d999").index) == ["x"]


@pytest.mark.parametrize("nul", ["\\u0000", "\\U00000000"])
def test_kpi_toml_without_nul(tmp_path: Path, nul: str) -> None:
    toml = TOML.replace("deals.csv", f"deals{nul}.csv")
    with pytest.raises(ConfigError, match="NUL"):
        load(project(tmp_path, toml=toml))
