"""`kpi plan`: the tables and columns that KPIs need, before there are any data."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import JsonOption
from kpi_toolkit.errors import ConfigError, near_misses

if TYPE_CHECKING:
    from kpi_toolkit.insight.audit.data_model import ColumnNeed, TableNeed
    from kpi_toolkit.measures.kpi import Kpi

_HOLDS = {
    "instant": "a date, or a date and time",
    "date": "a date",
    "money": "an amount",
    "number": "a number",
    "whole": "a whole number",
    "boolean": "true or false",
}
_USES = {
    "needed": "needed",
    "id": "tells rows apart",
    "used": "used if there",
    "breakdown": "to break down by",
}


def plan(
    kpi: Annotated[
        list[str] | None, typer.Option(help="A name of `kpi list`; may be given again.")
    ] = None,
    family: Annotated[
        list[str] | None, typer.Option(help="All KPIs of a family, such as sales.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All KPIs.")] = False,
    as_toml: Annotated[
        bool, typer.Option("--toml", help="Print a kpi.toml to fill in with your column names.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say which tables and columns KPIs need; no data and no kpi.toml are asked for."""
    from kpi_toolkit.insight.audit.data_model import data_model

    if as_toml and as_json:
        raise ConfigError("--toml --json: expected one of them")
    kpis = _chosen(kpi or (), family or (), every)
    tables = data_model(kpis)
    if as_json:
        told = {"kpis": [one.name for one in kpis], "tables": [_json(table) for table in tables]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif as_toml:
        typer.echo(_toml(kpis, tables))
    else:
        _print(kpis, tables)


def _chosen(names: Sequence[str], families: Sequence[str], every: bool) -> "list[Kpi]":
    from kpi_toolkit.kpis import find, registry

    known = registry()
    kinds = list(dict.fromkeys(kpi.family for kpi in known.values()))
    for family in families:
        if family not in kinds:
            raise ConfigError(f"--family {family!r}: {near_misses(family, kinds)}")
    named = [find(name) for name in names]
    kpis = [one for one in known.values() if every or one.family in families or one in named]
    if not kpis:
        raise ConfigError("expected --kpi NAME (see `kpi list`), --family NAME, or --all")
    return kpis


def _json(table: "TableNeed") -> dict[str, object]:
    return {
        "table": table.name,
        "needed": table.needed,
        "columns": [asdict(column) for column in table.columns],
    }


def _print(kpis: "Sequence[Kpi]", tables: "Sequence[TableNeed]") -> None:
    from kpi_toolkit.cli.output import print_table

    for one in kpis:
        typer.echo(f"{one.name}: {one.label}")
    for table in tables:
        typer.echo()
        typer.echo(table.name if table.needed else f"{table.name} (optional)")
        print_table(
            ("  column", "holds", "use", "KPIs"),
            [
                (f"  {column.name}", _holds(column), _USES[column.use], len(column.kpis) or "")
                for column in table.columns
            ],
            right=(3,),
        )


def _holds(column: "ColumnNeed") -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    counted = f", of which {' and '.join(map(repr, column.words))} counts" if column.words else ""
    return _HOLDS.get(column.type, "text") + (" (personal)" if column.personal else "") + counted


def _toml(kpis: "Sequence[Kpi]", tables: "Sequence[TableNeed]") -> str:
    names = [f"#   {one.name}: {one.label}" for one in kpis]
    head = [
        "# What these KPIs read:",
        *names,
        '# Put your exports beside this file and the names of their columns for "...". Lines that',
        "# begin with # are optional: take the mark away where you have the column.",
        "",
        "[project]",
        'name = ""',
        'language = "en"                # or "fr"',
        'currency = "EUR"',
        'time_zone = "Europe/Paris"',
        "",
        "[source]",
        'kind = "files"',
    ]
    return "\n".join([*head, *(line for table in tables for line in _stanza(table))])


def _stanza(table: "TableNeed") -> list[str]:
    """One table; of an optional one every line is a comment."""
    lines = ["", f"[tables.{table.name}]", f'file = "{table.name}.csv"', ""]
    lines.append(f"[tables.{table.name}.columns]")
    if not table.needed:
        lines = [f"# {line}" if line else line for line in lines]
    for column in table.columns:
        optional = not table.needed or column.use in ("used", "breakdown")
        lines.append(("# " if optional else "") + _line(column))
    return lines


def _line(column: "ColumnNeed") -> str:
    said = _USES[column.use]
    if not column.allowed:
        written = f'{column.name} = "..."'
        return f"{written:<30} # {_holds(column)}; {said}"
    words = ", ".join(f'"your word for {value}" = "{value}"' for value in column.allowed)
    return f'{column.name} = {{ column = "...", values = {{ {words} }} }}  # {said}'
