"""Why an archived figure is different now, found by computing it again from the records of then.

The archived value is compared with what today's program makes of the earlier records, and that with
what it makes of today's: the first difference is the definition's or the program's, the second one
the records', which are named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kpi_toolkit.archive.restatements import Cause, Origin, Restatement, same_number
from kpi_toolkit.archive.rows import Run
from kpi_toolkit.crm.declaration import Remapped, remapped
from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.row_changes import RowChange
from kpi_toolkit.errors import KpiError
from kpi_toolkit.insight.editions.changed_records import Figure, changed_records
from kpi_toolkit.measures.evaluate import Ask, Evaluation


@dataclass(frozen=True)
class Explanation:
    """The causes of a difference, and the records that made it; `kept` tells whether the earlier
    records are still there to look at.
    """

    causes: tuple[Cause, ...]
    rows: tuple[RowChange, ...] = ()
    kept: bool = True


@dataclass(frozen=True)
class Explainer:
    """Two origins of figures: an archived run with its records, and the origin of today's with
    theirs; None where records are no longer kept.
    """

    run: Run
    before: Past | None
    now: Origin
    after: Past | None

    def explain(
        self, found: Sequence[Restatement], figures: Mapping[Restatement, Figure]
    ) -> list[Explanation]:
        """An explanation for each difference; those without a figure are told what the two runs
        tell.
        """
        import duckdb

        if self.before is None or self.after is None:
            gone = self.before is None and self.after is not None
            return [Explanation((r.cause,), kept=not gone or r.kind != "restated") for r in found]
        try:
            return self._computed(found, figures, self.before, self.after)
        except (duckdb.Error, KpiError):
            # Records of an older program that this one cannot read, or damaged ones.
            return [Explanation((r.cause,), kept=r.kind != "restated") for r in found]

    def _computed(
        self,
        found: Sequence[Restatement],
        figures: Mapping[Restatement, Figure],
        before: Past,
        after: Past,
    ) -> list[Explanation]:
        wanted = [figures[r] for r in found if r in figures and r.kind == "restated"]
        then, today = numbers(before, wanted), numbers(after, wanted)
        told = {
            r: (then[figures[r]], today[figures[r]])
            for r in found
            if r in figures
            and figures[r] in then
            and figures[r] in today
            # Where today's program does not give the figure that is to be explained, another one
            # made it, and computing it again tells nothing.
            and same_number(today[figures[r]], r.after)
        }
        moved = {figures[r] for r, (one, other) in told.items() if not same_number(one, other)}
        named = changed_records(before, after, (f for f in moved if not self._grows(f)))
        return [
            self._explained(r, figures[r], told[r][0], named)
            if r in told
            else Explanation((r.cause,))
            for r in found
        ]

    def _explained(
        self,
        found: Restatement,
        figure: Figure,
        then: float | None,
        named: Mapping[Figure, tuple[RowChange, ...]],
    ) -> Explanation:
        causes: list[Cause] = []
        if not same_number(then, found.before):
            causes.append(self._program(found))
        if same_number(then, found.after):
            return Explanation(tuple(causes))
        if self._grows(figure):
            return Explanation((*causes, "matured"))
        if not named[figure]:
            return Explanation((*causes, self._moment(figure, found.after)))
        more, rows = self._records(named[figure])
        return Explanation((*causes, *more), rows)

    def _grows(self, figure: Figure) -> bool:
        return figure.bound.kpi.window == "cohort" and self.now.as_of > self.run.as_of

    def _program(self, found: Restatement) -> Cause:
        """Why the same records give another number."""
        if found.cause == "definition":
            return "definition"
        code = self.run.code_version != self.now.code_version
        declared = self.run.declaration_hash, self.now.declaration_hash
        mapping = all(declared) and declared[0] != declared[1]
        if code and mapping and not (self._remapped and not self._remapped.home):
            return "mapping_or_code"
        if code or mapping:
            return "code" if code else "mapping"
        return "unexplained"

    def _moment(self, figure: Figure, after: float | None) -> Cause:
        """Why the number is another though no record of its own is: the earlier records say the
        same when they are known at today's moment, or others that they are computed with differ.
        """
        assert self.before
        later = Past(self.before.snapshot, self.before.crm.at(self.now.as_of))
        if same_number(numbers(later, [figure])[figure], after):
            return "as_of"
        return "data" if self.run.input_hash != self.now.input_hash else "unexplained"

    def _records(self, rows: tuple[RowChange, ...]) -> tuple[list[Cause], tuple[RowChange, ...]]:
        """Why other records give another number; those that are laid to the records themselves."""
        edited = tuple(row for row in rows if not self._is_remapped(row))
        told: dict[Cause, bool] = {"mapping": len(edited) < len(rows), "data": bool(edited)}
        return [cause for cause, found in told.items() if found], edited

    def _is_remapped(self, row: RowChange) -> bool:
        """Whether it is not the record that has changed, but what kpi.toml makes of it."""
        before, after = (side.snapshot for side in (self.before, self.after) if side)
        if self.run.declaration_hash in (None, self.now.declaration_hash):
            return False
        if before.files and [f.sha256 for f in before.files] == [f.sha256 for f in after.files]:
            return True
        return self._remapped is None or self._remapped.made(row)

    @cached_property
    def _remapped(self) -> Remapped | None:
        """How the two declarations differ, where both are known to be those of the figures."""
        if self.before is None or self.after is None:
            return None
        texts = [side.snapshot.declared for side in (self.before, self.after)]
        hashes = [hashlib.sha256(text.encode()).hexdigest()[:12] for text in texts]
        if hashes != [self.run.declaration_hash, self.now.declaration_hash]:
            return None
        return remapped(*texts)


def numbers(side: Past, figures: Iterable[Figure]) -> dict[Figure, float | None]:
    """What today's program makes of some records, as they were known; a figure that they do not
    allow is left out.
    """
    possible = {
        figure: Ask(figure.bound, figure.period, tuple(d for d, _ in figure.members))
        for figure in figures
        if not figure.bound.lacks(side.crm)
        and {d for d, _ in figure.members} <= {*figure.bound.kpi.dimensions(side.crm)}
    }
    evaluation = Evaluation(side.crm, side.crm.as_of)
    found = evaluation.values(possible.values())
    told = {}
    for figure, ask in possible.items():
        members = dict(figure.members)
        alike = (v for v in found[ask] if {d: m or "" for d, m in v.members.items()} == members)
        value = next(alike, None) or evaluation.nothing(replace(ask, by=()))
        told[figure] = value.value
    return told
