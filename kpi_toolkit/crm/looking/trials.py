"""What the reader itself makes of cells under several declarations, and which one they decide for.

Nothing here reads a date or a number of its own: a proposal is what `casting` reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm import database
from kpi_toolkit.crm.casting import Form, cast
from kpi_toolkit.crm.looking.heads import Column

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

# The first are no words to anybody; "NA" may be a name, and is none among numbers.
_MARKS = "? ?? - -- --- null (null) #n/a #n/d n/a (blank) (vide) undefined #ref! #value!"
_WORDS = """none nil na n.a. n/d nd n.d. nan . unknown inconnu missing nc n.c. n/c ns so s/o sans
neant néant tbd tba k.a. entfällt"""
NULL_MARKS = frozenset(_MARKS.split())
NULL_WORDS = NULL_MARKS | frozenset(_WORDS.split())
# A rival reading is out when at least this share of the cells on which they differ refuses it: one
# cell among hundreds may be a slip.
DECISIVE = 0.02
LEAST_FIT = 0.9


@dataclass(frozen=True)
class Verdict:
    """How a column's cells read: the best form, and rivals that the cells do not rule out.

    `fit` of `filled` cells read so, null words aside; `deciders` are the texts that only the best
    form reads, `misfits` those that it does not; `plain` says that every form reads the same.
    """

    best: Form
    rivals: tuple[Form, ...]
    fit: int
    filled: int
    nulls: tuple[str, ...]
    deciders: tuple[str, ...]
    misfits: tuple[str, ...]
    values: tuple[Any, ...]
    plain: bool

    @property
    def decided(self) -> bool:
        """Whether the cells leave one reading."""
        return not self.rivals

    @property
    def fits(self) -> bool:
        """Whether the cells are of this kind at all."""
        return self.fit > 0 and self.fit >= LEAST_FIT * self.filled


class Trials:
    """A database of its own in which cells are cast."""

    def __init__(self) -> None:
        self.connection: DuckDBPyConnection = database.locked()

    def counts(self, lines: Sequence[int], texts: "pa.Array") -> list[tuple[str, int, int]]:
        """Each different text of a column with how often it stands, and on which line first."""
        import pyarrow as pa

        cells = pa.table({"t": texts, "line": pa.array(lines)})
        return self.asked("SELECT t, count(*), min(line) FROM _cells GROUP BY t", _cells=cells)

    def asked(self, sql: str, **tables: "pa.Table") -> list[Any]:
        """The rows of a query over tables."""
        for name, table in tables.items():
            self.connection.register(name, table)
        found = self.connection.execute(sql).fetchall()
        for name in tables:
            self.connection.unregister(name)
        return found

    def values(self, texts: Sequence[str], forms: Sequence[Form]) -> list[tuple[Any, ...]]:
        """For each form, the value of each text, or None."""
        import pyarrow as pa

        shown = ", ".join(f"{cast('t', form)} AS v{n}" for n, form in enumerate(forms))
        given = pa.table({"t": pa.array(texts, pa.string())})
        rows = self.asked(f"SELECT {shown} FROM _texts", _texts=given)
        return list(zip(*rows, strict=True)) if rows else [() for _ in forms]

    def verdict(self, column: Column, forms: Sequence[Form]) -> Verdict:
        """The form that reads most cells, the first of equals; `forms` is not empty."""
        texts = column.texts
        weights = [column.cells[text][0] for text in texts]
        readings = self.values(texts, forms)
        read_by_none = [not any(r[n] is not None for r in readings) for n in range(len(texts))]
        null = [read_by_none[n] and text.lower() in NULL_WORDS for n, text in enumerate(texts)]
        covered = [_weight(weights, [v is not None for v in values]) for values in readings]
        best = max(range(len(forms)), key=lambda n: (covered[n], -n))
        chosen = readings[best]
        open_rivals = _rivals(readings, best, weights)
        ruled_out = [
            reading
            for n, reading in enumerate(readings)
            if n != best and n not in open_rivals and covered[n]
        ]
        return Verdict(
            forms[best],
            tuple(forms[n] for n in open_rivals),
            covered[best],
            _weight(weights, [not void for void in null]),
            tuple(text for text, void in zip(texts, null, strict=True) if void),
            tuple(t for n, t in enumerate(texts) if _decides(n, chosen, ruled_out)),
            tuple(t for n, t in enumerate(texts) if chosen[n] is None and not null[n]),
            chosen,
            all(reading == chosen for reading in readings),
        )


def _rivals(readings: list[tuple[Any, ...]], best: int, weights: list[int]) -> list[int]:
    """The readings that give other values and are not ruled out; of equal ones the first."""
    seen, found = [readings[best]], []
    for n, reading in enumerate(readings):
        if reading in seen or not any(value is not None for value in reading):
            continue
        pairs = list(zip(readings[best], reading, strict=True))
        differ = _weight(weights, [ours != theirs for ours, theirs in pairs])
        refused = _weight(weights, [o is not None and t is None for o, t in pairs])
        only_theirs = _weight(weights, [o is None and t is not None for o, t in pairs])
        if refused < max(DECISIVE * differ, 1) or refused < 10 * only_theirs:
            seen.append(reading)
            found.append(n)
    return found


def _decides(n: int, chosen: tuple[Any, ...], others: list[tuple[Any, ...]]) -> bool:
    """Whether a text is read, and a reading that was ruled out does not read it."""
    return chosen[n] is not None and any(other[n] is None for other in others)


def _weight(weights: list[int], chosen: list[bool]) -> int:
    return sum(weight for weight, wanted in zip(weights, chosen, strict=True) if wanted)
