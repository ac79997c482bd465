"""`kpi list` and `kpi explain`: which KPIs there are, and what each of them is."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kpi_toolkit.cli.options import ConfigOption, JsonOption, load_config
from kpi_toolkit.cli.value import KpiArgument
from kpi_toolkit.errors import ConfigError

if TYPE_CHECKING:
    from kpi_toolkit.measures.kpi import Kpi


def list_kpis(as_json: JsonOption = False, config: ConfigOption = None) -> None:
    """List every KPI, and what the data lack for those that are not available."""
    from kpi_toolkit.kpis import registry

    crm = _crm(config)
    kpis = [_entry(kpi, crm) for kpi in registry().values()]
    if as_json:
        typer.echo(json.dumps(kpis, ensure_ascii=False, indent=2))
        return
    from kpi_toolkit.cli.output import print_table

    print_table(
        ("kpi", "catalogue", "family", "name", "unit", "better", "lacks"),
        [
            (
                entry["kpi"],
                " ".join(entry["catalogue"]),
                *(entry[name] for name in ("family", "name", "unit", "better")),
                ", ".join(entry["lacks"]),
            )
            for entry in kpis
        ],
    )


def explain(
    kpi: KpiArgument,
    sql: Annotated[bool, typer.Option("--sql", help="Its queries; needs --period.")] = False,
    period: Annotated[str, typer.Option(help="The period that --sql is about.")] = "",
    config: ConfigOption = None,
) -> None:
    """Explain a KPI: what it counts, when it is empty, what it can be broken down by."""
    from kpi_toolkit.kpis import find

    if sql and not period:
        raise ConfigError("--sql: it needs a period, such as --period 2026-Q3")
    found = find(kpi)
    if sql:
        _print_sql(found, period, config)
        return
    for name, text in _dictionary(found, _crm(config)):
        typer.echo(f"{name:<14}{text}")


def _crm(config: Path | None) -> Any:
    from kpi_toolkit.crm.connect import connect

    return connect(load_config(config)[0])


def _entry(kpi: "Kpi", crm: Any) -> dict[str, Any]:
    lacks = list(kpi.lacks(crm))
    return {
        "kpi": kpi.name,
        "catalogue": list(kpi.catalogue),
        "family": kpi.family,
        "name": _name(kpi, crm),
        "unit": kpi.unit,
        "better": kpi.better,
        "available": not lacks,
        "lacks": lacks,
    }


def _name(kpi: "Kpi", crm: Any) -> str:
    """What the project's reports call it."""
    from kpi_toolkit.format import Format

    return Format(crm.language).t(kpi.label)


def _words(kpi: "Kpi") -> str:
    """The words that rows must have in columns of free text to count."""
    from kpi_toolkit.insight.audit.counted_words import counted_words

    counted = counted_words(kpi.bind().measures)
    return "; ".join(
        f"{table}.{column} is {' or '.join(map(repr, words))}"
        for (table, column), words in counted.items()
    )


def _dictionary(kpi: "Kpi", crm: Any) -> list[tuple[str, str]]:
    from kpi_toolkit.format import Format

    def told(text: str) -> str:
        return kpi.bind().told(Format("en"), text)

    options = [
        f"{name}={option.default}" + (f" of {', '.join(option.choices)}" if option.choices else "")
        for name, option in kpi.options.items()
    ]
    lines = [
        ("KPI", f"{kpi.name}: {_name(kpi, crm)}"),
        ("", told(kpi.words.sentence)),
        ("Formula", told(kpi.words.formula)),
        ("Counts", told(kpi.words.counts)),
        ("Empty", told(kpi.words.empty)),
        ("Words", _words(kpi)),
        ("Unit", f"{kpi.unit}, {kpi.direction}"),
        ("Window", f"{kpi.window}, by {kpi.finest_grain} or longer"),
        ("Options", "; ".join(options)),
        ("By", ", ".join(kpi.dimensions(crm))),
        ("Catalogue", " ".join(kpi.catalogue)),
        ("Reads with", ", ".join(kpi.reads_with)),
        ("Definition", kpi.bind().hash),
        ("Lacks", ", ".join(kpi.lacks(crm))),
    ]
    return [(name, text) for name, text in lines if text]


def _print_sql(kpi: "Kpi", period: str, config: Path | None) -> None:
    from kpi_toolkit.measures.records import sql

    for query in sql(kpi.bind(), _crm(config), period):
        typer.echo(f"{query.rstrip(';')};\n")
