"""The notes under a scorecard: how to read its columns, and what is not compared, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kpi_toolkit.format import Format
from kpi_toolkit.insight.change import judgement
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.targets.targets import attainment
from kpi_toolkit.measures import registry
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.report.session import Session

LONGEST_BAR = 1.2  # of a target, as templates draw it


def notes(session: Session, readings: Sequence[Reading]) -> str:
    """What a reader has to know of the columns, and of what is not in them."""
    words = session.words
    under_way = next((r.base for r in readings if r.base), None)
    said = [
        of_target(words, [attainment(r.now.value, r.target, r.now.better) for r in readings]),
        words.t(
            "Signal: outside the natural limits (mean of the earlier periods ± 2.66 times their "
            "mean change), eight in a row on one side of the mean, or three of four nearer to a "
            "limit than to the mean."
        ),
        words.t(
            "n: records counted. 95% CI: the confidence interval of rates, means and medians; a "
            "total has none. –: nothing to compare with."
        ),
        *_remarks(words, readings),
        _partly(words, under_way) if under_way else "",
        _withheld(words, readings),
    ]
    return " ".join(filter(None, said))


def of_target(words: Format, shares: Iterable[float | None]) -> str:
    """How to read the shares of targets, and the bars that are cut; empty where there are none."""
    known = [share for share in shares if share is not None]
    if not known:
        return ""
    said = words.t("Target: 100% means reached, whether higher or lower is better.")
    return f"{said} {words.t('Bars end at 120%.')}" if max(known) > LONGEST_BAR else said


def missing(session: Session, readings: Sequence[Reading]) -> str:
    """Which KPIs these data do not allow, and what they lack for each; empty where all are."""
    lacking = [_refused(session, r) for r in readings if r.now.status == "not_available"]
    words = session.words
    return words.t("Not available: {kpis}.", kpis=", ".join(lacking)) if lacking else ""


def _remarks(words: Format, readings: Sequence[Reading]) -> Iterator[str]:
    if any(r.now.maturing for r in readings):
        yield words.t(
            "So far: some outcomes are not known yet; earlier periods are taken at the same age."
        )
    if any(judgement.is_young(r) for r in readings):
        yield words.t(
            "Too few periods: fewer than six earlier ones have a value, so that nobody can "
            "tell a signal from chance."
        )
    if any(r.now.foreseen for r in readings):
        yield words.t(
            "Of a forecast: the interval in which it comes to lie in 95 of 100 cases, by its "
            "deals’ chances and by how far off such chances were before."
        )
    if any(r.ended for r in readings):
        yield words.t(
            "Incomplete: the records end before the period does, so it is neither judged nor "
            "compared."
        )
    if any(r.now.part for r in readings):
        yield words.t(
            "Partial: the records begin too late for the twelve months that the figure "
            "needs, so it is not compared."
        )


def _partly(words: Format, compared: Comparison) -> str:
    if compared.business_days is None:
        return ""
    return words.tn(
        "The period is under way: what its first business day brought is compared with the first "
        "business day of earlier periods.",
        "The period is under way: its first {n} business days are compared with as many of earlier "
        "periods.",
        compared.business_days,
    )


def _withheld(words: Format, readings: Sequence[Reading]) -> str:
    """Which comparisons are not made, and why; the KPIs of one reason together."""
    found: dict[str, list[str]] = {}
    for reading in readings:
        for text in _unlike(words, reading):
            found.setdefault(text, []).append(reading.now.name(words))
    if not found:
        return ""
    every = sum(r.now.value is not None for r in readings)
    parts = [
        text if len(kpis) == every else f"{text}{words.colon} {', '.join(kpis)}"
        for text, kpis in found.items()
    ]
    return words.t("Not compared with {periods}.", periods=words.clauses(parts))


def _unlike(words: Format, reading: Reading) -> Iterator[str]:
    """The periods that a KPI is not compared with, those of one reason together."""
    periods: dict[str, list[str]] = {}
    for compared in reading.comparisons:
        reason = compared.withheld
        if reason and reason.is_told and reading.now.value is not None:
            periods.setdefault(reason.said(words), []).append(compared.on(words))
    for why, unlike in periods.items():
        yield words.t("{period} ({reason})", period=", ".join(unlike), reason=why)


def _refused(session: Session, reading: Reading) -> str:
    kpi = registry.find(reading.now.kpi)
    words, reason = session.words, session.refusal(kpi.bind(**reading.now.options))
    return words.t("{kpi} ({reason})", kpi=words.t(kpi.label), reason=reason)
