"""A project of CSV files with the bundled sales notebook, as a company would keep it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import load
from kpi_toolkit.run.job import RunResult
from kpi_toolkit.run.planning import Asked, plan
from kpi_toolkit.run.steps import Workplace, run_report
from tests import stable_crm

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PROJECT = """
[project]
name = "Ardane"
language = "en"
time_zone = "Europe/Paris"
as_of = 2026-10-05

[source]
kind = "files"

[reports.sales]
notebook = "notebooks/sales.ipynb"
period = "last complete quarter"

[mail]
sender = "Reports <reports@example.org>"
"""


def write_project(folder: Path, rows: int = 700) -> Path:
    """Three years of a stable company's deals; the path of its kpi.toml."""
    (folder / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "sales.ipynb", folder / "notebooks")
    tables = stable_crm.frames(7, rows, opens=pd.Timestamp("2023-10-01"))
    stable_crm.write_csv(folder, tables)
    mapped = [
        f'[tables.{table}]\nfile = "{table}.csv"\n[tables.{table}.columns]\n'
        + "".join(f'{column} = "{column}"\n' for column in frame.columns)
        for table, frame in tables.items()
    ]
    path = folder / "kpi.toml"
    path.write_text("\n".join([PROJECT, *mapped]), encoding="utf-8")
    return path


def run(config_file: Path, period: str, as_of: str) -> tuple[RunResult, Archive]:
    """A run by hand, and the archive that holds it."""
    config = load(config_file)
    archive = Archive.open(config.archive_url)
    job = plan(config, "sales", Asked(period=period, as_of=as_of), NOW)
    place = Workplace(config, config_file, archive, clock=lambda: NOW)
    return run_report(job, place), archive
