""" "Run all", papermill with nbconvert, and `kpi run` print the same values."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from kpi_toolkit.config import load
from kpi_toolkit.render.document import Document, read
from kpi_toolkit.render.exporters import KpiHtmlExporter, KpiPdfExporter
from tests import sales_project

pytestmark = pytest.mark.system
BIN = Path(sys.executable).parent
KPI = [sys.executable, "-c", "from kpi_toolkit.cli import main; main()"]


@dataclass(frozen=True)
class Made:
    """The report of the second quarter, made in one of the three ways."""

    document: Document
    page: str
    pdf: bytes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    folder = tmp_path_factory.mktemp("ways") / "project"
    config_file = sales_project.write_project(folder, rows=400)
    # `kpi run` comes last: the others must not find its report in the archive.
    return {
        "run all": run_all(folder),
        "papermill": papermill(folder),
        "kpi run": kpi_run(config_file),
    }


def run_all(folder: Path) -> Made:
    """The notebook with its parameters typed in, all cells executed."""
    notebook = nbformat.read(folder / "notebooks" / "sales.ipynb", as_version=4)
    (cell,) = (c for c in notebook.cells if "parameters" in c.metadata.get("tags", ()))
    cell.source = cell.source.replace('"last complete quarter"', '"2026-Q2"')
    client = NotebookClient(notebook, resources={"metadata": {"path": str(folder / "notebooks")}})
    executed = client.execute()
    page, _ = KpiHtmlExporter().from_notebook_node(executed)
    pdf, _ = KpiPdfExporter().from_notebook_node(executed)
    return Made(read(executed), page, pdf)


def papermill(folder: Path) -> Made:
    """Also through nbconvert's own command, which finds the exporters by their entry points."""
    parameters = ["-p", "period", "2026-Q2", "-p", "as_of", "2026-10-05"]
    command(BIN / "papermill", "notebooks/sales.ipynb", "out.ipynb", *parameters, folder=folder)
    for kind in ("kpi-html", "kpi-pdf"):
        command(BIN / "jupyter", "nbconvert", "--to", kind, "out.ipynb", folder=folder)
    document = read(nbformat.read(folder / "out.ipynb", as_version=4))
    page = (folder / "out.html").read_text(encoding="utf-8")
    return Made(document, page, (folder / "out.pdf").read_bytes())


def kpi_run(config_file: Path) -> Made:
    command(*KPI, "run", "sales", "--period", "2026-Q2", folder=config_file.parent)
    reports = load(config_file).reports_folder
    paths = {kind: next(reports.rglob(f"sales-*.{kind}")) for kind in ("ipynb", "html", "pdf")}
    document = read(nbformat.read(paths["ipynb"], as_version=4))
    return Made(document, paths["html"].read_text(encoding="utf-8"), paths["pdf"].read_bytes())


def command(*words: object, folder: Path) -> None:
    given = {**os.environ, "PYTHONPATH": str(sales_project.ROOT)}
    done = subprocess.run(
        [str(w) for w in words], cwd=folder, env=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


WAYS = ("papermill", "kpi run")


@pytest.mark.parametrize("way", WAYS)
def test_the_values_are_the_same_to_the_last_bit(made: dict[str, Made], way: str) -> None:
    assert by_key(made[way]) == by_key(made["run all"])
    assert len(by_key(made[way])) > 100


@pytest.mark.parametrize("way", WAYS)
def test_the_blocks_say_the_same(made: dict[str, Made], way: str) -> None:
    assert made[way].document.blocks == made["run all"].document.blocks
    assert made[way].document.meta == made["run all"].document.meta


@pytest.mark.parametrize("way", ["run all", *WAYS])
def test_each_gives_a_page_and_a_paper_that_show_the_values(
    made: dict[str, Made], way: str
) -> None:
    found = made[way]
    assert found.page.startswith("<!doctype html>")
    assert found.pdf.startswith(b"%PDF-")
    (board,) = (b["content"] for b in found.document.blocks if b["kind"] == "scorecard")
    figures = [row["value"] for group in board["groups"] for row in group["rows"]]
    assert len(figures) == 9
    assert all(figure in found.page for figure in figures)
    assert "Not available: " in board["note"]


def test_another_value_would_be_noticed(made: dict[str, Made]) -> None:
    rows = by_key(made["kpi run"])
    key = next(key for key, row in rows.items() if row["value"])
    rows[key] = rows[key] | {"value": rows[key]["value"] * (1 + 1e-12)}
    assert rows != by_key(made["run all"])


def by_key(found: Made) -> dict[str, dict]:
    names = ("kpi", "options", "dimension", "member", "dimension2", "member2", "grain")
    key = (*names, "period_start")
    return {json.dumps([row[k] for k in key]): dict(row) for row in found.document.values}
