"""A project of six deals that is reported twice, with something changed in between."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kpi_toolkit.archive.provenance import definition_hash
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import Config, load
from kpi_toolkit.insight.editions.archived import row_of
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.report import Report
from kpi_toolkit.resources import code_version
from tests.deals_table import DEALS_TABLE

DEALS = """deal_id,owner,status,amount,created_at,closed_at,notes
D-1,Ann,won,100,2026-04-02,2026-05-04,x
D-2,Bob,won,200,2026-04-03,2026-05-05,x
D-3,Ann,won,400,2026-04-04,2026-06-06,x
D-4,Bob,lost,800,2026-04-05,2026-06-07,x
D-5,Bob,open,1600,2026-06-08,,x
D-6,Ann,won,3200,2026-01-08,2026-02-09,x
"""
CONFIG = f"""
[project]
name = "Ardane"
language = "en"
time_zone = "UTC"
{DEALS_TABLE}
[reports.sales]
notebook = "sales.ipynb"
"""
FIRST, SECOND = "2026-07-06", "2026-10-05"


@dataclass(frozen=True)
class Project:
    """The folder of a project, which the tests change between two reports."""

    folder: Path

    @property
    def config(self) -> Config:
        """Its kpi.toml as it stands."""
        return load(self.folder / "kpi.toml")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file once."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")

    def report(self, as_of: str, *kpis: Kpi, period: str = "2026-Q2", **settings: str) -> Report:
        """A period with some KPIs shown; the working folder must be the project's."""
        report = Report("sales", period=period, as_of=as_of, **settings)
        report.scorecard(*kpis)
        return report

    def publish(self, report: Report, **otherwise: float) -> str:
        """Archive what a report has shown, as a run does; the run's id. Values of some KPIs may be
        given, as another program would have computed them.
        """
        session, archive = report._session, Archive.open(self.config.archive_url)
        now = session.as_of.replace(tzinfo=UTC)
        values = [row_of(v) for v in session.told.values() if v.status != "not_available"]
        values = [
            replace(row, value=otherwise[row.kpi]) if row.kpi in otherwise and row.value else row
            for row in values
        ]
        run_id = archive.claim(
            now=now, report="sales", scope=str(session.scope), period=session.period.key,
            grain=session.period.grain, period_start=session.period.start,
            period_end=session.period.end, as_of=now, slot=f"manual:{datetime.now(UTC)}",
            language=session.words.language, code_version=code_version(),
        )  # fmt: skip
        assert run_id
        assert archive.finish(
            run_id, now=now, values=values, artifacts=[], definition_hash=definition_hash(values),
            input_hash=session.crm.input_hash, declaration_hash=session.crm.declaration,
            newest_event=None,
        )  # fmt: skip
        archive.close()
        return run_id


def write_project(folder: Path) -> Project:
    """Six deals, four of which were decided in the second quarter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "kpi.toml").write_text(CONFIG, encoding="utf-8")
    return Project(folder)


def late(project: Project) -> None:
    """A deal won in June is entered after the first report."""
    project.edit("deals.csv", "D-6,", "D-7,Ann,won,50,2026-05-01,2026-06-30,x\nD-6,")


def deleted(project: Project) -> None:
    """A deal is gone."""
    project.edit("deals.csv", "D-2,Bob,won,200,2026-04-03,2026-05-05,x\n", "")


def edited(project: Project) -> None:
    """A deal's amount grows."""
    project.edit("deals.csv", "won,100,", "won,150,")


def cancelled(project: Project) -> None:
    """A won deal is lost after all."""
    project.edit("deals.csv", "D-3,Ann,won", "D-3,Ann,lost")


def mapped(project: Project) -> None:
    """kpi.toml reads amounts otherwise."""
    project.edit("kpi.toml", 'amount = "amount"', 'amount = { sql = "number(amount) * 2" }')


def moved(project: Project) -> None:
    """A deal closed in another quarter than was said."""
    project.edit("deals.csv", "2026-02-09", "2026-04-09")
