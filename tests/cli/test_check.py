"""`kpi check` says everything that is known of the data, on a terminal, as JSON and as rows."""

import csv
import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from tests.cli.conftest import called
from tests.sales_project import write_project

LONG = "opportunity_pipeline_export_of_the_whole_company_2026_final_version_2.csv"
TOML = f"""
[project]
name = "Ardane"
as_of = 2026-10-05

[tables.deals]
file = "{LONG}"
bad_rows = "50%"

[tables.deals.columns]
deal_id = "id"
amount = "amount"
created_at = "created"
closed_at = "closed"
owner = "owner"
[tables.deals.columns.status]
column = "stage"
values = {{ Won = "won", Lost = "lost", Gone = "lost", "*" = "open" }}

[quality.required]
deals = ["amount", "owner"]
"""
DEALS = """id,amount,created,closed,owner,stage
1,100,2026-07-01,2026-08-01,Ann,Won
2,much,2026-07-02,2026-08-02,Ann,Won
3,=1+1,2026-07-02,2026-08-02,Bob,Lost
1,5,2026-07-03,2026-08-03,Bob,Lost
5,5,2026-07-03,,,Qualified
6,5,2026-07-03,2026-06-03,Bob,Lost
"""


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    (tmp_path / LONG).write_text(DEALS, encoding="utf-8")
    (tmp_path / "kpi.toml").write_text(TOML, encoding="utf-8")
    return tmp_path / "kpi.toml"


def test_the_text_says_rows_reasons_examples_remarks_dates_and_gaps(dirty: Path) -> None:
    said = " ".join(called("check", "--config", dirty).output.split())
    assert "data as of: 2026-10-05 00:00 newest event: 2026-08-01 00:00 (65 d before that)" in said
    assert "last complete month with records: 2026-07" in said
    assert "6 3 3" in said
    assert "Set aside: 3 of 6 rows (50.00%)" in said
    assert "deals.amount: not an amount with decimal mark '.' and at most 4 decimals (2)" in said
    assert "line 3: 'much'" in said
    assert "deals.deal_id: same id as an earlier row (1)" in said
    assert "deals.status (1): “*” of the value map made “open” of these: “Qualified” (1)." in said
    assert "deals.status: No row has these keys of the value map: “Gone”." in said
    assert "deals.closed_at (1): Earlier than “created_at”, which comes first." in said
    assert "deals.closed_at 2026-06-03 2026-08-01" in said
    assert "No currency is declared (project.currency): amounts were taken to be in EUR." in said
    assert "No time zone is declared (project.time_zone)" in said
    assert "Filled in deals: owner 66.7%, closed_at 66.7%; the others in every row" in said
    assert "Complete deals (quality.required: amount, owner): 2 of 3 rows (66.7%)" in said
    assert "KPIs available: " in said


def test_rows_that_a_condition_leaves_out_are_counted(tmp_path: Path) -> None:
    (tmp_path / LONG).write_text(DEALS, encoding="utf-8")
    toml = TOML.replace('bad_rows = "50%"', "where = \"owner = 'Bob' and id <> '3'\"")
    (tmp_path / "kpi.toml").write_text(toml, encoding="utf-8")
    lines = called("check", "--config", tmp_path / "kpi.toml").output.splitlines()
    first = next(n for n, line in enumerate(lines) if "rows  kept" in line)
    deals = next(n for n, line in enumerate(lines) if line.startswith("deals "))
    assert " ".join(" ".join(lines[first:deals]).split()).endswith("set aside left out by where")
    assert lines[deals].split()[-4:] == ["6", "2", "0", "4"]
    told = json.loads(called("check", "--json", "--config", tmp_path / "kpi.toml").output)
    assert told["assumed"] == {
        "project.time_zone": "Europe/Paris",
        "project.currency": "EUR",
    }
    (read,) = told["tables"]
    assert [read[key] for key in ("rows", "kept", "set_aside", "left_out")] == [6, 2, 0, 4]


