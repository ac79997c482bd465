"""The rules that notebooks keep, and that each of them runs."""

import ast
import os
from functools import cache
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

import kpi_toolkit as kt
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.render.document import read

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TUTORIAL = "start_here.ipynb"
REPORTS = [path for path in NOTEBOOKS if path.name != TUTORIAL]
PARAMETERS = ["period", "as_of", "scope", "language"]
TAGS = {"parameters", "hide", "remove"}
MOST_CELLS, MOST_LINES = 30, 6
STATEMENTS = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While,
    ast.If, ast.IfExp, ast.Try, ast.With, ast.comprehension,
)  # fmt: skip
DISPLAYS = {"variance", "trend", "ranking", "table", "quality", "dictionary"}
# Of report.data_check(), which shows no KPI and so has none to define.
CHECKS = {"tables", "set_aside", "remarks", "dates", "gaps", "required", "kpis", "targets"}

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_report = pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)


@cache
def cells(path: Path) -> list[NotebookNode]:
    return nbformat.read(path, as_version=4).cells


def code(path: Path) -> list[NotebookNode]:
    return [cell for cell in cells(path) if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def test_there_are_a_tutorial_and_reports() -> None:
    assert REPORTS and len(REPORTS) == len(NOTEBOOKS) - 1


@every
def test_it_opens_with_title_and_question_then_parameters(path: Path) -> None:
    opening, parameters, set_up = cells(path)[:3]
    title, *rest = (line for line in opening.source.splitlines() if line)
    assert opening.cell_type == "markdown" and title.startswith("# ")
    assert len(rest) == 1 and rest[0].startswith("> ") and rest[0].endswith("?")
    assert tags(parameters) == ["parameters"]
    assert "import kpi_toolkit as kt" in set_up.source


@each_report
def test_the_set_up_is_hidden_and_makes_the_report(path: Path) -> None:
    set_up = cells(path)[2]
    assert tags(set_up) == ["hide"]
    made = f'kt.Report("{path.stem}", ' + ", ".join(f"{name}={name}" for name in PARAMETERS) + ")"
    assert made in set_up.source


@every
def test_its_parameters_are_the_four_as_papermill_sees_them(path: Path) -> None:
    found = papermill.inspect_notebook(str(path))
    assert list(found) == PARAMETERS
    assert all(ast.literal_eval(p["default"]) is not None for p in found.values())
    lines = cells(path)[1].source.splitlines()
    assert len(lines) == len(PARAMETERS), "one a line, nothing derived"


@every
def test_it_is_short(path: Path) -> None:
    assert len(cells(path)) <= (MOST_CELLS if path in REPORTS else MOST_CELLS + 5)
    long = [c.source for c in code(path) if len(c.source.splitlines()) > MOST_LINES]
    if path.name == TUTORIAL:
        long = [source for source in long if "@kt.kpi(" not in source]
    assert not long


@every
def test_its_tags_are_parameters_hide_and_remove(path: Path) -> None:
    assert {tag for cell in cells(path) for tag in tags(cell)} <= TAGS
    assert sum("parameters" in tags(cell) for cell in cells(path)) == 1


@each_report
def test_it_calls_functions_and_holds_no_logic(path: Path) -> None:
    assert forbidden("\n".join(cell.source for cell in code(path))) == []


@pytest.mark.parametrize(
    "source", ["def f(): pass", "for x in y: x", "if a: b", "[x for x in y]", "try: a\nfinally: b"]
)
def test_logic_is_noticed(source: str) -> None:
    assert forbidden(source)


def forbidden(source: str) -> list[str]:
    return [ast.unparse(n) for n in ast.walk(ast.parse(source)) if isinstance(n, STATEMENTS)]


@each_report
def test_prose_stands_before_each_display(path: Path) -> None:
    """A paragraph introduces two displays at most; the first page has titles of its own."""
    since = 0
    first_heading = next(i for i, c in enumerate(cells(path)) if c.source.startswith("## "))
    for cell in cells(path)[first_heading:]:
        shown = cell.cell_type == "code" and shows(cell.source)
        since = 0 if cell.cell_type == "markdown" else since + shown
        assert since <= 2, cell.source
    assert cells(path)[-1].source in ("report.dictionary()", "check.targets()")


def shows(source: str) -> bool:
    return any(getattr(call.func, "attr", "") in DISPLAYS | CHECKS for call in calls(source))


def calls(source: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


@each_report
def test_prose_never_says_a_number(path: Path) -> None:
    prose = [c.source for c in cells(path) if c.cell_type == "markdown"]
    assert not [text for text in prose if any(letter.isdigit() for letter in text)]


@every
def test_it_is_stored_without_outputs(path: Path) -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(path))


# -- running them


@cache
def executed(path: Path) -> NotebookNode:
    """A notebook over the sample project, as "Run all" does."""
    os.environ.setdefault("MPLBACKEND", "agg")
    folder = {"metadata": {"path": str(ROOT / "notebooks")}}
    return NotebookClient(nbformat.read(path, as_version=4), resources=folder).execute()


@every
def test_it_runs_and_can_be_a_page(path: Path) -> None:
    notebook = executed(path)
    document = read(notebook)
    assert document.title and document.question
    assert document.log == ""
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) >= 8


def test_the_tutorial_shows_what_the_functions_give() -> None:
    """Each cell's answer, asked again here."""
    crm = kt.connect(ROOT / "kpi.toml")
    rate, period = kt.decided_win_rate, "2026-Q3"
    texts = {
        c.source.splitlines()[-1]: text_of(c) for c in executed(ROOT / "notebooks" / TUTORIAL).cells
    }
    said = {
        "kt.decided_win_rate(crm, period)": plain(rate(crm, period)),
        "kt.decided_win_rate": plain(rate),
        'kt.decided_win_rate.by(crm, period, "source")': str(rate.by(crm, period, "source")),
        "kt.decided_win_rate.series(crm, period, n=8)": str(rate.series(crm, period, n=8)),
        'kt.sales_cycle(crm, period, start="creation")': plain(
            kt.sales_cycle(crm, period, start="creation")
        ),
    }
    assert {line: texts[line] for line in said} == said
    (counted,) = (text for line, text in texts.items() if '["in_numerator"].sum()' in line)
    assert float(counted) == pytest.approx(rate(crm, period).value)


def text_of(cell: NotebookNode) -> str:
    outputs = [o for o in cell.get("outputs", ()) if "text/plain" in o.get("data", {})]
    return outputs[-1]["data"]["text/plain"] if outputs else ""


def plain(found: kt.KpiValue | Kpi) -> str:
    return found._repr_mimebundle_()["text/plain"]
