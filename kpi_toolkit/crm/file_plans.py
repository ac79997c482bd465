"""The files that kpi.toml declares for a table or a join -> each one, and how it is written."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kpi_toolkit.config import Config, RowsConfig, TableConfig, Written
from kpi_toolkit.crm.sources import File, misplaced, patterns
from kpi_toolkit.crm.sources.stored import companions

# How a joined file is written where it does not say so itself is as its table's files are; where
# its rows are is its own.
_WRITTEN = ("delimiter", "encoding", "quote")
_PLACE = ("skip", "header", "sheet", "member", "table")


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
    written = _stated(main, _WRITTEN) | _stated(given, (*_WRITTEN, *_PLACE))
    query = config.root / given.query if given.query else None
    if not given.file:
        shown = given.table or given.query
        return (File(Path(), table=given.table, query=query, shown=shown),) if shown else ()
    paths = patterns.matched(config.source_folder, given.file)
    names = patterns.shown(paths, config.source_folder)
    return tuple(
        File(path, query=query, shown=name, **written)
        for path, name in zip(paths, names, strict=True)
    )


def mistakes(config: Config, given: Written) -> list[str]:
    """What of a declaration does not concern its files."""
    if not given.file and (given.table or given.query) and config.source.kind != "database":
        return [
            "table and query say what to read of a database: expected file, such as crm.sqlite, "
            'or kind = "database" under [source]'
        ]
    return misplaced(given.file, _stated(given, (*_WRITTEN, *_PLACE, "query")))


def _stated(given: Written, settings: tuple[str, ...]) -> dict[str, Any]:
    said = {key: getattr(given, key) for key in settings}
    empty = Written()
    return {key: value for key, value in said.items() if value != getattr(empty, key)}
