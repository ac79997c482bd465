"""The settings of a new project: given by options, else asked for on a terminal, else defaults."""

import sys
from collections.abc import Mapping
from typing import Any

import typer

from kpi_toolkit.cli.output import printable
from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.errors import NEAR, ConfigError

QUESTIONS = {
    "name": "Name of the company or team",
    "language": "Language of the reports (en, fr)",
    "currency": "Currency that amounts are brought to",
    "time_zone": "Time zone of the business",
    "fiscal_year_starts": "Month in which the fiscal year starts",
}


def settings(
    given: Mapping[str, Any], defaults: Mapping[str, Any], ask: bool
) -> tuple[ProjectConfig, dict[str, Any]]:
    """The project, and the defaults that were taken without asking. Raises ConfigError."""
    chosen = {key: checked(key, value) for key, value in given.items() if value is not None}
    taken: dict[str, Any] = {}
    for key, question in QUESTIONS.items():
        if key in chosen:
            continue
        if ask:
            chosen[key] = _asked(key, question, defaults[key])
        else:
            chosen[key] = taken[key] = defaults[key]
    rest = {key: value for key, value in defaults.items() if key not in chosen}
    return ProjectConfig(**chosen, **rest), taken


def on_terminal() -> bool:
    """Whether somebody sits there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def checked(key: str, value: Any) -> Any:
    """A setting as kpi.toml would have it. Raises ConfigError."""
    from pydantic import ValidationError

    if isinstance(value, str) and not value.isprintable():
        raise ConfigError(f"{_option(key)} {printable(value)!r}: it holds control characters")
    try:
        return getattr(ProjectConfig.model_validate({key: value}), key)
    except ValidationError as error:
        if key == "time_zone" and (called := _zones_called(str(value))):
            raise ConfigError(f"{_option(key)} {value!r}: {NEAR} {called}?") from None
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
    raise ConfigError(f"{_option(key)} {value!r}: {said[:1].lower()}{said[1:]}")


def _zones_called(city: str) -> str:
    """The time zones whose last part is a city: 'Europe/Paris' for Paris."""
    from zoneinfo import available_timezones

    wanted = city.strip().replace(" ", "_").lower()
    found = [zone for zone in available_timezones() if zone.rpartition("/")[2].lower() == wanted]
    return " or ".join(map(repr, sorted(found)))


def _asked(key: str, question: str, default: Any) -> Any:
    while True:
        try:
            return checked(key, typer.prompt(question, default=str(default)))
        except ConfigError as error:
            typer.echo(str(error).partition(" ")[2], err=True)


def _option(key: str) -> str:
    return "--" + key.replace("_", "-")
