"""`kpi archive diff`: two runs beside each other, as text, JSON or a page."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kpi_toolkit.cli.options import ConfigOption, JsonOption, load_config
from kpi_toolkit.cli.output import print_table
from kpi_toolkit.errors import ArchiveError

if TYPE_CHECKING:
    from kpi_toolkit.archive.store import Archive, Run
    from kpi_toolkit.config import Config
    from kpi_toolkit.format import Format
    from kpi_toolkit.insight.editions.compared import Beside, ChangedTables, Compared, Difference

RunArgument = Annotated[
    str,
    typer.Argument(help="A run's id or how it starts, or sales/2026-Q2, or sales/2026-Q2/1."),
]
_KINDS = {"late": "entered late", "mapped": "mapped otherwise"}


def diff(
    before: RunArgument,
    after: RunArgument,
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option(help="Write a page beside that says it all.")] = None,
    config: ConfigOption = None,
) -> None:
    """Compare two runs: what differs, the cause, and the records that did it."""
    from kpi_toolkit.archive.asked import asked_run
    from kpi_toolkit.insight.editions.compared import changed_tables, compared

    read, _ = load_config(config)
    archive = opened(config)
    old, new = asked_run(archive, before), asked_run(archive, after)
    found = compared(archive, read, old, new)
    if html:
        _write_page(found, read, html)
    tables = changed_tables(read, old, new)
    if as_json:
        typer.echo(json.dumps(_json(found, tables), ensure_ascii=False, indent=2))
        return
    _print(found, read)
    _print_records(tables)
    if html:
        typer.echo(html)


def opened(config: Path | None) -> "Archive":
    """The archive of a project, to be read. Raises ArchiveError where there is none."""
    from kpi_toolkit.archive.store import Archive

    read, _ = load_config(config)
    archive = Archive.open_read_only(read.archive_url)
    if archive is None:
        raise ArchiveError(
            f"archive: there is none yet in {read.reports_folder}; `kpi run` makes it"
        )
    return archive


def _write_page(found: "Compared", config: "Config", path: Path) -> None:
    from kpi_toolkit.render.comparison import document
    from kpi_toolkit.render.html import page

    try:
        path.write_text(page(document(found, config), config.root), encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from None


def _print(found: "Compared", config: "Config") -> None:
    from kpi_toolkit.format import Format

    words = Format("en", config.project.currency)
    typer.echo(f"before: {_name(found.before)}\nafter:  {_name(found.after)}")
    if not found.alike:
        typer.echo("of different periods or slices: KPIs of one name stand beside each other")
        print_table(
            ("kpi", "options", "before", "after", "change"),
            [_beside(pair, words, found.is_fair(pair)) for pair in found.own],
            right=(2, 3, 4),
        )
        typer.echo("figures that both report:")
    print_table(
        ("kpi", "options", "of", "grain", "from", "before", "after", "why"),
        [_difference(difference, words) for difference in found.differences],
        right=(5, 6),
    )
    said = f"{len(found.differences)} figures differ, {found.same} are the same"
    only = [
        f"{n} are only in {run.run_id}"
        for n, run in ((found.gone, found.before), (found.added, found.after))
        if n
    ]
    typer.echo(", ".join([said, *only]))


def _print_records(tables: "ChangedTables | None") -> None:
    if tables is None:
        typer.echo("which records differ is not known: a snapshot was removed, or never kept")
        return
    for table, rows in tables.rows.items():
        counts = Counter(row.kind for row in rows)
        told = ", ".join(f"{n} {_KINDS.get(kind, kind)}" for kind, n in sorted(counts.items()))
        typer.echo(f"records of {table}: {told}")
    for table in tables.newly_mapped:
        typer.echo(f"records of {table}: newly mapped")
    for table in tables.no_longer_mapped:
        typer.echo(f"records of {table}: no longer mapped")


def _name(run: "Run") -> str:
    return (
        f"{run.run_id}, {run.report} {run.scope} {run.period}, edition {run.edition}, "
        f"data as of {run.as_of:%Y-%m-%d %H:%M} UTC"
    )


def _beside(pair: "Beside", words: "Format", fair: bool) -> tuple[object, ...]:
    values = [side.value if side else None for side in (pair.before, pair.after)]
    unit: Any = pair.row.unit
    change = words.change(values[1], values[0], unit).text if fair else "of another age"
    return (pair.row.kpi, pair.row.options, *(words.value(v, unit) for v in values), change)


def _difference(found: "Difference", words: "Format") -> tuple[object, ...]:
    from kpi_toolkit.insight.editions import revised

    change, unit = found.change, found.row.unit
    why = revised.why(words, found.why)
    return (
        change.kpi,
        change.options,
        ", ".join(
            f"{dimension} {member}"
            for dimension, member in (
                (change.dimension, change.member),
                (change.dimension2, change.member2),
            )
            if dimension
        ),
        change.grain,
        change.period_start,
        words.value(change.before, unit),  # type: ignore[arg-type]
        words.value(change.after, unit),  # type: ignore[arg-type]
        why if change.kind == "matured" else f"{change.kind}: {why}",
    )


def _json(found: "Compared", tables: "ChangedTables | None") -> dict[str, Any]:
    return {
        "before": _run_json(found.before),
        "after": _run_json(found.after),
        "alike": found.alike,
        "values": [
            {
                "kpi": pair.row.kpi,
                "options": pair.row.options,
                "unit": pair.row.unit,
                "before": pair.before and pair.before.value,
                "after": pair.after and pair.after.value,
            }
            for pair in found.own
        ],
        "differences": [
            {
                **asdict(difference.change),
                "period_start": difference.change.period_start.isoformat(),
                "unit": difference.row.unit,
                "cause": difference.why.causes[0],
                "causes": difference.why.causes,
                "earlier_records_kept": difference.why.kept,
                "records": [asdict(row) for row in difference.why.rows],
            }
            for difference in found.differences
        ],
        "same": found.same,
        "only_before": found.gone,
        "only_after": found.added,
        "records": tables and {t: [asdict(r) for r in rows] for t, rows in tables.rows.items()},
        "newly_mapped": tables and tables.newly_mapped,
        "no_longer_mapped": tables and tables.no_longer_mapped,
    }


def _run_json(run: "Run") -> dict[str, Any]:
    facts = ("run_id", "report", "scope", "period", "edition", "language", "input_hash")
    return {name: getattr(run, name) for name in facts} | {"as_of": run.as_of.isoformat()}
