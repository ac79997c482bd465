"""Whether targets are SMART: specific, measurable, achievable, relevant, dated, and owned.

A fault is a target that nothing can be measured by, or that nobody answers for; that a target lies
beyond anything in its history is a remark.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kpi_toolkit.insight.targets.ambition import Ambition, ambitious
from kpi_toolkit.insight.targets.targets import Target, Targets
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures import source
from kpi_toolkit.measures.evaluate import Evaluation
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.kpi import Kpi

Rule = Literal[
    "dated",
    "kpi",
    "available",
    "grain",
    "direction",
    "value",
    "possible",
    "dimension",
    "whole",
    "member",
    "owned",
    "ambitious",
]


@dataclass(frozen=True)
class Weakness:
    """What is wrong with some targets, or worth a word: `rule` says which rule they break, `what`
    names what is concerned, `near` is what may have been meant, and `best` the history that a
    remark is about.
    """

    rule: Rule
    targets: tuple[Target, ...]
    what: str = ""
    near: str = ""
    best: Ambition | None = None

    @property
    def is_fault(self) -> bool:
        """Whether it has to be mended."""
        return self.rule != "ambitious"

    @property
    def first(self) -> Target:
        """The first target concerned."""
        return self.targets[0]


def smart(crm: Any, as_of: dt.datetime) -> tuple[Weakness, ...]:
    """The faults of all targets, those that concern the same thing as one, then the remarks."""
    targets = Targets.of(crm).rows
    checks = _Checks(crm)
    found: dict[tuple[Rule, str], list[Target]] = {}
    for target in targets:
        for rule, what in checks.faults(target):
            found.setdefault((rule, what), []).append(target)
    faults = [
        Weakness(rule, tuple(rows), what, checks.near(rule, what, rows[0]))
        for (rule, what), rows in found.items()
    ]
    bad = {id(target) for fault in faults if fault.rule != "owned" for target in fault.targets}
    sound = [target for target in targets if id(target) not in bad]
    return (*faults, *_remarks(sound, Evaluation(crm, as_of)))


def _remarks(sound: Sequence[Target], evaluation: Evaluation) -> Iterator[Weakness]:
    for found in ambitious(sound, evaluation):
        yield Weakness("ambitious", (found.target,), best=found)


class _Checks:
    """The rules, with what of the data they have looked up."""

    def __init__(self, crm: Any) -> None:
        self.crm = crm
        self.kpis: Mapping[str, Kpi] = registry()
        self._members: dict[tuple[str, str], frozenset[str]] = {}

    def faults(self, target: Target) -> Iterator[tuple[Rule, str]]:
        """The rules that a target breaks, each with the name of what is concerned."""
        if not target.owner.strip():
            yield "owned", ""
        if target.period is None:
            yield "dated", target.text
        if target.value is None:
            yield "value", ""
        kpi = self.kpis.get(target.kpi)
        if kpi is None:
            yield "kpi", target.kpi
        elif missing := kpi.lacks(self.crm):
            yield "available", ", ".join(missing)
        else:
            yield from self._measurable(target, kpi)

    def _measurable(self, target: Target, kpi: Kpi) -> Iterator[tuple[Rule, str]]:
        if target.period and not kpi.bind().allows(target.period):
            yield "grain", kpi.name
        if kpi.better == "context":
            yield "direction", kpi.name
        if target.value is not None and not _is_possible(target.value, kpi):
            yield "possible", kpi.name
        if bool(target.dimension) != bool(target.member):
            yield "whole", target.dimension or target.member
        elif target.dimension and target.dimension not in kpi.dimensions(self.crm):
            yield "dimension", target.dimension
        elif target.dimension and target.member not in self._of(kpi, target.dimension):
            yield "member", target.member

    def near(self, rule: Rule, what: str, target: Target) -> str:
        """What may have been meant instead."""
        kpi = self.kpis.get(target.kpi)
        known: Iterable[str] = ()
        if rule == "kpi":
            known = self.kpis
        elif kpi and rule == "dimension":
            known = kpi.dimensions(self.crm)
        elif kpi and rule == "member":
            known = self._of(kpi, target.dimension)
        return next(iter(difflib.get_close_matches(what, sorted(known), 1, 0.6)), "")

    def _of(self, kpi: Kpi, dimension: str) -> frozenset[str]:
        """The members of a dimension, of the records that a KPI is made of."""
        key = (kpi.name, dimension)
        if key not in self._members:
            fact = kpi.bind().measures[0].fact
            zone = self.crm.calendar.time_zone
            rows = source.select(fact, [name(dimension)], self.crm.columns, zone)
            found = self.crm.query(f"SELECT DISTINCT {name(dimension)} FROM ({rows}) AS f")
            self._members[key] = frozenset(str(m) for (m,) in found if m is not None)
        return self._members[key]


def _is_possible(value: float, kpi: Kpi) -> bool:
    """A share lies between 0 and 1; nothing but money and ratios can be below zero."""
    if kpi.unit in ("money", "money_per_day", "ratio"):
        return True
    return value >= 0 and (kpi.unit != "percent" or value <= 1)
