"""`kpi compare`: why a KPI is not what it was, by the members of a dimension."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from kpi_toolkit.cli.options import AsOfOption, ConfigOption, JsonOption, load_config
from kpi_toolkit.cli.value import KpiArgument, OptionsOption, PeriodOption, bound_of

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm
    from kpi_toolkit.insight.drivers.drivers import Cut, Drivers


def compare(  # noqa: PLR0913 - a parameter is an option of the verb
    kpi: KpiArgument,
    period: PeriodOption,
    base: Annotated[
        str, typer.Option("--with", help="The earlier period; else the preceding one.")
    ] = "",
    by: Annotated[str, typer.Option(help="A dimension; else the most telling one.")] = "",
    scope: Annotated[str, typer.Option(help="A slice, as team=North.")] = "all",
    as_of: AsOfOption = "",
    option: OptionsOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Lay the change of one KPI to the members of a dimension: by volume, mix and rate."""
    from kpi_toolkit.crm.connect import connect
    from kpi_toolkit.insight.drivers.asked import drivers

    bound = bound_of(kpi, option or ())
    read, _ = load_config(config)
    crm = connect(read, as_of=as_of or None)
    found = drivers(bound, crm, period, base, by=by, within=_cut(scope, crm))
    if as_json:
        typer.echo(json.dumps(_json(found), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _cut(text: str, crm: "Crm") -> "Cut | None":
    if text in ("", "all"):
        return None
    from kpi_toolkit.report.scope import Scope

    scope = Scope.parse(text)
    scope.check(crm)
    return (scope.dimension, scope.member) if scope.dimension else None


def _json(found: "Drivers") -> dict[str, object]:
    from kpi_toolkit.format import Format
    from kpi_toolkit.insight.drivers.words import factors

    now, before, english = found.now, found.before, Format("en")
    return {
        "kpi": now.kpi,
        "period": now.period.key,
        "with": before.period.key,
        "as_of": f"{now.as_of.isoformat()}Z",
        "unit": now.unit,
        "currency": now.currency,
        "value": now.value,
        "previous": before.value,
        "by": found.by,
        "change": found.change,
        "reason": found.lacking.reason if found.lacking else "",
        "caution": found.caution.said(english) if found.caution else "",
        "drivers": [
            {"member": d.member, "volume": d.volume, "mix": d.mix, "rate": d.rate}
            for d in found.members
        ],
        "factors": [{"factor": name, "effect": effect} for name, effect in factors(found, english)],
    }


def _print(found: "Drivers") -> None:
    from kpi_toolkit.cli.output import print_table
    from kpi_toolkit.format import Format
    from kpi_toolkit.insight.drivers.table import table
    from kpi_toolkit.insight.drivers.words import message

    words = Format(found.now.language, found.now.currency)  # type: ignore[arg-type]
    typer.echo(message(found, words))
    if found.members:
        told = table(found, words)
        print_table(told.heads, [*told.rows, told.total], right=range(1, len(told.heads)))
