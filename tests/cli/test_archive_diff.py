"""Two runs beside each other: as text, as JSON, as a page; by id, or by report and period."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kpi_toolkit.kpis import sales
from tests.cli.conftest import called
from tests.revised_project import FIRST, SECOND, Project, edited, late, mapped, write_project

COHORT = sales.opportunity_to_customer_rate


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two editions of the second quarter, a deal edited and one entered late in between, and a
    report on the third.
    """
    made = write_project(tmp_path_factory.mktemp("diff") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made.folder)
        made.publish(made.report(FIRST, sales.won_value, sales.decided_win_rate))
        edited(made)
        late(made)
        made.publish(made.report(SECOND, sales.won_value, sales.decided_win_rate, COHORT))
        made.publish(made.report(SECOND, sales.won_value, COHORT, period="2026-Q3"))
        made.publish(made.report(SECOND, sales.won_value, scope="owner=Ann"))
    return made


def diff(project: Project, *arguments: str | Path) -> str:
    result = called("archive", "diff", *arguments, "--config", project.folder / "kpi.toml")
    assert result.exit_code == 0, result.output
    return result.output


def test_two_editions_name_what_differs_and_the_records(project: Project) -> None:
    said = " ".join(diff(project, "sales/2026-Q2/1", "sales/2026-Q2/2").split())
    assert (
        "won_value quarter 2026-04-01 €700 €800 restated: one record edited (amount): D-1; " in said
    )
    assert "one entered late: D-7" in said
    assert said.endswith("records of deals: 1 edited, 1 entered late")


def test_json_tells_every_record_with_what_was_edited(project: Project) -> None:
    told = json.loads(diff(project, "sales/2026-Q2/1", "sales/2026-Q2/2", "--json"))
    (won,) = [
        d
        for d in told["differences"]
        if (d["kpi"], d["period_start"]) == ("won_value", "2026-04-01")
    ]
    assert (won["before"], won["after"], won["causes"]) == (700.0, 800.0, ["data"])
    edit = {"column": "amount", "before": "100.0000", "after": "150.0000"}
    records = [
        {"table": "deals", "id": "D-1", "kind": "edited", "edits": [edit]},
        {"table": "deals", "id": "D-7", "kind": "late", "edits": []},
    ]
    assert won["records"] == records
    assert told["records"] == {"deals": records}
    assert told["alike"] is True


def test_two_periods_stand_beside_each_other_and_nothing_is_restated(project: Project) -> None:
    said = diff(project, "sales/2026-Q2", "sales/2026-Q3")
    assert "of different periods" in said
    row = next(line for line in said.splitlines() if line.startswith("won_value"))
    assert row.split() == ["won_value", "€800", "–", "–"]
    told = json.loads(diff(project, "sales/2026-Q2", "sales/2026-Q3", "--json"))
    assert told["alike"] is False
    values = {v["kpi"]: (v["before"], v["after"]) for v in told["values"]}
    assert values["won_value"] == (800.0, None)


def test_a_younger_cohort_is_not_compared(project: Project) -> None:
    said = diff(project, "sales/2026-Q2", "sales/2026-Q3")
    (row,) = (r for r in said.splitlines() if r.startswith("opportunity_to_customer_rate"))
    assert row.endswith("of another age")


def test_a_slice_is_no_restatement_of_the_whole(project: Project, tmp_path: Path) -> None:
    runs = ("sales/2026-Q2/2", "sales/owner=Ann/2026-Q2/1")
    path = tmp_path / "diff.html"
    told = json.loads(diff(project, *runs, "--json", "--html", path))
    assert (told["alike"], told["differences"]) == (False, [])
    values = {v["kpi"]: (v["before"], v["after"]) for v in told["values"]}
    assert values["won_value"] == (800.0, 600.0)
    assert "Q2 2026, Owner: Ann" in visible(path.read_text("utf-8")).replace("\u00a0", " ")


def test_a_page_says_it_all_and_fetches_nothing(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "diff.html"
    diff(project, "sales/2026-Q2/1", "sales/2026-Q2/2", "--html", path)
    page = path.read_text(encoding="utf-8")
    text = visible(page)
    for told in ("What has changed since edition 1", "€700", "€800", "D-1", "D-7", "entered late"):
        assert told in text
    assert not re.search(r"""(src|href)=["']?(?!#|data:)""", page)
    assert "default-src 'none'" in page


def test_a_page_of_two_periods_says_what_it_does(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "diff.html"
    diff(project, "sales/2026-Q2", "sales/2026-Q3", "--html", path)
    text = visible(path.read_text(encoding="utf-8"))
    assert "The two reports are of different periods or slices: nothing here was restated." in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sales/2026-Q2/7", "there is no edition 7; the latest one is 2"),
        ("sales/2026-Q4", "no such run; "),
        ("nothing", "no such run"),
    ],
)
def test_a_run_that_is_not_there_is_one_sentence(project: Project, asked: str, said: str) -> None:
    result = called(
        "archive", "diff", asked, "sales/2026-Q2", "--config", project.folder / "kpi.toml"
    )
    assert (result.exit_code, said in result.stderr) == (5, True), result.stderr


def test_of_a_pruned_snapshot_the_fingerprints_still_name_the_records(
    project: Project, tmp_path: Path
) -> None:
    copy = Project(tmp_path / "copy")
    shutil.copytree(project.folder, copy.folder)
    config = copy.folder / "kpi.toml"
    (said,) = called("snapshots", "prune", "--keep", "1", "--config", config).output.splitlines()
    assert said.endswith(", its fingerprints stay")
    told = json.loads(diff(copy, "sales/2026-Q2/1", "sales/2026-Q2/2", "--json"))
    assert {(d["cause"], d["earlier_records_kept"]) for d in told["differences"]} == {
        ("data", False)
    }
    assert [(r["id"], r["kind"]) for r in told["records"]["deals"]] == [
        ("D-1", "edited"),
        ("D-7", "late"),
    ]
    shutil.rmtree(copy.folder / ".kpi")
    assert "which records differ is not known" in diff(copy, "sales/2026-Q2/1", "sales/2026-Q2/2")


def test_what_is_mapped_otherwise_is_no_edit_and_a_table_may_be_newly_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_project(tmp_path / "project")
    monkeypatch.chdir(made.folder)
    made.publish(made.report(FIRST, sales.won_value))
    mapped(made)
    made.edit("deals.csv", "D-3,Ann,won", "D-3,Ann,lost")
    people = '[tables.users]\nfile = "users.csv"\ncolumns = { user_id = "user_id" }\n'
    made.edit("kpi.toml", "[reports.sales]", f"{people}[reports.sales]")
    (made.folder / "users.csv").write_text("user_id\nAnn\n", encoding="utf-8")
    made.publish(made.report(FIRST, sales.won_value))
    said = diff(made, "sales/2026-Q2/1", "sales/2026-Q2/2").splitlines()[-2:]
    assert said == [
        "records of deals: 1 edited, 5 mapped otherwise",
        "records of users: newly mapped",
    ]
    assert diff(made, "sales/2026-Q2/2", "sales/2026-Q2/1").endswith("users: no longer mapped\n")


def visible(page: str) -> str:
    """The texts between the tags, without the style."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    body = page.partition("<body>")[2]
    Reader().feed(body)
    return " ".join(" ".join(found).split())
