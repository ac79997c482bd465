"""The executive edition: its headlines by kind, who acts on each, and whether its rules hold."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight.change import judgement
from kpi_toolkit.insight.change.findings import speaking
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.headlines import Headline, breaches, told_together
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.report import summary
from kpi_toolkit.report.session import Session, nothing


def kpis(session: Session) -> tuple[Kpi, ...]:
    """The headlines of kpi.toml that are KPIs, in its order."""
    return tuple(one.kpi for one in session.headlines if one.kpi)


def scorecard(session: Session) -> Block:
    """The headlines, those that tell what is coming before those that tell what has come."""
    words = session.words
    groups: dict[str, list[Bound]] = {}
    for name, kind in (
        (words.t("Leading: what is coming"), "leading"),
        (words.t("Lagging: what has come of it"), "lagging"),
        (words.t("Other"), None),
    ):
        found = [one.kpi for one in session.headlines if one.kpi and one.indicator == kind]
        if found:
            groups[name] = [session.bound(kpi) for kpi in found]
    return summary.scorecard(session, groups)


def actions(session: Session) -> Block:
    """Who answers for each headline and what to do when it moves, those first of which the findings
    speak.
    """
    words = session.words
    found = [one for one in session.headlines if one.kpi]
    if not found:
        return nothing(session)
    bounds = [session.bound(one.kpi) for one in found if one.kpi]
    readings = session.readings(bounds)
    moved = speaking(readings)
    pairs = sorted(zip(found, readings, strict=True), key=lambda pair: pair[1] not in moved)
    return blocks.table(
        message=_message(session, moved),
        subject=words.period(session.period),
        heads=[words.t("KPI"), words.t("Signal"), words.t("Owner"), words.t("When it moves")],
        rows=[_row(session, one, reading) for one, reading in pairs],
        align=["left"] * 4,
        strong=[0],
        phone=[0, 1],
    )


def edition_check(session: Session) -> Block | None:
    """What breaks the rules of an edition, a sentence each; None where all is well."""
    words = session.words
    found = breaches(session.headlines, session.crm)
    if not found:
        return None
    return blocks.text(blocks.bullets(*told_together(found, words)))


def _row(session: Session, one: Headline, reading: Reading) -> list[str]:
    words = session.words
    word = words.t("target missed") if reading.is_missed else judgement.signal_word(reading, words)
    return [reading.now.name(words), word, one.owner, one.act_on]


def _message(session: Session, moved: Sequence[Reading]) -> str:
    words = session.words
    if not session.period.is_complete(session.as_of):
        return words.t("The period is still under way: no headline can give a signal yet.")
    if not moved:
        return words.t("No headline calls for action.")
    return words.tn(
        "One headline calls for action: {kpis}.",
        "{n} headlines call for action: {kpis}.",
        len(moved),
        kpis=", ".join(reading.now.name(words) for reading in moved),
    )
