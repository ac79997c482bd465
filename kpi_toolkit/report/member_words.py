"""A breakdown in a sentence: who leads, who stands apart, who changed most."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_toolkit.format import Format, Unit
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.standing import standing
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report.members import Compared, adds_up, name
from kpi_toolkit.report.session import Session

MOST_NAMED = 3  # members that stand apart


def variance_message(
    session: Session,
    bound: Bound,
    found: Compared,
    compared: Comparison,
    by: str,
    sure: frozenset[str] | None = None,
) -> str:
    """The change of the whole, and who moved most each way; of `sure` members only, if given."""
    words, unit, label = session.words, bound.kpi.unit, session.label(bound)
    change = compared.said(words)
    moved = (found.frame["value"] - found.frame["previous"]).dropna()
    # Who is not filled in, or many together, is nobody to speak to.
    moved = moved.drop([wording.member(words, "", None), found.others], errors="ignore")
    if len(found.frame) < 2:  # what the only one did is the whole
        moved = moved[:0]
    said = words.t(
        "{kpi}: {change} on {period}", kpi=label, change=change, period=compared.on(words)
    )
    if sure is not None:
        moved = moved[moved.index.isin(sure)]
        if moved.empty:
            nobody = words.t(
                "no {dimension} changed by more than chance explains",
                dimension=wording.column(words, by).lower(),
            )
            return words.clauses([said, nobody]) + "."
    parts = []
    if len(moved) and moved.max() > 0:
        parts.append(
            words.t(
                "largest rise: {member} ({change})",
                member=words.named(str(moved.idxmax())),
                change=_moved(words, moved.max(), unit),
            )
        )
    if len(moved) and moved.min() < 0:
        parts.append(
            words.t(
                "largest fall: {member} ({change})",
                member=words.named(str(moved.idxmin())),
                change=_moved(words, moved.min(), unit),
            )
        )
    return words.clauses([said, *parts]) + "."


def withheld(words: Format, label: str, compared: Comparison) -> str:
    """That a KPI is not compared with a period, and why."""
    return words.t(
        "{kpi}: not compared with {period} ({reason}).",
        kpi=label,
        period=words.period_short(compared.period),
        reason=compared.withheld.said(words) if compared.withheld else "",
    )


def not_compared(session: Session, bound: Bound, values: Sequence[KpiValue]) -> str:
    """What a breakdown tells without an earlier one: why there is none where that has a reason,
    else who comes first in what adds up.
    """
    words, label, period = session.words, session.label(bound), session.period
    compared = None if period.grain == "all" else session.beside(bound, period.previous())
    if compared and compared.withheld and compared.withheld.is_told:
        return withheld(words, label, compared)
    if adds_up(bound) and values:
        return ranking_message(session, bound, values, values)
    return words.t("{kpi}: no earlier period to compare with.", kpi=label)


def rate_message(
    session: Session, bound: Bound, by: str, values: Sequence[KpiValue], whole: float
) -> str:
    """Which members of a rate stand apart from the whole by more than chance."""
    words, found = session.words, standing(values, whole)

    def named(members: Sequence[KpiValue]) -> str:
        shown = [f"{name(words, v)} ({words.value(v.value, bound.kpi.unit)})" for v in members]
        return ", ".join(shown[:MOST_NAMED])

    said = [
        words.t("below it {members}", members=named(found.below)) if found.below else "",
        words.t("above it {members}", members=named(found.above)) if found.above else "",
    ]
    if not any(said):
        said = [words.t("no difference is more than chance explains")]
    by_it = words.t("by {dimension}", dimension=wording.column(words, by).lower())
    label, value = f"{session.label(bound)} {by_it}", words.value(whole, bound.kpi.unit)
    lead = words.t("{kpi}: {value} in all", kpi=label, value=value)
    return words.clauses([lead, *said]) + "."


def ranking_message(
    session: Session, bound: Bound, shown: Sequence[KpiValue], values: Sequence[KpiValue]
) -> str:
    """Who stands highest, and with what share, or who stands lowest where all are shown."""
    words, unit, label = session.words, bound.kpi.unit, session.label(bound)
    ordered = sorted(values, key=lambda v: v.value or 0.0, reverse=True)
    top, low = ordered[0], ordered[-1]
    whole = sum(v.value or 0.0 for v in values)
    # A return is a negative part: the first would have more than the whole.
    if adds_up(bound) and whole > 0 and (low.value or 0.0) >= 0:
        return words.t(
            "{kpi}: {member} comes first with {value}, {share} of the total.",
            kpi=label,
            member=words.named(name(words, top)),
            value=words.value(top.value, unit),
            share=words.percent((top.value or 0) / whole, 0),
        )
    if top is not low and top.value == low.value:
        return words.t("{kpi}: {value} everywhere.", kpi=label, value=words.value(top.value, unit))
    if top is low:
        return words.t(
            "{kpi}: {value} for {member}.",
            kpi=label,
            value=words.value(top.value, unit),
            member=words.named(name(words, top)),
        )
    if len(shown) < len(values):
        return words.t(
            "{kpi}: {member} comes first with {value}.",
            kpi=label,
            member=words.named(name(words, top)),
            value=words.value(top.value, unit),
        )
    return words.t(
        "{kpi}: highest for {member} ({value}), lowest for {other} ({least}).",
        kpi=label,
        member=words.named(name(words, top)),
        value=words.value(top.value, unit),
        other=words.named(name(words, low)),
        least=words.value(low.value, unit),
    )


def _moved(words: Format, difference: float, unit: Unit) -> str:
    return words.points(difference) if unit == "percent" else words.value(difference, unit, True)
