"""What a first page says, in both languages: a change of wording shows in words.<language>.txt."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.archive.rows import Run
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.insight.editions.archived import Reference, row_of
from kpi_toolkit.kpis import sales
from kpi_toolkit.report.session import Session

HERE = Path(__file__).parent
# A quarter's deals won and lost, one a week, the amount of each won, and the days that it took.
QUARTERS = {
    "2024-01": (4, 4, 1000, 30), "2024-04": (5, 4, 1100, 31), "2024-07": (4, 5, 1000, 29),
    "2024-10": (5, 5, 1050, 30), "2025-01": (4, 4, 1000, 31), "2025-04": (5, 4, 1100, 30),
    "2025-07": (4, 4, 1000, 29), "2025-10": (5, 5, 1050, 30), "2026-01": (4, 4, 1100, 30),
    "2026-04": (5, 4, 1000, 31), "2026-07": (9, 3, 1050, 44),
}  # fmt: skip
SHOWN = (sales.won_value, sales.decided_win_rate, sales.average_won_deal, sales.sales_cycle)


def crm(as_of: str, language: str, *, edited: bool) -> Crm:
    """The deals closed before a day; one of the second quarter of 2026 is worth more if edited."""
    rows = [
        (f"{start}-{i}", "won" if i < won else "lost", closed - dt.timedelta(days), closed, amount)
        for start, (won, lost, amount, days) in QUARTERS.items()
        for i in range(won + lost)
        if (closed := dt.date.fromisoformat(f"{start}-05") + dt.timedelta(7 * i))
        < dt.date.fromisoformat(as_of)
    ]
    deals = pd.DataFrame(rows, columns=["deal_id", "status", "created_at", "closed_at", "amount"])
    if edited:
        deals.loc[deals["deal_id"] == "2026-04-0", "amount"] = 2000
    targets = pd.DataFrame(
        [("won_value", "2026-Q3", 9000.0), ("sales_cycle", "2026-Q3", 33.0)],
        columns=["kpi", "period", "value"],
    )
    frames = {"deals": deals.astype({"amount": float}), "targets": targets}
    return kt.from_frames(as_of=as_of, language=language, name="Ardane", **frames)


def report(as_of: str, language: str, *, edited: bool) -> kt.Report:
    """A report on the last complete quarter."""
    data = crm(as_of, language, edited=edited)
    return kt.Report("sales", period="last complete quarter", as_of=as_of, crm=data)


def published(language: str) -> Reference:
    """The report of the quarter before, as it was archived."""
    before = report("2026-07-02", language, edited=False)
    before.scorecard(*SHOWN)
    session: Session = before._session
    moment = dt.datetime(2026, 7, 2, tzinfo=dt.UTC)
    run = Run(
        run_id="r-1", report="sales", scope="all", period="2026-Q2", grain="quarter",
        period_start=session.period.start, period_end=session.period.end, as_of=moment,
        slot="manual:1", attempt=1, edition=1, status="succeeded", started_at=moment,
        heartbeat_at=moment, finished_at=moment, lease_owner="", code_version="1",
        definition_hash="", input_hash="before", declaration_hash=None,
        newest_event=None, language=language,
        parameters_json="{}", error=None,
    )  # fmt: skip
    return Reference(run, tuple(row_of(value) for value in session.told.values()))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_first_page_says(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # no kpi.toml
    monkeypatch.setattr("kpi_toolkit.report.session.code_version", lambda: "1")
    now = report("2026-10-05", language, edited=True)
    now._session.reference = published(language)
    page = [
        now.findings(*SHOWN),
        now.scorecard(result=SHOWN[:1], efficiency=SHOWN[1:]),
        now.restated(),
    ]
    said = "\n\n".join(map(str, page)) + "\n"
    assert said == (HERE / f"words.{language}.txt").read_text("utf-8")
