"""A project of four deals and one small notebook, which a kernel executes in a second."""

from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.deals_table import DEALS_TABLE

DEALS = """deal_id,owner,status,amount,created_at,closed_at
1,Ann,won,100.00,2026-07-02,2026-08-01
2,Bob,lost,50.00,2026-07-03,2026-08-02
3,Ann,won,300.00,2026-07-04,2026-09-01
4,Bob,open,80.00,2026-09-10,
"""
CONFIG = f"""
[project]
name = "Ardane"
language = "en"
time_zone = "Europe/Paris"
as_of = 2026-10-05T04:00:00
{DEALS_TABLE}
[reports.sales]
notebook = "sales.ipynb"
schedule = "0 7 * * 1"
period = "last complete quarter"
recipients = ["Lead <lead@example.org>"]
cell_timeout = 60

[mail]
sender = "Reports <reports@example.org>"
"""
PARAMETERS = """period = "last complete quarter"
as_of = ""
scope = "all"
language = ""
deals = 3"""
SET_UP = "from kpi_toolkit import blocks\nimport os, sys"
HEADER = """blocks.header(report="sales", title="Sales", period="Q3 2026", period_key=period,
    company="Ardane", language=language, as_of="2026-10-05T04:00:00",
    meta=[("Data as of", as_of), ("Scope", scope)])"""
FINDINGS = """blocks.findings(title="What stands out",
    heads=["Finding", "Change", "Weight", "Section"],
    items=[blocks.Finding([("More deals are won", True)], "+3 pp", True, 80)])"""
SCORECARD = """row = {"kpi": "decided_win_rate", "options": "", "dimension": "", "member": "",
    "dimension2": "", "member2": "", "grain": "quarter", "period_start": "2026-07-01",
    "value": deals / 4, "numerator": float(deals), "denominator": 4.0, "n": 4, "status": "ok",
    "reason": None, "definition_hash": "934ab99f4aa8", "unit": "percent", "window": "event",
    "complete": True}
blocks.scorecard(title="Figures", subject="",
    heads=["KPI", "Trend", "Q3", "on Q2", "year", "target", "signal", "n", "interval"],
    groups=[("Result", [blocks.ScoreRow("Win rate", "75", "%", previous=("+3 pp", True))])],
    values=[row])"""
CHART = """blocks.chart(name="trend", message="Up since June.", subject="Win rate",
    alt="Win rate: 75%",
    wide='<svg xmlns="http://www.w3.org/2000/svg" width="500pt" height="100pt" '
    'viewBox="0 0 500 100"><rect width="300" height="50" fill="#123F6D"/></svg>')"""
REPORT = (HEADER, FINDINGS, SCORECARD, CHART)


def write_project(folder: Path, *cells: str, config: str = CONFIG) -> Path:
    """A project whose notebook sets its parameters and then runs the cells; its kpi.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "kpi.toml").write_text(config, encoding="utf-8")
    write_notebook(folder / "sales.ipynb", cells or REPORT)
    return folder / "kpi.toml"


def write_notebook(path: Path, cells: Iterable[str]) -> None:
    """Title (cell 1), parameters (cell 2), set-up (cell 3), then the cells from 4 on."""
    opening = new_markdown_cell("# Sales\n> Are we winning more?")
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    code = [new_code_cell(source) for source in (SET_UP, *cells)]
    notebook = new_notebook(cells=[opening, parameters, *code])
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(notebook, path)
