"""Options that several verbs share, and how they are read."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.errors import ConfigError

if TYPE_CHECKING:
    from kpi_toolkit.config import Config

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="Path of kpi.toml; else that of this folder, of its parents, or $KPI_CONFIG.",
    ),
]
AsOfOption = Annotated[
    str,
    typer.Option("--as-of", help="What was known when: 2026-10-05 or 2026-10-05T06:00, local."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, unrounded.")]


def load_config(path: Path | None) -> "tuple[Config, Path]":
    """The configuration and its file. Raises ConfigError."""
    from kpi_toolkit.config import find_config, load

    config = load(path)
    found = path or find_config()
    if found is None:
        raise ConfigError("kpi.toml: not found")
    return config, (found / "kpi.toml" if found.is_dir() else found).resolve()


def named_values(given: Iterable[str], option: str) -> dict[str, str]:
    """`name=value` pairs as typed. Raises ConfigError."""
    found = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ConfigError(f"{option} {pair!r}: expected name=value")
        found[name.strip()] = value
    return found
