"""Whether an oracle notices a mutant, on a CRM made by chance."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.kpis import find
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask, Evaluation
from kpi_toolkit.period import parse_period
from tests.mutants.formulas import Mutant, mutants
from tests.mutants.sharpened import sharpened
from tests.oracles import generated
from tests.oracles.bounds import bounds
from tests.oracles.every import ORACLES
from tests.oracles.options import OPTIONS

By = tuple[str, ...]
Values = dict[tuple[str | None, ...], float | None]
AS_OF = "2026-10-05T06:00:00"
# What is known later lies in the data, too, some of it exactly at this instant.
EARLIER = "2026-07-01T00:00:00"
ASKED = {
    AS_OF: ("2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2025"),
    EARLIER: ("2026-Q2", "2025-Q4"),
}


def _bounds() -> list[pd.Timestamp]:
    """Every instant at which a period that is asked for begins, ends or looks back to."""
    found = [bounds(key, as_of) for as_of, keys in ASKED.items() for key in keys]
    return sorted({t for at in found for t in (at.start, at.end, at.since, at.as_of)})


class Judge:
    """Oracles over one CRM; `noticed` is asked of each mutant."""

    def __init__(self, rows: int = 1_000) -> None:
        self.tables = sharpened(generated.frames(rows), _bounds(), [*map(pd.Timestamp, ASKED)])
        as_of = pd.Timestamp(AS_OF).to_pydatetime()
        self.crm: Crm = from_frames(as_of=as_of, **generated.aware(self.tables))
        self.known = {table: frozenset(frame.columns) for table, frame in self.tables.items()}
        self._right: dict[tuple, list[Values]] = {}

    def mutants(self, name: str) -> Iterator[Mutant]:
        """Those of a KPI, with its usual options and with others."""
        for options in ({}, *OPTIONS.get(name, ())):
            yield from mutants(find(name).bind(**options), self.known)

    def noticed(self, mutant: Mutant) -> bool:
        """Whether some value differs from the oracle's, in all or, looked at again, by member."""
        bound, wrong = mutant.bound, replace(mutant.bound, node=mutant.node)
        return any(
            self.values(wrong, by) != self.right(bound, by) for by in ((), self._looked_at(bound))
        )

    def is_right(self, bound: Bound) -> bool:
        """Whether the definition itself agrees with the oracle."""
        return all(
            self.values(bound, by) == self.right(bound, by) for by in ((), self._looked_at(bound))
        )

    def values(self, bound: Bound, by: By) -> list[Values]:
        """What a definition gives, period by period: the values by member."""
        found: list[Values] = []
        for as_of, keys in ASKED.items():
            moment = pd.Timestamp(as_of).to_pydatetime()
            asks = [Ask(bound, parse_period(key, self.crm.calendar, moment), by) for key in keys]
            values = Evaluation(self.crm, moment).values(asks)
            found += [{tuple(v.members.values()): v.value for v in values[ask]} for ask in asks]
            if not by and _is_estimated(bound):
                found += [{("n",): float(values[ask][0].n)} for ask in asks]
        return found

    def right(self, bound: Bound, by: By) -> list[Values]:
        """What the oracle says."""
        key = (bound.kpi.name, bound.options, by)
        if key not in self._right:
            oracle, options = ORACLES[bound.kpi.name], dict(bound.options)
            self._right[key] = []
            for as_of, keys in ASKED.items():
                moments = [bounds(k, as_of) for k in keys]
                self._right[key] += [
                    oracle.by(self.tables, at, *by, **options)
                    if by
                    else {(): oracle.value(self.tables, at, **options)}
                    for at in moments
                ]
                if not by and _is_estimated(bound):
                    rows = (oracle.rows(self.tables, at, **options) for at in moments)
                    self._right[key] += [{("n",): float(len(found))} for found in rows]
        return self._right[key]

    def _looked_at(self, bound: Bound) -> By:
        known = bound.kpi.dimensions(self.crm)
        usual = bound.kpi.default_by
        return (usual if usual in known else known[0],)


def _is_estimated(bound: Bound) -> bool:
    """Whether a few records more or fewer may leave a number as it is; then they are counted."""
    return any(measure.aggregate == "estimate" for measure in bound.measures)
