"""Which findings are told: what chance does not explain, and targets that were missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from types import MappingProxyType

from kpi_toolkit.format import Format
from kpi_toolkit.insight.change.claims import Sentence, change_of, sentence
from kpi_toolkit.insight.change.course import ALPHA
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.targets.targets import attainment
from kpi_toolkit.measures import registry
from kpi_toolkit.measures.silence import Silence

MOST = 5
NONE: Mapping[str, str] = MappingProxyType({})
_UNTOLD = {
    "more": "Also unusual: {kpis}.",
    "chance": "Out of limits, though it may be chance: {kpis}.",
    "quiet": "Within their ordinary variation: {kpis}.",
    "young": "Too few periods to judge: {kpis}.",
    "empty": "Nothing recorded to judge by: {kpis}.",
}


def findings(
    readings: Sequence[Reading],
    words: Format,
    others: Sequence[Sentence] = (),
    causes: Mapping[str, str] = NONE,
) -> list[Sentence]:
    """The changes worth saying, the most unusual first: at most five. `others` were found
    elsewhere: by a forecast, restatements; `causes` are what changes come from, by definition.
    """
    told = speaking(readings)
    own = [
        sentence(r, words, causes.get(r.now.definition, ""), _shadows(r, told, words)) for r in told
    ]
    return sorted([*own, *others], key=lambda one: -one.weight)[:MOST]


def speaking(readings: Sequence[Reading]) -> list[Reading]:
    """The readings that have something to say, among so many."""
    looked_at = sum(_is_looked_at(r) for r in readings)
    return [r for r in readings if _speaks(r, looked_at)]


def changed(readings: Sequence[Reading]) -> list[Reading]:
    """Those that findings have room for and whose difference is a change, which has a cause."""
    loud = sorted(speaking(readings), key=lambda r: -r.weight)[:MOST]
    return [reading for reading in loud if _is_change(reading)]


def untold(readings: Sequence[Reading], told: Sequence[Sentence], words: Format) -> list[str]:
    """The KPIs that have no finding: those that changed too, those that left their limits no more
    than by chance, those with nothing unusual, those of which neither can be told, and those
    without a record.
    """
    said = {one.kpi for one in told}
    others = [r for r in readings if r.now.kpi not in said and r.now.status != "not_available"]
    known = [r for r in others if r.now.value is not None]
    loud = speaking(readings)
    silent = [r for r in known if r not in loud]
    chance = [r for r in silent if r.signal.is_one]
    quiet = [r for r in silent if r.signal.kind == "ordinary"]
    young = [r for r in silent if r.limits is None and r.base]
    loudly = [r for r in known if r in loud]
    bare = [r for r in others if not r.now.n and not r.ended]
    empty = [r for r in bare if not any(r in g for g in (loudly, chance, quiet))]
    young = [r for r in young if r not in empty]
    groups = {"more": loudly, "chance": chance, "quiet": quiet, "young": young, "empty": empty}
    return [
        words.t(_UNTOLD[name], kpis=", ".join(r.now.name(words) for r in found)) if found else ""
        for name, found in groups.items()
    ]


def reached(readings: Sequence[Reading], told: Sequence[Sentence], words: Format) -> str:
    """The targets that a period has reached, with the share; those that findings tell are left
    out. Empty where there is none.
    """
    said = {one.kpi for one in told}
    found = [
        f"{r.now.name(words)} ({words.percent(share)})"
        for r in readings
        if r.now.kpi not in said and r.is_whole
        if (share := attainment(r.now.value, r.target, r.now.better)) is not None and share >= 1
    ]
    return words.t("Targets reached: {kpis}.", kpis=", ".join(found)) if found else ""


def cut(readings: Sequence[Reading], words: Format) -> list[str]:
    """Which KPIs nobody can judge, since the records of their table end too early; nothing where
    those of all tables do.
    """
    found: dict[Silence, list[str]] = {}
    for reading in readings:
        if reading.ended and reading.ended.table and reading.now.status != "not_available":
            found.setdefault(reading.ended, []).append(reading.now.name(words))
    return [
        words.t(
            "The records of the table {table} end on {day}, too early to judge: {kpis}.",
            table=silence.named(words),
            day=words.date(silence.last),
            kpis=", ".join(kpis),
        )
        for silence, kpis in found.items()
    ]


def _is_looked_at(reading: Reading) -> bool:
    """Whether chance could have made it speak."""
    return not reading.ended and (
        reading.limits is not None or bool(reading.base and reading.base.interval)
    )


def _speaks(reading: Reading, looked_at: int) -> bool:
    """A missed target, a signal, or a change of which the interval leaves zero outside, by more
    than chance brings among so many KPIs; where periods enough set limits, such a change has to be
    a signal too, for most of what is counted varies more than its records alone would.
    """
    if reading.ended:
        return False
    if reading.is_missed:
        return True
    if reading.limits is not None and reading.course.is_unusual(looked_at):
        return True
    base, signal = reading.base, reading.signal
    if base is None or not base.difference:
        return False
    if reading.limits is not None and not (signal.is_one and signal.above == (base.difference > 0)):
        return False
    return base.exceeds(NormalDist().inv_cdf(1 - ALPHA / 2 / max(looked_at, 1)))


def _is_change(reading: Reading) -> bool:
    """Its interval leaves zero outside, or without one, a signal goes the same way."""
    base = reading.base
    if base is None or not base.difference:
        return False
    if base.is_sure is not None:
        return base.is_sure
    return reading.signal.is_one and reading.signal.above == (base.difference > 0)


def _shadows(reading: Reading, told: Sequence[Reading], words: Format) -> str:
    """Unfavourable findings of KPIs that are read with it: what takes the shine off good news, as a
    pipeline grows because deals take longer, and what is more unusual than bad news, as fewer deals
    close because they take longer.
    """
    favourable = change_of(reading, words)[1]
    if favourable is None:
        return ""
    beside = registry.find(reading.now.kpi).reads_with
    bad = [r for r in told if r.now.kpi in beside and change_of(r, words)[1] is False]
    found = [r for r in bad if favourable or r.weight > reading.weight]
    kpis = ", ".join(r.now.name(words) for r in found)
    return words.t("to be read with: {kpis}", kpis=kpis) if kpis else ""
