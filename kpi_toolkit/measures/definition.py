"""KPIs as values: a definition, what it takes of a CRM, and its options chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kpi_toolkit.errors import DefinitionError, NotAvailable, PeriodError, near_misses
from kpi_toolkit.format import Better, Format, Unit
from kpi_toolkit.format.card import card
from kpi_toolkit.measures import source
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Node, Operation
from kpi_toolkit.measures.indicator import Indicator
from kpi_toolkit.measures.known import Known
from kpi_toolkit.measures.options import Option, OptionValue, Says, phrase
from kpi_toolkit.measures.value import Window
from kpi_toolkit.measures.wording import FIELDS, Phrase, Words
from kpi_toolkit.period import GRAINS, Grain, Period


@dataclass(frozen=True)
class Bound:
    """A KPI with its options chosen: what is evaluated, hashed and archived."""

    kpi: Definition
    options: tuple[tuple[str, OptionValue], ...]
    node: Node = field(hash=False)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The measures that its formula reads."""
        return tuple(dict.fromkeys(self.node.measures()))

    @property
    def is_modelled(self) -> bool:
        """Whether a model has to learn before it can be computed, which takes a second or more."""
        return any(measure.fact.model for measure in self.measures)

    @property
    def parts(self) -> tuple[Node, Node | None]:
        """Numerator and denominator; the whole formula and None where it is no ratio."""
        if isinstance(self.node, Operation) and self.node.sign == "/":
            return self.node.left, self.node.right
        return self.node, None

    @property
    def chosen(self) -> dict[str, OptionValue]:
        """The options that differ from their defaults."""
        return {
            name: value for name, value in self.options if value != self.kpi.options[name].default
        }

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """What its label has to say of its options: those that differ from their defaults, and
        those without which the number cannot be read.
        """
        told = [n for n, _ in self.options if n in self.chosen or n in self.kpi.label_says]
        return tuple(phrase(self.kpi.says, name, dict(self.options)) for name in told)

    def told(self, words: Format, text: str) -> str:
        """A text of its definition, with the options that were taken in it."""
        options = dict(self.options)
        said = {name: phrase(self.kpi.says, name, options).said(words) for name in options}
        return words.t(text, **said)

    @cached_property
    def hash(self) -> str:
        """Twelve hexadecimal digits of all that decides the number."""
        kpi = self.kpi
        whole = [
            kpi.name,
            self.node.structure(),
            kpi.unit,
            kpi.better,
            kpi.window,
            kpi.finest_grain,
            self.options,
        ]
        return hashlib.sha256(json.dumps(whole, default=str).encode()).hexdigest()[:12]

    def lacks(self, crm: Any, by: str | None = None) -> tuple[str, ...]:
        """The tables and columns that it needs, broken down or not, and a Crm does not have, or
        cannot compute where the records are.
        """
        missing = source.unavailable(self.measures, crm)
        if missing or by is None or by in self.kpi.dimensions(crm):
            return missing
        return source.lacking_for(self.measures, by, crm.columns)

    def require(self, crm: Any) -> None:
        """Raise NotAvailable with the missing names."""
        if missing := self.lacks(crm):
            raise NotAvailable(
                f"{self.kpi.name}: not available, since the data lack {', '.join(missing)}; map "
                f"them in kpi.toml or pass them as frames"
            )

    def allows(self, period: Period) -> bool:
        """Whether the definition is made for periods as short as this one."""
        return GRAINS.index(period.grain) >= GRAINS.index(self.kpi.finest_grain)

    def check(self, period: Period) -> None:
        """Refuse a grain that is finer than the definition allows."""
        if not self.allows(period):
            raise PeriodError(
                f"{self.kpi.name} by {period.grain}: it is defined by {self.kpi.finest_grain} or "
                f"longer, "
                f"since a shorter period holds too few records to be read; ask for a "
                f"{self.kpi.finest_grain}"
            )


@dataclass(frozen=True, eq=False)
class Definition:
    """What a KPI's decorator and docstring say of it, and the formula that its function returns."""

    name: str
    label: str
    family: str
    words: Words
    function: Callable[..., Node]
    unit: Unit
    better: Better
    window: Window
    finest_grain: Grain
    catalogue: tuple[str, ...]
    indicator: Indicator | None
    reads_with: tuple[str, ...]
    default_by: str | None
    options: Mapping[str, Option]
    matures: str | None
    says: Says
    label_says: tuple[str, ...]
    needs_history: bool
    known: Known | None
    _bound: dict[tuple[tuple[str, OptionValue], ...], Bound] = field(
        default_factory=dict, repr=False
    )

    def bind(self, **options: object) -> Bound:
        """The KPI with some options chosen. Raises DefinitionError for an option or value that it
        does not have.
        """
        for name in options:
            if name not in self.options:
                known = near_misses(name, self.options) if self.options else "it has no options"
                if name == "by":
                    known = f"name a dimension without it: {self.name}.by(crm, period, 'owner')"
                raise DefinitionError(f"option {name!r} of {self.name}: {known}")
        chosen = tuple(
            (n, o.read(self.name, n, options.get(n, o.default))) for n, o in self.options.items()
        )
        if chosen not in self._bound:
            made = self.function(**dict(chosen))
            if not isinstance(made, Node):
                raise DefinitionError(
                    f"KPI {self.name!r}: its function returns {made!r}; expected arithmetic over "
                    f"measures of a fact"
                )
            self._bound[chosen] = Bound(self, chosen, made)
        return self._bound[chosen]

    def formula(self, **options: object) -> Node:
        """The arithmetic of it, for the formula of another KPI."""
        return self.bind(**options).node

    @property
    def direction(self) -> str:
        """Which way is better, in an analyst's words."""
        return "read in context" if self.better == "context" else f"better {self.better}"

    @property
    def is_modelled(self) -> bool:
        """See Bound.is_modelled."""
        return self.bind().is_modelled

    def lacks(self, crm: Any, by: str | None = None) -> tuple[str, ...]:
        """What it needs with its usual options, and a Crm does not have; see Bound.lacks."""
        return self.bind().lacks(crm, by)

    def dimensions(self, crm: Any) -> tuple[str, ...]:
        """What it can be broken down by on a Crm."""
        return source.dimensions(self.bind().measures, crm.columns, crm.own_dimensions)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        words = self.words
        usual, english = self.bind(), Format("en")
        facts = [(name, usual.told(english, getattr(words, name.lower()))) for name in FIELDS]
        facts += [
            ("Unit", f"{self.unit}, {self.direction}, by {self.finest_grain} or longer"),
            ("Options", ", ".join(self.options) or "none"),
        ]
        title, lead = f"{self.label} ({self.name})", usual.told(english, words.sentence)
        lines = [title, lead, *(f"{name}: {text}" for name, text in facts)]
        return {"text/plain": "\n".join(lines), "text/html": card(title, lead=lead, facts=facts)}
