"""Two runs of a report, a closed deal edited between them: the second says what has changed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import load
from kpi_toolkit.format import Format
from kpi_toolkit.kpis import sales
from kpi_toolkit.render.document import Document, read
from kpi_toolkit.report import Report
from kpi_toolkit.resources import code_version
from tests import sales_project

EN = Format("en", "EUR")
Q2 = date(2026, 4, 1)
RAISED = 1_000_000


@dataclass(frozen=True)
class Edition:
    """A run as its readers and the archive have it."""

    run: Run
    document: Document
    page: str
    rows: list[ValueRow]

    def total(self, kpi: str) -> float | None:
        """The archived value of the second quarter."""
        return next(row.value for row in self.rows if is_total(row, kpi))

    def block(self, kind: str) -> dict:
        """The content of the only block of a kind."""
        (found,) = (b["content"] for b in self.document.blocks if b["kind"] == kind)
        return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sales_project.write_project(tmp_path_factory.mktemp("restated") / "project")


@pytest.fixture(scope="module")
def first(project: Path) -> Edition:
    return edition(project, "2026-10-05")


@pytest.fixture(scope="module")
def second(project: Path, first: Edition) -> Edition:
    edit(project.parent / "deals.csv")
    return edition(project, "2026-12-01")


def edition(project: Path, as_of: str) -> Edition:
    result, archive = sales_project.run(project, "2026-Q2", as_of=as_of)
    assert set(result.files) >= {"html", "pdf", "ipynb"}
    document = read(nbformat.read(result.files["ipynb"], as_version=4))
    page = result.files["html"].read_text(encoding="utf-8")
    return Edition(archive.run(result.run_id), document, page, archive.values(result.run_id))


def edit(path: Path) -> None:
    """A deal won in June grows; one created before July and still open is won in November."""
    deals = pd.read_csv(path, dtype=str)
    won_in_june = deals["status"].eq("won") & deals["closed_at"].str.startswith("2026-06-1")
    deals.loc[won_in_june.idxmax(), "amount"] = str(RAISED)
    late = deals["status"].eq("open") & deals["created_at"].str.startswith(("2026-05", "2026-06"))
    assert won_in_june.any() and late.any()
    deals.loc[late.idxmax(), ["status", "closed_at"]] = ["won", "2026-11-03T10:00:00"]
    deals.to_csv(path, index=False)


def test_with_an_empty_archive_a_report_says_that_it_is_the_first(first: Edition) -> None:
    assert {"label": "Compared with", "value": "first report"} in first.document.meta
    assert "first report" in first.page
    assert "First report: there is no earlier one to compare with." in first.page
    assert not any(block["kind"] == "restated" for block in first.document.blocks)


def test_an_edited_deal_shows_the_archived_value_the_new_one_and_a_mark(
    first: Edition, second: Edition
) -> None:
    before, after = first.total("won_value"), second.total("won_value")
    assert before and after and after - before > 0.9 * RAISED
    was, now = EN.money(before), EN.money(after)
    assert revised(second, "Won value, Q2 2026")[:2] == [was, now]
    assert row(second, "Won value")["mark"] == f"was {was}"
    # A KPI that no edit touched bears no mark.
    assert row(second, "Win rate")["mark"] == ""
    for text in (was, now, "Revised since the last report"):
        assert text in second.page


def test_an_edited_deal_is_named_as_the_cause(
    first: Edition, second: Edition, project: Path
) -> None:
    assert first.run.input_hash != second.run.input_hash
    deals = pd.read_csv(project.parent / "deals.csv", dtype=str)
    (edited,) = deals.loc[deals["amount"] == str(RAISED), "deal_id"]
    assert revised(second, "Won value, Q2 2026")[-1] == f"one record edited (amount): {edited}"


def test_a_cohort_that_has_grown_older_has_matured(first: Edition, second: Edition) -> None:
    before = first.total("opportunity_to_customer_rate")
    after = second.total("opportunity_to_customer_rate")
    assert before and after and after > before
    published, now, _, cause = revised(second, "Opportunity conversion, Q2 2026")
    assert (published, now) == (EN.percent(before), EN.percent(after))
    assert cause == "matured: more outcomes are known"


def test_what_was_published_before_stays_in_the_archive(first: Edition, second: Edition) -> None:
    assert (first.run.edition, second.run.edition) == (1, 2)
    assert first.total("won_value") != second.total("won_value")
    assert ("Compared with", "Q2 2026, edition 1") in [
        (item["label"], plain(item["value"])) for item in second.document.meta
    ]


# -- causes that no edit of the data explains: the archive is written by hand


CAUSES = {
    "cause unknown": {},
    "definition changed": {"definition_hash": "0" * 12},
}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_figure_archived_otherwise_is_explained_or_said_to_be_unexplained(
    cause: str, project: Path, second: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    archive_again(project, second, {"value": 123_456.0, **CAUSES[cause]})
    report = Report("sales", period="2026-Q2", as_of="2026-12-01", language="en")
    report.scorecard(sales.won_value, sales.decided_win_rate)
    (found,) = report.restated().content["rows"]
    assert plain(found[0]) == "Won value"
    assert (found[1], found[-1]) == (EN.money(123_456), cause)


def archive_again(project: Path, edition: Edition, facts: dict[str, object]) -> None:
    """One more run, of the same data and software, whose won value was another."""
    archive = Archive.open(load(project).archive_url)
    run, later = edition.run, sales_project.NOW + timedelta(minutes=len(archive.runs()))
    names = ("report", "scope", "period", "grain", "period_start", "period_end", "as_of")
    claim = {name: getattr(run, name) for name in (*names, "language")}
    run_id = archive.claim(now=later, slot=f"manual:{later}", code_version=code_version(), **claim)
    assert run_id
    done = {n: getattr(run, n) for n in ("definition_hash", "input_hash", "newest_event")}
    values = [replace(row, **facts) if is_total(row, "won_value") else row for row in edition.rows]
    assert archive.finish(run_id, now=later, values=values, artifacts=[], **done)


# -- parts


def is_total(row: ValueRow, kpi: str) -> bool:
    """Whether it is the KPI of the second quarter."""
    return (row.kpi, row.dimension, row.grain, row.period_start) == (kpi, "", "quarter", Q2)


def revised(edition: Edition, name: str) -> list[str]:
    """Published, revised, change and cause of a figure."""
    (found,) = (r for r in edition.block("restated")["rows"] if plain(r[0]) == name)
    return found[1:]


def row(edition: Edition, name: str) -> dict:
    """A KPI's row of the scorecard."""
    groups = edition.block("scorecard")["groups"]
    (found,) = (r for group in groups for r in group["rows"] if r["name"] == name)
    return found


def plain(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u00a0", " ")
