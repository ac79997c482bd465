"""Sentences from computed values: what changed, how much, and how sure that is. No adjective
without a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.format import Format
from kpi_toolkit.insight.comparison import Reading
from kpi_toolkit.insight.targets import attainment
from kpi_toolkit.measures import registry

MOST = 5
# The upper limit of moving ranges is 3.27 times their mean (Wheeler, "Understanding Variation").
JUMP = 3.27


@dataclass(frozen=True)
class Sentence:
    """A claim, its evidence, the size of the change and how unusual it is."""

    kpi: str
    claim: str
    evidence: str
    change: str
    favourable: bool | None
    weight: float


def findings(readings: Sequence[Reading], words: Format) -> list[Sentence]:
    """The changes worth saying, the most unusual first: at most five."""
    told = [r for r in readings if _speaks(r) and _change(r, words)[0]]
    ranked = sorted(told, key=lambda r: (_is_signal(r), r.weight), reverse=True)
    shown = ranked[:MOST]
    return [_sentence(r, words, _shadows(r, shown, words)) for r in shown]


def untold(readings: Sequence[Reading], told: Sequence[Sentence], words: Format) -> list[str]:
    """The KPIs that have no finding: those that changed too, those with nothing unusual, and those
    of which neither can be told.
    """
    said = {sentence.kpi for sentence in told}
    others = [r for r in readings if r.now.kpi not in said and _compared(r)]
    more = ", ".join(_label(r, words) for r in others if _speaks(r))
    silent = [r for r in others if not _speaks(r)]
    quiet = ", ".join(_label(r, words) for r in silent if r.limits)
    young = ", ".join(_label(r, words) for r in silent if not r.limits)
    return [
        words.t("Also unusual: {kpis}.", kpis=more) if more else "",
        words.t("Within their ordinary variation: {kpis}.", kpis=quiet) if quiet else "",
        words.t("Too few periods to judge: {kpis}.", kpis=young) if young else "",
    ]


def signal_word(reading: Reading, words: Format) -> str:
    """The signal as a scorecard shows it."""
    kind, above = reading.signal.kind, reading.signal.above
    if reading.now.status == "not_available":
        return words.t("not available")
    if kind == "outside":
        return words.t("above limits") if above else words.t("below limits")
    if kind == "run":
        return words.t("8 above") if above else words.t("8 below")
    if kind == "ordinary":
        return words.t("ordinary")
    if reading.now.part:
        return words.t("of a part")
    return words.t("too few periods") if is_young(reading) else words.t("under way")


def is_young(reading: Reading) -> bool:
    """Whether a whole period has too few before it to be judged."""
    now, unknown = reading.now, reading.signal.kind == "unknown"
    return unknown and now.complete and not now.part and now.status != "not_available"


def signal_tone(reading: Reading) -> str:
    """good, bad or none."""
    if not _is_signal(reading) or reading.now.better == "context":
        return "none"
    return "good" if reading.signal.above == (reading.now.better == "up") else "bad"


def trend_message(reading: Reading, words: Format) -> str:
    """The sentence above a trend: the last value against its natural limits."""
    label, when = _label(reading, words), words.during(reading.now.period)
    if reading.now.value is None:
        return words.t("{kpi}: no data {when}.", kpi=label, when=when)
    value = words.value(reading.now.value, reading.now.unit)
    if reading.now.maturing:
        value = f"{value} {words.t('so far')}"
    if reading.now.part:
        value = f"{value} ({reading.now.part.said(words)})"
    if reading.limits is None or reading.signal.kind == "unknown":
        return words.t("{kpi}: {value} {when}.", kpi=label, value=value, when=when)
    low, high = (
        words.value(v, reading.now.unit) for v in (reading.limits.lower, reading.limits.upper)
    )
    if reading.limits.is_constant:
        constant = _CONSTANT[reading.signal.kind == "ordinary"]
        return words.t(constant, kpi=label, value=value, when=when, earlier=low)
    text = {
        "outside": _OUTSIDE[reading.signal.above],
        "run": _RUNS[reading.signal.above],
        "ordinary": "{kpi}: {value} {when}, within its natural limits ({low} to {high}).",
    }[reading.signal.kind]
    return words.t(text, kpi=label, value=value, when=when, low=low, high=high)


_CONSTANT = {
    True: "{kpi}: {value} {when}, as in every earlier period.",
    False: "{kpi}: {value} {when}, where every earlier period had {earlier}.",
}
_OUTSIDE = {
    True: "{kpi}: {value} {when}, above its natural limits ({low} to {high}).",
    False: "{kpi}: {value} {when}, below its natural limits ({low} to {high}).",
}
_RUNS = {
    True: "{kpi}: {value} {when}, the eighth value in a row above the mean.",
    False: "{kpi}: {value} {when}, the eighth value in a row below the mean.",
}


def _label(reading: Reading, words: Format) -> str:
    return reading.now.name(words)


def _compared(reading: Reading) -> bool:
    return reading.now.value is not None and bool(reading.previous or reading.year_ago)


def _is_signal(reading: Reading) -> bool:
    return reading.signal.kind in ("outside", "run")


def _speaks(reading: Reading) -> bool:
    """A signal, a rate's change that is neither chance nor usual, or another change beyond the
    limit of moving ranges: of stable processes, 6% speak, where one moving range let 33%.
    """
    if not _compared(reading):
        return False
    if reading.distinct is None or _is_signal(reading):
        return _is_signal(reading) or reading.weight > JUMP
    return reading.distinct and (reading.limits is None or reading.weight > 1)


def _shadows(reading: Reading, told: Sequence[Reading], words: Format) -> str:
    """What takes the shine off good news: an unfavourable finding of a KPI that is read with it, as
    a pipeline grows because deals take longer.
    """
    if not _change(reading, words)[1]:
        return ""
    beside = registry.find(reading.now.kpi).reads_with
    found = [r for r in told if r.now.kpi in beside and _change(r, words)[1] is False]
    kpis = ", ".join(_label(r, words) for r in found)
    return words.t("to be read with: {kpis}", kpis=kpis) if kpis else ""


def _sentence(reading: Reading, words: Format, shadows: str) -> Sentence:
    change, favourable = _change(reading, words)
    return Sentence(
        reading.now.kpi,
        _claim(reading, words),
        _evidence(reading, words, shadows),
        change,
        favourable,
        reading.weight,
    )


def _change(reading: Reading, words: Format) -> tuple[str, bool | None]:
    base = reading.previous or reading.year_ago
    if base is None:
        return "", None
    found = words.change(reading.now.value, base.value, reading.now.unit, reading.now.better)
    return ("", None) if found.favourable is None else (found.text, found.favourable)


def _claim(reading: Reading, words: Format) -> str:
    base = reading.previous or reading.year_ago
    rises = base is not None and (reading.now.value or 0) > (base.value or 0)
    text = "{kpi} rises to {value}" if rises else "{kpi} falls to {value}"
    return words.t(
        text, kpi=_label(reading, words), value=words.value(reading.now.value, reading.now.unit)
    )


def _evidence(reading: Reading, words: Format, shadows: str = "") -> str:
    parts = [_against, _target, _doubt, _uncertain]
    return words.clauses([*(part(reading, words) for part in parts), shadows]) + "."


def _against(reading: Reading, words: Format) -> str:
    said: list[str] = []
    for base in (reading.previous, reading.year_ago):
        if base is not None and base is not (said and reading.previous):
            change = words.change(
                reading.now.value, base.value, reading.now.unit, reading.now.better
            )
            said.append(
                words.t(
                    "{change} on {period} ({value})",
                    change=change.text,
                    period=words.period_short(base.period),
                    value=words.value(base.value, base.unit),
                )
            )
    return ", ".join(said)


def _target(reading: Reading, words: Format) -> str:
    share = attainment(reading.now.value, reading.target, reading.now.better)
    if share is None:
        return ""
    return words.t(
        "{share} of the target ({target})",
        share=words.percent(share),
        target=words.value(reading.target, reading.now.unit),
    )


def _doubt(reading: Reading, words: Format) -> str:
    if reading.now.maturing:
        return words.t("some outcomes are not known yet, so periods are compared at the same age")
    if reading.signal.kind == "outside":
        return (
            words.t("above its natural limits")
            if reading.signal.above
            else words.t("below its natural limits")
        )
    if reading.signal.kind == "run":
        above = reading.signal.above
        return (
            words.t("eighth period in a row above its mean")
            if above
            else words.t("eighth period in a row below its mean")
        )
    return words.t("within its natural limits") if reading.signal.kind == "ordinary" else ""


def _uncertain(reading: Reading, words: Format) -> str:
    if reading.certain is not False or not reading.now.interval:
        return ""
    interval = words.interval(*reading.now.interval, reading.now.unit)
    return words.t(
        "not certain: the 95% interval [{interval}] still contains the earlier value",
        interval=interval,
    )
