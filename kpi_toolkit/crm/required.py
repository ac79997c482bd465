"""What [quality.required] may name: tables of ours, and their columns or the user's own."""

from kpi_toolkit.config import Config
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import ConfigError, near_misses


def check(config: Config) -> None:
    """Raises ConfigError with every table and column that is not known."""
    told = []
    for table, columns in config.quality.required.items():
        if table not in TABLES:
            told.append(f"quality.required.{table}: unknown table, {near_misses(table, TABLES)}")
            continue
        own = config.tables[table].columns if table in config.tables else {}
        known = [*TABLES[table].columns, *own]
        told += [
            f"quality.required.{table}: unknown column {column!r}, {near_misses(column, known)}"
            for column in columns
            if column not in known
        ]
    if told:
        raise ConfigError("kpi.toml: " + "\n  ".join(told))
