"""What a run's numbers were made from, so that a changed number can be explained."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.errors import ArchiveError


def definition_hash(values: Iterable[ValueRow]) -> str:
    """Twelve hexadecimal digits of the definitions behind a report's values."""
    definitions = sorted({f"{row.kpi} {row.options} {row.definition_hash}" for row in values})
    return hashlib.sha256("\n".join(definitions).encode()).hexdigest()[:12]


def value_rows(values: Iterable[Mapping[str, Any]]) -> list[ValueRow]:
    """A document's values as the archive takes them. Raises ArchiveError for one it cannot."""
    try:
        return [
            ValueRow(**{**row, "period_start": date.fromisoformat(row["period_start"])})
            for row in values
        ]
    except (TypeError, KeyError, ValueError) as error:
        raise ArchiveError(
            f"values of the report: {error}; the notebook's blocks come from another version of "
            "the program"
        ) from error
