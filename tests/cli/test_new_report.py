"""`kpi new-report`: a report of one's own that runs at once, and nothing half-written."""

import json
import stat
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kpi_toolkit.config import load
from tests.cli.conftest import called

SET_UP = (
    'import kpi_toolkit as kt\né = "é"; report = kt.Report("sales", period=period, as_of=as_of)'
)


@pytest.fixture
def project(fresh: Path) -> Path:
    """Its notebook has been run, and makes a report."""
    parameters = 'period = ""\nas_of = ""\nscope = "all"\nlanguage = ""\ndeals = 3'
    ran = new_code_cell(SET_UP, execution_count=7, outputs=[new_output("stream", text="Ann")])
    cells = [
        new_markdown_cell("# Sales\n\n> Better?"),
        new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        ran,
        new_code_cell("report"),
        new_code_cell("report.scorecard(kt.decided_win_rate)"),
    ]
    notebook = nbformat.writes(new_notebook(cells=cells))
    (fresh.parent / "sales.ipynb").write_text(notebook, encoding="utf-8")
    return fresh


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_new_report_runs_at_once(project: Path) -> None:
    made = called("new-report", "north", "--from", "sales", "--config", project)
    assert made.exit_code == 0, made.output
    ran = called("run", "north", "--period", "2026-Q3", "--config", project)
    assert ran.exit_code == 0, ran.output
    (page,) = (project.parent / "reports" / "north").rglob("north-2026-Q3.html")
    text = page.read_text("utf-8")
    assert "North" in text
    assert "Win rate" in text


def test_its_notebook_has_a_title_and_a_name_of_its_own_and_no_output(project: Path) -> None:
    called("new-report", "north", "--title", "Le Nord", "--config", project)
    path = project.parent / "notebooks" / "north.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].source == "# Le Nord\n\n> Better?"
    assert cells[2].source == SET_UP.replace("sales", "north")
    assert (cells[2].outputs, cells[2].execution_count) == ([], None)
    assert "Ann" not in path.read_text("utf-8")


def test_kpi_toml_keeps_all_that_stands_in_it(project: Path) -> None:
    before = project.read_bytes() + b"# the last word"
    project.write_bytes(before)
    project.chmod(0o640)
    called("new-report", "north", "--title", 'Le "Nord"', "--config", project)
    assert project.read_bytes().startswith(before + b"\n")
    assert stat.S_IMODE(project.stat().st_mode) == 0o640
    entry = load(project).reports["north"]
    assert (entry.title, entry.period) == ('Le "Nord"', "last complete quarter")
    assert (entry.recipients, entry.schedule) == ((), "")


def test_an_executive_edition_brings_its_headlines_where_there_are_none(project: Path) -> None:
    asked = called("run", "executive", "--config", project)
    assert "`kpi new-report executive --from executive` adds it" in asked.output
    called("new-report", "executive", "--from", "executive", "--config", project)
    found = load(project).headlines
    assert {"won_value", "pipeline_value"} <= set(found)
    called("new-report", "board", "--from", "executive", "--config", project)
    assert "board" in load(project).reports
    assert load(project).headlines == found


def test_the_line_ends_of_windows_stay(project: Path) -> None:
    project.write_bytes(project.read_bytes().replace(b"\n", b"\r\n"))
    called("new-report", "north", "--config", project)
    found = project.read_bytes()
    assert found.count(b"\r\n") == found.count(b"\n")
    assert "north" in load(project).reports


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sales"], "report 'sales': kpi.toml has it already; choose another name"),
        (["../x"], "report '../x': expected small letters, digits, - and _, at most 64"),
        (["North"], "report 'North': expected small letters"),
        (["n" * 65], "at most 64"),
        (["north", "--from", "salse"], "--from 'salse': did you mean 'sales'?"),
        (["north", "--from", "broken"], "no cell makes a kt.Report("),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(
    project: Path, arguments: list[str], said: str
) -> None:
    broken = new_notebook(cells=[new_code_cell("a = 1", metadata={"tags": ["parameters"]})])
    (project.parent / "broken.ipynb").write_text(nbformat.writes(broken), encoding="utf-8")
    with project.open("a") as file:
        file.write('\n[reports.broken]\nnotebook = "broken.ipynb"\n')
    before = files(project.parent)
    found = called("new-report", *arguments, "--config", project)
    assert found.exit_code
    assert said in " ".join(found.output.split())
    assert files(project.parent) == before


def test_a_notebook_that_is_there_stays(project: Path) -> None:
    folder = project.parent / "notebooks"
    folder.mkdir()
    (folder / "north.ipynb").write_text("mine")
    before = files(project.parent)
    found = called("new-report", "north", "--config", project)
    assert "nothing is overwritten" in " ".join(found.output.split())
    assert files(project.parent) == before


def test_where_nothing_can_follow_nothing_is_written(project: Path) -> None:
    """Reports in one line are closed: TOML lets no section add to them."""
    text = project.read_text().partition("[reports.sales]")[0]
    project.write_text('reports = { sales = { notebook = "sales.ipynb" } }\n' + text)
    before = files(project.parent)
    found = called("new-report", "north", "--config", project)
    assert "write the entry yourself" in " ".join(found.output.split())
    assert files(project.parent) == before


def test_a_bundled_notebook_can_be_the_beginning(fresh: Path) -> None:
    called("new-report", "checked", "--from", "data", "--config", fresh)
    path = fresh.parent / "notebooks" / "checked.ipynb"
    assert 'kt.Report("checked"' in "".join(
        "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]
    )
    assert load(fresh).reports["checked"].period == "all"
