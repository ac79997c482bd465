"""`kpi value`: one number, its breakdown or its series, on a terminal or as JSON."""

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import AsOfOption, ConfigOption, JsonOption, load_config, named_values
from kpi_toolkit.errors import ConfigError

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm
    from kpi_toolkit.measures.definition import Bound
    from kpi_toolkit.measures.kpi import Kpi
    from kpi_toolkit.measures.value import KpiValue

KpiArgument = Annotated[str, typer.Argument(metavar="KPI", help="A name of `kpi list`.")]
PeriodOption = Annotated[
    str, typer.Option("--period", help="2026-Q3, 2026-09, 2026-W38, all, 'last complete month'.")
]
OptionsOption = Annotated[list[str] | None, typer.Option(help="name=value, of the KPI.")]


def value(  # noqa: PLR0913 - a parameter is an option of the verb
    kpi: KpiArgument,
    period: PeriodOption,
    as_of: AsOfOption = "",
    by: Annotated[list[str] | None, typer.Option(help="A dimension; two at most.")] = None,
    series: Annotated[int, typer.Option(min=1, help="So many periods, ending with this.")] = 1,
    option: OptionsOption = None,
    records: Annotated[
        Path | None, typer.Option(help="Write the rows behind the number to a CSV file.")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Compute one KPI: its value, by dimension, as a series, with its records."""
    from kpi_toolkit.cli import spreadsheet
    from kpi_toolkit.crm.connect import connect
    from kpi_toolkit.measures import ask
    from kpi_toolkit.measures import records as measured

    if len(by or ()) > 2:
        raise ConfigError(f"--by {' '.join(by or ())}: expected two dimensions at most")
    bound = bound_of(kpi, option or ())
    read, file = load_config(config)
    spreadsheet.spare_inputs(records, read, file)
    crm = connect(read, as_of=as_of or None)
    total = ask.value(bound, crm, period, None)
    rows = ask.rows(bound, crm, period, by or (), series, None) if by or series > 1 else []
    if records:
        spreadsheet.write(measured.records(bound, crm, period, None), records, "records")
    if as_json:
        typer.echo(json.dumps(_json(total, rows), ensure_ascii=False, indent=2))
    else:
        _print(total, rows)
        _print_if_empty(total, bound, crm)


def bound_of(name: str, option: "Sequence[str]") -> "Bound":
    """A KPI by its name, with options as typed. Raises DefinitionError, ConfigError."""
    from kpi_toolkit.kpis import find

    found = find(name)
    return found.bind(**_options(found, named_values(option, "--option")))


def _print_if_empty(total: "KpiValue", bound: "Bound", crm: "Crm") -> None:
    """Where nothing is dated in the period, over which days the records run."""
    if total.n:
        return
    from kpi_toolkit.format import Format
    from kpi_toolkit.insight.audit.coverage import without_records

    words = Format(total.language, total.currency)  # type: ignore[arg-type]
    if said := without_records(words, crm, [bound], total.period, total.as_of):
        typer.echo(said)


def _options(kpi: "Kpi", given: Mapping[str, str]) -> dict[str, object]:
    """Options as typed: texts where the KPI takes texts, else literals."""
    textual = {name for name, option in kpi.options.items() if option.choices is not None}
    return {name: text if name in textual else _literal(text) for name, text in given.items()}


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _json(total: "KpiValue", rows: "Sequence[KpiValue]") -> dict[str, object]:
    return {
        "kpi": total.kpi,
        "period": total.period.key,
        "as_of": f"{total.as_of.isoformat()}Z",
        "unit": total.unit,
        "currency": total.currency,
        **_numbers(total),
        "reason": total.reason,
        "definition": total.definition,
        "rows": [{**_place(row, total), **_numbers(row)} for row in rows],
    }


def _numbers(found: "KpiValue") -> dict[str, object]:
    names = ("value", "numerator", "denominator", "n", "status")
    doubt = {"interval": list(found.doubt)} if found.doubt else {}
    return {name: getattr(found, name) for name in names} | doubt


def _place(row: "KpiValue", total: "KpiValue") -> dict[str, object]:
    """Which row it is: its members, and its period in a series."""
    if row.members and row.period == total.period:
        return dict(row.members)
    return {"period": row.period.key, **row.members}


def _print(total: "KpiValue", rows: "Sequence[KpiValue]") -> None:
    from kpi_toolkit.cli.output import print_table
    from kpi_toolkit.format import Format

    words = Format(total.language, total.currency)  # type: ignore[arg-type]
    typer.echo(f"{total.name(words)}, {words.period(total.period)}{words.colon} {total}")
    if not rows:
        return
    heads = list(_place(rows[0], total))
    print_table(
        [*heads, total.name(words), "n"],
        [
            [*_place(row, total).values(), words.value(row.value, row.unit), words.count(row.n)]
            for row in rows
        ],
        right=(len(heads), len(heads) + 1),
    )