def test_no_line_is_longer_than_80_columns(dirty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(dirty.parent)
    lines = called("check").output.splitlines()
    assert max(map(len, lines[1:])) <= 80


def test_json_has_the_keys_that_are_promised(dirty: Path) -> None:
    told = json.loads(called("check", "--json", "--config", dirty).output)
    assert list(told) == [
        "project", "as_of", "newest_event", "age_days", "last_month", "tables", "set_aside",
        "remarks", "columns", "complete", "kpis", "targets", "targets_without_kpi",
        "headlines", "own_dimensions", "assumed", "reports",
    ]  # fmt: skip
    assert (told["project"], told["as_of"]) == ("Ardane", "2026-10-04T22:00:00+00:00")
    assert told["tables"] == [
        {
            "table": "deals", "file": LONG, "rows": 6, "kept": 3, "set_aside": 3,
            "superseded": 0, "left_out": 0, "unmatched": {}, "derived": False,
        }
    ]  # fmt: skip
    assert told["set_aside"][0]["examples"] == [
        {"file": LONG, "line": 3, "value": "much"},
        {"file": LONG, "line": 4, "value": "=1+1"},
    ]
    assert {(r["kind"], r["value"], r["rows"], r["line"]) for r in told["remarks"]} == {
        ("key_unused", "Gone", 0, None),
        ("rest", "Qualified", 1, 6),
        ("disorder", "2026-06-02 22:00:00", 1, 7),
    }
    assert told["complete"] == [
        {
            "table": "deals", "required": ["amount", "owner"], "rows": 3, "complete": 2,
            "missing": [],
        }
    ]  # fmt: skip
    column = next(c for c in told["columns"] if c["column"] == "closed_at")
    assert (column["filled"], column["first"], column["ahead"]) == (2, "2026-06-03", 0)


def test_the_rows_set_aside_are_written_and_are_no_formulas(dirty: Path, tmp_path: Path) -> None:
    path = tmp_path / "aside.csv"
    assert called("check", "--quarantine", path, "--config", dirty).exit_code == 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["column"], row["value"]) for row in rows] == [
        ("3", "amount", "much"),
        ("4", "amount", "'=1+1"),
        ("5", "deal_id", "1"),
    ]
    assert {row["file"] for row in rows} == {LONG}
    nowhere = called("check", "--quarantine", tmp_path / "no" / "x.csv", "--config", dirty)
    assert nowhere.exit_code == 3


def test_no_file_of_the_project_is_written_over(dirty: Path) -> None:
    data = next(dirty.parent.glob("*.csv"))
    for path in (dirty, data):
        before = path.read_bytes()
        aside = called("check", "--quarantine", path, "--config", dirty)
        records = called(
            "value", "won_value", "--period", "2026", "--records", path, "--config", dirty
        )
        assert (aside.exit_code, records.exit_code, path.read_bytes()) == (2, 2, before)
        assert "the project reads that file" in aside.output


def test_holidays_of_no_country_are_refused_before_a_report_asks_for_them(dirty: Path) -> None:
    text = dirty.read_text(encoding="utf-8").replace(
        "[tables.deals]", 'holidays = "ZZ"\n\n[tables.deals]'
    )
    dirty.write_text(text, encoding="utf-8")
    found = called("check", "--config", dirty)
    assert (found.exit_code, "holidays 'ZZ': expected one of" in found.output) == (2, True)


def test_a_report_whose_kpis_lack_data_is_named(tmp_path: Path) -> None:
    config = write_project(tmp_path / "sales", rows=50)
    said = " ".join(called("check", "--config", config).output.split())
    assert "report sales: 1 of its 11 KPIs are not available" in said
    assert said.endswith("in their place: new_customer_revenue")
    told = json.loads(called("check", "--json", "--config", config).output)
    (report,) = told["reports"]
    assert report["not_available"] == ["new_customer_revenue"]
    assert "won_value" in report["kpis"]
    assert report["unknown"] == {}


def test_a_name_in_a_notebook_that_is_no_kpi_is_told(tmp_path: Path) -> None:
    config = write_project(tmp_path / "sales", rows=50)
    path = config.parent / "notebooks" / "sales.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell("report.trend(sales.won_valu)"))
    nbformat.write(notebook, path)
    said = " ".join(called("check", "--config", config).output.split())
    assert (
        "report sales: its notebook will fail at sales.won_valu, which is no KPI: did you" in said
    )
    told = json.loads(called("check", "--json", "--config", config).output)
    assert list(told["reports"][0]["unknown"]) == ["sales.won_valu"]


@pytest.mark.parametrize(
    ("declared", "fault"),
    [
        (
            '[[shifts]]\nday = 2026-03-01\nwhat = "x"\nkpis = ["won_valu", "nonsense"]\n',
            ["shifts of 2026-03-01: kpis 'won_valu': did you mean 'won_value'", "kpis 'nonsense':"],
        ),
        (
            "[reports.sales.parameters]\nperid = 1\n",
            ["parameter 'perid' of sales.ipynb: did you mean 'period'?"],
        ),
    ],
)
def test_what_would_fail_each_report_is_refused(
    tmp_path: Path, declared: str, fault: list[str]
) -> None:
    config = write_project(tmp_path / "sales", rows=50)
    config.write_text(f"{config.read_text(encoding='utf-8')}\n{declared}", encoding="utf-8")
    found = called("check", "--config", config)
    assert found.exit_code == 2
    assert all(part in found.output for part in fault)
