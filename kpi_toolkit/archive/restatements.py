"""Which archived figures are different now, and why."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kpi_toolkit.archive.rows import FigureId, Run, ValueRow

Cause = Literal[
    "matured",
    "definition",
    "mapping",
    "code",
    "data",
    "data_or_code",
    "mapping_or_code",
    "as_of",
    "unexplained",
    "under_way",
]
Kind = Literal["restated", "matured", "completed"]


@dataclass(frozen=True)
class Restatement(FigureId):
    """A figure that an earlier run reported otherwise; None stands for no number.

    completed: its period was still under way then. matured: a cohort has grown older, which is
    expected. restated: it should have stayed as it was, and `cause` says why it did not.
    """

    before: float | None
    after: float | None
    cause: Cause
    kind: Kind


@dataclass(frozen=True)
class Origin:
    """What values were made from: the moment of knowledge (aware), the program, the records and
    what kpi.toml makes of them, where that is known.
    """

    as_of: datetime
    code_version: str
    input_hash: str
    declaration_hash: str | None = None


def compare(
    before: Run,
    before_values: Iterable[ValueRow],
    now_values: Iterable[ValueRow],
    now: Origin,
) -> list[Restatement]:
    """The figures of an earlier run that have changed, sorted by key.

    `now` is the origin of the values now. Figures equal within 1e-9 are not listed, nor those that
    only one of the two runs has.
    """
    archived = {row.key: row for row in before_values}
    found = []
    for row in sorted(now_values, key=lambda row: row.key):
        old = archived.get(row.key)
        if old is None or same_number(old.value, row.value):
            continue
        kind, cause = _why(old, row, older=now.as_of > before.as_of)
        if cause is None:
            cause = _run_cause(before, now)
        found.append(Restatement(*row.key, old.value, row.value, cause, kind))
    return found


def missing(before_values: Iterable[ValueRow], now_values: Iterable[ValueRow]) -> int:
    """How many archived figures are no longer computed."""
    return len({row.key for row in before_values} - {row.key for row in now_values})


def same_number(old: float | None, new: float | None) -> bool:
    """Whether two values are one to within 1e-9; None is no number."""
    if old is None or new is None:
        return old is new
    return math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-12)


def _why(old: ValueRow, new: ValueRow, *, older: bool) -> tuple[Kind, Cause | None]:
    """The kind, and the cause where the two values tell it; a cohort matures as it grows older."""
    if not old.complete:
        return "completed", "under_way"
    if old.definition_hash != new.definition_hash:
        return "restated", "definition"
    if new.window == "cohort" and older:
        return "matured", "matured"
    return "restated", None


def _run_cause(before: Run, now: Origin) -> Cause:
    """What two runs differ in. Another mapping gives other records too, so that it is named first;
    another moment of knowledge mostly comes with newer records, which are named then.
    """
    known = before.declaration_hash and now.declaration_hash
    if known and before.declaration_hash != now.declaration_hash:
        return "mapping"
    code = before.code_version != now.code_version
    data = before.input_hash != now.input_hash
    if code and data:
        return "data_or_code"
    if code or data:
        return "code" if code else "data"
    return "as_of" if before.as_of != now.as_of else "unexplained"
