"""The targets of a report's period: what is reached, the pace, the landing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block, ScoreRow
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.targets.pace import Progress, progress
from kpi_toolkit.insight.targets.targets import Target
from kpi_toolkit.insight.targets.words import (
    beyond_best,
    landing_text,
    message,
    needed_text,
    state_word,
    target_name,
    tone,
)
from kpi_toolkit.kpis import find, registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.score_notes import of_target
from kpi_toolkit.report.session import Session, rows_of

MOST_ROWS = 40
_SIDES = {"good": True, "bad": False, "none": None}


def targets(session: Session, bounds: Sequence[Bound], by: str | None) -> Block:
    """The targets that hold for the report's period, of all KPIs that have one or of some; those
    of a dimension's members only where it is named, since members may be people.
    """
    words = session.words
    found = standings(session, bounds, by)
    if not found:
        return absent(words, _what(session, by), _why_none(session))
    return blocks.scorecard(
        title=message(found, words),
        subject=_subject(session, by),
        heads=[
            words.t("Target of") if by is None else wording.column(words, by),
            "",
            words.t("Actual"),
            words.t("Target"),
            words.t("Expected so far"),
            words.t("of target"),
            words.t("Result") if all(one.complete for one in found) else words.t("Pace"),
            words.t("Needed per day"),
            words.t("Landing"),
        ],
        groups=_groups(session, found[:MOST_ROWS]),
        note=_note(session, found),
        values=rows_of(one.value for one in found),
    )


def standings(session: Session, bounds: Sequence[Bound], by: str | None) -> list[Progress]:
    """How the targets stand that hold for the report's period, those of `bounds` or of all KPIs;
    known as of the period's end where it is over.
    """
    period = session.period
    moment = session.as_of if period.grain == "all" else period.end_by(session.as_of)
    wanted = {bound.kpi.name for bound in bounds}
    held = [
        target
        for target in session.targets.holding(period, moment)
        if target.dimension == (by or "") and (not wanted or target.kpi in wanted)
    ]
    for target in held:
        if target.kpi in registry():
            session.bound(find(target.kpi))
    return progress(_in_order(held, bounds), moment, session.evaluation)


def _in_order(held: Sequence[Target], bounds: Sequence[Bound]) -> list[Target]:
    """As they were asked for, else as the table has them; of members the greatest first."""
    names = [bound.kpi.name for bound in bounds] or list(dict.fromkeys(t.kpi for t in held))
    return sorted(held, key=lambda t: (names.index(t.kpi), -(t.value or 0.0), t.member))


def _groups(session: Session, found: Sequence[Progress]) -> list[tuple[str, list[ScoreRow]]]:
    """By period, and by KPI where members are rows."""
    words = session.words

    def heading(one: Progress) -> str:
        kpi = f"{one.value.name(words)}, " if one.target.dimension else ""
        name = words.period(one.period)
        if one.complete:
            return kpi + name if kpi else name[0].upper() + name[1:]
        return words.t(
            "{what}: {n} of {all} business days are over",
            what=kpi + name if kpi else name[0].upper() + name[1:],
            n=words.count(one.elapsed),
            all=words.count(one.days),
        )

    ordered = sorted(found, key=lambda one: one.period.end - one.period.start)
    if any(one.target.dimension for one in found):
        ordered = list(found)
    return [
        (name, [_row(session, one) for one in each]) for name, each in groupby(ordered, heading)
    ]


def _row(session: Session, one: Progress) -> ScoreRow:
    words, unit = session.words, one.value.unit
    share = one.attainment
    expected = one.expected if one.additive and not one.complete else None
    return ScoreRow(
        name=one.target.member if one.target.dimension else target_name(one, words),
        value=words.value(one.value.value, unit),
        previous=(words.value(one.aim, unit), None),
        year=(words.value(expected, unit) if expected is not None else "", None),
        target=None if share is None else (share, _SIDES[tone(one)], words.percent(share)),
        signal=(tone(one), state_word(one, words)),  # type: ignore[arg-type]
        n=needed_text(one, words),
        interval=landing_text(one, words) if one.additive else "",
    )


def _subject(session: Session, by: str | None) -> str:
    words = session.words
    today = words.date(session.crm.calendar.local_day(session.as_of))
    return " · ".join([_what(session, by), words.t("data as of {date}", date=today)])


def _what(session: Session, by: str | None) -> str:
    words = session.words
    if not by:
        return words.t("Targets")
    return words.t("Targets by {dimension}", dimension=wording.column(words, by).lower())


def _why_none(session: Session) -> str:
    words = session.words
    if session.scope.dimension:
        return words.t("they are written for the whole, so a slice of it has none")
    return words.t("none holds {when}", when=words.during(session.period))


def _note(session: Session, found: Sequence[Progress]) -> str:
    words = session.words
    said = [of_target(words, [one.attainment for one in found])]
    under_way = [one for one in found if one.additive and not one.complete]
    if under_way:
        said.append(
            words.t(
                "Expected so far: the target’s share of the business days that are over. Needed: "
                "for each one that is left, in brackets as a multiple of the pace so far."
            )
        )
        said += _landings(words, [one for one in under_way if one.landing])
    for one in under_way:
        if more := beyond_best(one, words):
            text = "{kpi} needs {value} a business day, {more}."
            value = words.value(one.needed, one.value.unit)
            said.append(words.t(text, kpi=target_name(one, words), value=value, more=more))
    if (hidden := len(found) - MOST_ROWS) > 0:
        said.insert(0, words.tn("Not shown: one more.", "Not shown: {n} more.", hidden))
    if any(one.state == "open" for one in found):
        said.append(words.t("So far: some outcomes are not known yet."))
    return " ".join(said)


def _landings(words: Format, found: Sequence[Progress]) -> Iterator[str]:
    """What the landings rest on: the open deals, or the pace so far."""
    parted: dict[bool, list[Progress]] = {True: [], False: []}
    for one in found:
        parted[bool(one.landing and one.landing.of_deals)].append(one)
    if parted[True]:
        yield words.t(
            "Landing of {kpi}: what is won so far, and what the open deals should bring by the end "
            "of the period, as such deals did in earlier ones; in square brackets eight of ten "
            "simulated futures.",
            kpi=target_name(parted[True][0], words),
        )
    if not parted[False]:
        return
    if parted[True]:
        yield words.t("Other landings: at the pace so far.")
    else:
        yield words.t("Landing: at the pace so far.")
    if any(one.landing and one.landing.interval for one in parted[False]):
        yield words.t(
            "In square brackets the range in which four of five earlier periods ended that "
            "stood the same at this point; the landing is their median."
        )
