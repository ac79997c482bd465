"""The headlines of an edition, and whether they are few, balanced, owned and worth acting on.

Rules: five to ten, at least two leading and two lagging ones, neither more than 70 % of them; each
measured by the data, with an owner and with what to do when it moves.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kpi_toolkit.config.headlines import HeadlineConfig, text_in
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.indicator import Indicator
from kpi_toolkit.measures.kpi import Kpi

FEWEST, MOST = 5, 10
LEAST_OF_EACH, MOST_SHARE = 2, 0.7

Rule = Literal["count", "balance", "kpi", "available", "owner", "act_on"]


@dataclass(frozen=True)
class Headline:
    """A KPI of the executive edition as kpi.toml has it; `kpi` is None where its name is none."""

    name: str
    kpi: Kpi | None
    owner: str
    act_on: str

    @property
    def indicator(self) -> Indicator | None:
        """Whether it tells what is coming or what has come; None where neither is known."""
        return self.kpi.indicator if self.kpi else None


@dataclass(frozen=True)
class Breach:
    """A rule that an edition breaks; `name` is the headline's, `lacks` what the data lack for it,
    `counts` how many headlines there are, and how many leading and lagging ones.
    """

    rule: Rule
    name: str = ""
    lacks: tuple[str, ...] = ()
    counts: tuple[int, int, int] = (0, 0, 0)


def headlines(declared: Mapping[str, HeadlineConfig], language: str = "en") -> tuple[Headline, ...]:
    """Those of kpi.toml, in its order, in the words of a language."""
    known = registry()
    return tuple(
        Headline(name, known.get(name), text_in(one.owner, language), text_in(one.act_on, language))
        for name, one in declared.items()
    )


def action(found: Headline, words: Format) -> str:
    """'Team leads: find the stage where deals wait'; what is missing is left out."""
    return f"{words.colon} ".join(filter(None, (found.owner, found.act_on)))


def breaches(found: Sequence[Headline], crm: Any) -> tuple[Breach, ...]:
    """Every rule that an edition breaks, the edition's own first."""
    sides = [one.indicator for one in found]
    counts = len(found), sides.count("leading"), sides.count("lagging")
    edition: list[Breach] = []
    if not FEWEST <= len(found) <= MOST:
        edition.append(Breach("count", counts=counts))
    elif not _is_balanced(counts[1], counts[2]):
        edition.append(Breach("balance", counts=counts))
    return (*edition, *(breach for one in found for breach in _of_one(one, crm)))


def _is_balanced(leading: int, lagging: int) -> bool:
    few, many = sorted((leading, lagging))
    return few >= LEAST_OF_EACH and many <= MOST_SHARE * (few + many)


def _of_one(found: Headline, crm: Any) -> Iterator[Breach]:
    if found.kpi is None:
        yield Breach("kpi", found.name)
    elif missing := found.kpi.lacks(crm):
        yield Breach("available", found.name, missing)
    if not found.owner:
        yield Breach("owner", found.name)
    if not found.act_on:
        yield Breach("act_on", found.name)


def told(found: Breach, words: Format, *, names: Format | None = None) -> str:
    """A breach in one sentence, with what to do; `names` is the language of KPIs where it is
    another.
    """
    if found.rule in ("count", "balance"):
        return _edition(found, words)
    kpi = registry().get(found.name)
    name = (names or words).t(kpi.label) if kpi else f"“{found.name}”"
    text = {
        "available": "{name} is a headline, but the data lack {missing}; choose another one.",
        "owner": "{name} is a headline that nobody answers for; write owner in [headlines.{key}].",
        "act_on": "{name} is a headline without what to do when it moves; write act_on in "
        "[headlines.{key}].",
        "kpi": "{name} is a headline, but no KPI has this name.",
    }[found.rule]
    said = words.t(text, name=name, key=found.name, missing=wording.lacking(words, found.lacks))
    near = difflib.get_close_matches(found.name, registry(), 1, 0.6)
    if found.rule == "kpi" and near:
        said = f"{said} {words.t('Did you mean “{near}”?', near=near[0])}"
    return said


def told_together(found: Sequence[Breach], words: Format) -> tuple[str, ...]:
    """Breaches for a page: headlines that lack the same are one sentence."""
    sentences: dict[str, None] = {}
    for one in found:
        alike = [each for each in found if each.rule == one.rule]
        joined = one.rule in ("owner", "act_on") and len(alike) > 1
        sentences[_joined(alike, words) if joined else told(one, words)] = None
    return tuple(sentences)


def _joined(alike: Sequence[Breach], words: Format) -> str:
    kpis = [registry()[one.name] for one in alike if one.name in registry()]
    names = ", ".join(words.t(kpi.label) for kpi in kpis)
    text = {
        "owner": "Nobody answers for {n} headlines ({names}); write owner in [headlines].",
        "act_on": "What to do when they move is not said for {n} headlines ({names}); write act_on "
        "in [headlines].",
    }[alike[0].rule]
    return words.t(text, n=words.count(len(alike)), names=names)


def _edition(found: Breach, words: Format) -> str:
    every, leading, lagging = (words.count(n) for n in found.counts)
    if found.rule == "count":
        return words.t(
            "An edition has 5 to 10 headlines, and this one has {n}; declare them in [headlines].",
            n=every,
        )
    return words.t(
        "Leading and lagging headlines are out of balance, {leading} to {lagging}: an edition has "
        "at least two of each, and at most 70% of one kind.",
        leading=leading,
        lagging=lagging,
    )
