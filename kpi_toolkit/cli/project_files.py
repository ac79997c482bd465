"""The files of a new project: what stands in them, and which of them were there already."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpi_toolkit import resources
from kpi_toolkit.cli.first_headlines import Columns, declared_columns, first_headlines
from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.config.loading import NAME
from kpi_toolkit.crm.looking.toml import string
from kpi_toolkit.errors import ConfigError

# The bundled reports: of which period, and the tables without which they say nothing.
REPORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "overview": ("last complete month", ()),
    "sales": ("last complete quarter", ("deals",)),
    "pipeline": ("last complete quarter", ("deals",)),
    "lost_deals": ("last complete quarter", ("deals",)),
    "executive": ("last complete quarter", ()),
    "data": ("all", ()),
}
DATA = "data"
IGNORED = """# Reports and what they are made from stay on this machine: exports hold personal data.
/reports/
/.kpi/
/data/
"""


@dataclass
class Written:
    """What was written into a folder, with which reports, and what was there and stays as it is."""

    reports: tuple[str, ...] = ()
    made: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def refuse_existing(folder: Path) -> None:
    """Raises ConfigError where a project stands already, or none can be made."""
    if (folder / NAME).exists():
        raise ConfigError(
            f"{folder / NAME}: it is there already, and nothing of it is overwritten; rename or "
            "remove it, or choose another folder"
        )
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: it is a file; expected the folder of the new project")


def whole_text(project: ProjectConfig, source: str) -> str:
    """kpi.toml: the sections that `source` does not bring itself are put before and after it."""
    given = tomllib.loads(source)
    parts = [] if "project" in given else [_project_part(project)]
    parts.append(source.strip("\n") + "\n")
    if "reports" not in given:
        columns = columns_of(given)
        headlines = first_headlines(columns, project.language)
        parts += _report_parts(columns, bool(headlines))
        parts += [headlines] if headlines else []
    return "\n".join(parts)


def columns_of(said: Mapping[str, Any]) -> Columns | None:
    """The tables and columns that a kpi.toml declares; None for those of the sample."""
    if said.get("source", {}).get("kind") == "sample":
        return None
    return declared_columns(said.get("tables", {}))


def write(folder: Path, text: str, others: Mapping[str, str]) -> Written:
    """The project: `text` is kpi.toml, `others` more files by name. Raises ConfigError."""
    said = tomllib.loads(text)
    reports = said.get("reports", {})
    written = Written(tuple(reports))
    notebooks = [report["notebook"] for report in reports.values()]
    copies = {name: resources.notebook(Path(name).name).read_text("utf-8") for name in notebooks}
    files = {NAME: text, ".gitignore": IGNORED, **others, **copies}
    for name, content in files.items():
        _place(folder / name, name, content, written)
    if said.get("source", {}).get("path", DATA) == DATA:
        (folder / DATA).mkdir(exist_ok=True)
    return written


def _place(path: Path, name: str, content: str, written: Written) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError:
        written.left.append(name)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    else:
        written.made.append(name)


def _project_part(project: ProjectConfig) -> str:
    """The section [project], each line with its meaning."""
    lines = [
        (f"name = {string(project.name)}", ""),
        (f"language = {string(project.language)}", "of the reports: en or fr"),
        (f"currency = {string(project.currency)}", "amounts are brought to it"),
        (f"time_zone = {string(project.time_zone)}", "days begin at its midnight"),
        (f"fiscal_year_starts = {project.fiscal_year_starts}", "a month, 1 to 12"),
        _maybe("holidays", project.holidays, "FR", "a country: no business hours then"),
        (f"business_hours = {string(project.business_hours)}", "for response times"),
    ]
    if project.as_of:
        lines.append((f"as_of = {project.as_of}", "what was known then; without this line: now"))
    shown = [f"{text:<40}# {meaning}" if meaning else text for text, meaning in lines]
    head = (
        "# `kpi check` says what is read and what it makes possible, `kpi run` makes the reports."
    )
    return "\n".join([head, "", "[project]", *shown, ""])


def _maybe(key: str, value: str, example: str, meaning: str) -> tuple[str, str]:
    return (f"{key} = {string(value)}" if value else f"# {key} = {string(example)}", meaning)


def _report_parts(tables: Columns | None, headlines: bool) -> list[str]:
    """A section for each report that the tables allow; None are the tables of the sample. The
    executive one needs its headlines.
    """
    return [
        f"""[reports.{name}]
notebook = "notebooks/{name}.ipynb"
{f'period = "{period}"':<40}# or 2026-Q3, 2026-09, 2026-W38, 2026, all
# schedule = "0 7 * * 1"                # Mondays at 7, when cron calls `kpi run-due`
"""
        for name, (period, needed) in REPORTS.items()
        if (tables is None or all(table in tables for table in needed))
        and (headlines or name != "executive")
    ]
