"""The files that kpi.toml declares for a table or a join -> each one, and how it is written."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kpi_toolkit.config import Config, RowsConfig, TableConfig, Written
from kpi_toolkit.crm.sources import File, misplaced, patterns
from kpi_toolkit.crm.sources.stored import companions

# How a joined file is written where it does not say so itself is as its table's files are.
_WRITTEN = ("delimiter", "encoding", "quote", "skip")
_PLACE = ("header", "sheet", "member", "table")


def paths(config: Config, tables: Iterable[RowsConfig]) -> tuple[Path, ...]:
    """Every file that some tables are made from."""
    found: dict[Path, None] = {}
    for table in tables:
        for given in (table, *table.joins.values()):
            for path in patterns.matched(config.source_folder, given.file):
                found |= dict.fromkeys([path, *companions(path)])
            found |= {config.root / given.query: None} if given.query else {}
        if isinstance(table, TableConfig) and table.sql:
            found[config.root / table.sql] = None
    return tuple(found)


def files(config: Config, given: Written, main: Written) -> tuple[File, ...]:
    """The files of a table or a join, or the one relation of the source's database; how they are
    written is its own or, else, that of `main`, its table.
    """
    written = _written(main) | _written(given)
    place = {key: getattr(given, key) for key in _PLACE}
    query = config.root / given.query if given.query else None
    if not given.file:
        shown = given.table or given.query
        return (File(Path(), table=given.table, query=query, shown=shown),) if shown else ()
    paths = patterns.matched(config.source_folder, given.file)
    names = patterns.shown(paths, config.source_folder)
    return tuple(
        File(path, query=query, shown=name, **written, **place)
        for path, name in zip(paths, names, strict=True)
    )


def mistakes(config: Config, given: Written) -> list[str]:
    """What of a declaration does not concern its files."""
    if not given.file and (given.table or given.query) and config.source.kind != "database":
        return [
            "table and query say what to read of a database: expected file, such as crm.sqlite, "
            'or kind = "database" under [source]'
        ]
    stated = [key for key in (*_PLACE, "query") if getattr(given, key)]
    return misplaced(given.file, [*_written(given), *stated])


def _written(given: Written) -> dict[str, Any]:
    return {key: value for key in _WRITTEN if (value := getattr(given, key)) is not None}
