"""From what was asked for, on the command line or by a schedule, to a job."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kpi_toolkit import resources
from kpi_toolkit.config import Config, ReportConfig
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import ConfigError, near_misses
from kpi_toolkit.format import LANGUAGES, Language
from kpi_toolkit.period import parse_as_of, parse_period
from kpi_toolkit.run.job import Job, Literals
from kpi_toolkit.run.parameters import checked_parameters, declared_parameters, from_text
from kpi_toolkit.run.slots import slot_name


@dataclass(frozen=True)
class Asked:
    """A run as a person asks for it; "" leaves the choice to kpi.toml."""

    period: str = ""
    as_of: str = ""
    scope: str = "all"
    language: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def report_config(config: Config, report: str) -> ReportConfig:
    """A report's section. Raises ConfigError with near misses."""
    if report in config.reports:
        return config.reports[report]
    if report in resources.REPORTS:
        raise ConfigError(
            f"report {report!r}: kpi.toml does not have it yet; "
            f"`kpi new-report {report} --from {report}` adds it"
        )
    raise ConfigError(f"report {report!r}: {near_misses(report, config.reports)}")


def source_notebook(config: Config, report: str) -> Path:
    """The notebook that a report executes."""
    return resources.notebook(report_config(config, report).notebook, config.root)


def plan(config: Config, report: str, asked: Asked, now: dt.datetime) -> Job:
    """The job that was asked for by hand. Raises ConfigError. `now` is aware."""
    declared = declared_parameters(source_notebook(config, report))
    as_of = known_at(config, asked.as_of, now)
    period = parse_period(
        asked.period or report_config(config, report).period, config.calendar, as_of
    )
    return Job(
        report=report,
        period=period.require_started(as_of),
        as_of=as_of,
        scope=_scope(asked.scope),
        language=_language(config, report, asked.language),
        parameters=_declared_in_config(config, report) | from_text(asked.parameters, declared),
    )


def require_parameters(config: Config, job: Job) -> None:
    """Refuse a parameter that the job's notebook does not declare. Raises ConfigError."""
    source = source_notebook(config, job.report)
    checked_parameters(job.notebook_parameters, declared_parameters(source), source.name)


def plan_slot(config: Config, report: str, slot: dt.datetime, now: dt.datetime) -> Job:
    """The job of a schedule's slot: its period is told by the slot, also when it runs late.

    A project of fixed knowledge (`as_of` in kpi.toml) counts from that, as by hand.
    """
    as_of = known_at(config, "", now)
    seen_at = min(as_of, slot.astimezone(dt.UTC).replace(tzinfo=None))
    return Job(
        report=report,
        period=parse_period(report_config(config, report).period, config.calendar, seen_at),
        as_of=as_of,
        language=_language(config, report, ""),
        parameters=_declared_in_config(config, report),
        slot=slot_name(slot),
    )


def known_at(config: Config, as_of: str, now: dt.datetime) -> dt.datetime:
    """The moment of knowledge as naive UTC: as asked, else kpi.toml's, else `now`."""
    return parse_as_of(as_of or config.project.as_of, config.calendar, now)


def check_scope(scope: str, crm: Crm) -> None:
    """Refuse a slice that no record lies in: its report would be of nothing."""
    if scope != "all":
        from kpi_toolkit.report.scope import Scope

        Scope.parse(scope).check(crm)


def _scope(text: str) -> str:
    if text == "all":
        return text
    # Imports pandas, which a report on everything can do without until its kernel starts.
    from kpi_toolkit.report.scope import Scope

    return str(Scope.parse(text))


def _language(config: Config, report: str, asked: str) -> Language:
    if asked and asked not in LANGUAGES:
        raise ConfigError(f"language {asked!r}: {near_misses(asked, LANGUAGES)}")
    chosen = asked or report_config(config, report).language or config.project.language
    return "fr" if chosen == "fr" else "en"


def _declared_in_config(config: Config, report: str) -> dict[str, Literals]:
    given = report_config(config, report).parameters
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in given.items()
    }
