"""A finding in words: a claim, and the evidence for it. Every number is one that was computed; no
adjective without a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.format import Format
from kpi_toolkit.insight.change.judgement import left_limits
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.targets.targets import attainment
from kpi_toolkit.measures.comparison import Comparison


@dataclass(frozen=True)
class Sentence:
    """A claim, its evidence, the size of the change and how unusual it is: its `weight`, in
    standard deviations of the usual changes.

    Findings take such sentences from wherever something is found out: of drivers, targets, a
    forecast, a restatement.
    """

    kpi: str
    claim: str
    evidence: str
    weight: float
    change: str = ""
    favourable: bool | None = None


def sentence(reading: Reading, words: Format, cause: str = "", shadows: str = "") -> Sentence:
    """The sentence of a reading; `cause` is where the change comes from, `shadows` what takes the
    shine off good news.
    """
    change, favourable = change_of(reading, words)
    return Sentence(
        reading.now.kpi,
        claim(reading, words),
        evidence(reading, words, cause, shadows),
        reading.weight,
        change,
        favourable,
    )


def change_of(reading: Reading, words: Format) -> tuple[str, bool | None]:
    """What a missed target is off by, else the change on what it is compared with first; and
    whether it is favourable. No text where there is none.
    """
    now = reading.now
    if reading.is_missed:
        off = words.change(now.value, reading.target, now.unit, now.better)
        return off.text, off.favourable
    if reading.base is None or not reading.base.difference:
        return "", None
    found = reading.base.change(words)
    return found.text, found.favourable


def claim(reading: Reading, words: Format) -> str:
    """What a reader is told first: that it rises, falls, or where it stands."""
    kpi, value = reading.now.name(words), words.value(reading.now.value, reading.now.unit)
    if reading.is_missed:
        return words.t("{kpi} misses its target at {value}", kpi=kpi, value=value)
    difference = (reading.base.difference if reading.base else None) or 0
    if not difference:
        return words.t("{kpi} stands at {value}", kpi=kpi, value=value)
    text = "{kpi} rises to {value}" if difference > 0 else "{kpi} falls to {value}"
    return words.t(text, kpi=kpi, value=value)


def evidence(reading: Reading, words: Format, cause: str = "", shadows: str = "") -> str:
    """What it is compared with, where the change comes from, its target (first, where it is
    missed), its limits, and how sure the change is.
    """
    target, missed = _target(reading, words), reading.is_missed
    parts: Sequence[str] = (
        target if missed else "",
        _against(reading, words),
        cause,
        "" if missed else target,
        _maturing(reading, words),
        left_limits(reading, words),
        _uncertain(reading, words),
        shadows,
    )
    return words.clauses(parts) + "."


def _against(reading: Reading, words: Format) -> str:
    return ", ".join(_one(compared, words) for compared in reading.comparisons if compared.base)


def _one(compared: Comparison, words: Format) -> str:
    base = compared.base
    return words.t(
        "{change} on {period} ({value})",
        change=compared.said(words),
        period=compared.on(words),
        value=words.value(base.value if base else None, compared.now.unit),
    )


def _target(reading: Reading, words: Format) -> str:
    """The share reached; of rates, and where less is better, how far off: 87% of 56 days would read
    as 49 days.
    """
    now, aim = reading.now, reading.target
    share = attainment(now.value, aim, now.better)
    if share is None or now.value is None or aim is None:
        return ""
    target = words.value(aim, now.unit)
    if now.better == "up" and now.unit != "percent":
        return words.t(
            "{share} of the target ({target})", share=words.percent(share), target=target
        )
    gap = words.difference(abs(now.value - aim), now.unit).removeprefix("+")
    if not any(figure in gap for figure in "123456789"):
        return words.t("at its target ({target})", target=target)
    text = (
        "{gap} above the target ({target})"
        if now.value > aim
        else "{gap} below the target ({target})"
    )
    return words.t(text, gap=gap, target=target)


def _maturing(reading: Reading, words: Format) -> str:
    if not reading.now.maturing:
        return ""
    return words.t("some outcomes are not known yet, so periods are compared at the same age")


def _uncertain(reading: Reading, words: Format) -> str:
    compared = reading.base
    if compared is None or compared.interval is None or compared.is_sure:
        return ""
    low, high = (words.difference(end, reading.now.unit) for end in compared.interval)
    return words.t(
        "the change on {period} may be chance (95% interval: {low} to {high})",
        period=compared.on(words),
        low=low,
        high=high,
    )
