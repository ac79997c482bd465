"""What the last archived report said differently, and why."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from kpi_toolkit import blocks
from kpi_toolkit.archive.restatements import Restatement
from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.snapshot import named
from kpi_toolkit.crm.tables import PEOPLE
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.editions import archived, revised
from kpi_toolkit.insight.editions.changed_records import Figure
from kpi_toolkit.insight.editions.explained import Explainer, Explanation
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import GRAINS
from kpi_toolkit.report import published
from kpi_toolkit.report.session import Session, rows_of, sentence

MOST_RESTATED = 5


def compared_with(session: Session) -> str:
    """The archived run in a few words, or that there is none."""
    if session.reference is None:
        return session.words.t("first report")
    run = session.reference.run
    return session.words.t(
        "{period}, edition {edition}",
        period=_period_name(session, run.grain, run.period_start),
        edition=run.edition or 1,
    )


def restated(session: Session) -> Block:
    """The archived figures that are different now, and why, those of members after the totals; or
    that none is, or that this is the first report.
    """
    words = session.words
    if session.reference is None:
        return sentence(words.t("First report: there is no earlier one to compare with."))
    now = [*published.totals(session), *published.members(session)]
    differing = session.restated(now)
    changed = [r for r in differing if r.kind != "completed"]
    # People are counted and not named: nobody has said who reads this.
    of_all = [r for r in changed if not {r.dimension, r.dimension2} & {*PEOPLE}]
    told = sorted((r for r in of_all if _shows(session, r)), key=lambda r: _nearness(session, r))
    shown = told[:MOST_RESTATED]
    if not shown:
        return sentence(_unchanged(session, changed))
    return blocks.restated(
        title=words.t("Revised since the last report"),
        text=words.t(
            "Published for {report}, with data as of {date}; recalculated with data as of {today}.",
            report=compared_with(session),
            date=_published_on(session),
            today=words.date(session.crm.calendar.local_day(session.as_of)),
        ),
        heads=[
            _about(session, shown),
            words.t("Published"),
            words.t("Revised"),
            words.t("Change"),
            words.t("Cause"),
        ],
        rows=[
            _restated_row(session, r, why, dated=len(_periods(session, shown)) > 1)
            for r, why in zip(shown, explained(session, shown), strict=True)
        ],
        after=_others(
            session,
            [r for r in changed if r not in shown],
            same=_compared(session, now) - len(differing),
        ),
        values=rows_of(v for v in now if not {*v.members} & {*PEOPLE}),
    )


def explained(session: Session, found: Sequence[Restatement]) -> list[Explanation]:
    """Why some archived figures are different now."""
    reference = session.reference
    if reference is None:
        return []
    snapshot = named(reference.config, session.crm.snapshot) if reference.config else None
    now = Past(snapshot, session.crm.at(session.as_of)) if snapshot else None
    cut = session.scope.dimension
    within = ((cut, session.scope.member),) if cut else ()
    bounds = {(b.kpi.name, archived.options_text(b.chosen)): b for b in session.shown}
    figures = {
        r: Figure(bounds[r.kpi, r.options], session.told[r.key].period, (*within, *_members(r)))
        for r in found
        if (r.kpi, r.options) in bounds
    }
    return Explainer(reference.run, reference.records, session.origin, now).explain(found, figures)


# -- parts


def _unchanged(session: Session, changed: Sequence[Restatement]) -> str:
    """That the totals are as published, and all else but some members."""
    words = session.words
    report, date = compared_with(session), _published_on(session)
    if not changed:
        return words.t(
            "The figures of the last report ({report}, data as of {date}) are unchanged.",
            report=report,
            date=date,
        )
    return words.t(
        "The totals of the last report ({report}, data as of {date}) are unchanged, but not all of "
        "their breakdowns: {breakdowns}.",
        report=report,
        date=date,
        breakdowns=_breakdowns(session, changed),
    )


def _periods(session: Session, found: Sequence[Restatement]) -> list[str]:
    """The periods of which figures are shown, each once."""
    words = session.words
    return list(dict.fromkeys(words.period_short(session.told[r.key].period) for r in found))


def _about(session: Session, found: Sequence[Restatement]) -> str:
    """The head of the first column; it says the period where all figures are of one."""
    periods = _periods(session, found)
    if len(periods) > 1:
        return session.words.t("KPI, period")
    return ", ".join([session.words.t("KPI"), *periods])


def _restated_row(
    session: Session, found: Restatement, why: Explanation, *, dated: bool
) -> list[str]:
    words = session.words
    value = session.told[found.key]
    member = "".join(f", {wording.member(words, d, m)}" for d, m in _members(found) if m)
    when = f", {words.period_short(value.period)}" if dated else ""
    return [
        f"{value.name(words)}{member}{when}",
        words.value(found.before, value.unit),
        words.value(found.after, value.unit),
        words.change(found.after, found.before, value.unit).text,
        revised.why(words, why),
    ]


def _shows(session: Session, found: Restatement) -> bool:
    """Whether a change is large enough for the figures that are printed to differ."""
    words, unit = session.words, session.told[found.key].unit
    return words.value(found.before, unit) != words.value(found.after, unit)


def _nearness(session: Session, found: Restatement) -> tuple:
    """Totals first, of them the reference's own period, restated figures before matured ones,
    later periods.
    """
    run = session.reference.run if session.reference else None
    own = run is not None and (found.grain, found.period_start) == (run.grain, run.period_start)
    grain = GRAINS.index(found.grain)
    # Of one period, KPIs stand in the order in which the report shows them.
    place = next((i for i, b in enumerate(session.shown) if b.kpi.name == found.kpi), 0)
    whole = not found.dimension
    return (
        not whole,
        not own,
        found.kind == "matured",
        -grain,
        -found.period_start.toordinal(),
        place,
    )


def _compared(session: Session, now: Sequence[KpiValue]) -> int:
    """How many of the archived figures have been computed again."""
    archive = session.reference.values if session.reference else ()
    return len({row.key for row in archive} & {archived.row_of(value).key for value in now})


def _others(session: Session, left: Sequence[Restatement], *, same: int) -> str:
    words, said = session.words, []
    if left:
        said.append(
            words.tn("One other figure has changed.", "{n} other figures have changed.", len(left))
        )
    if told := _breakdowns(session, left):
        said.append(words.t("In breakdowns: {breakdowns}.", breakdowns=told))
    if same > 0:
        said.append(words.tn("One figure is unchanged.", "{n} figures are unchanged.", same))
    return " ".join(said)


def _breakdowns(session: Session, left: Sequence[Restatement]) -> str:
    """'Won value by owner (3 of 11), Lost deals by reason (1 of 6)'."""
    words, reference = session.words, session.reference
    published = Counter(map(_breakdown, reference.values if reference else ()))
    names = {_breakdown(r): session.told[r.key].name(words) for r in left if r.dimension}
    changed = Counter(_breakdown(r) for r in left if r.dimension)
    return ", ".join(
        words.t(
            "{kpi} by {dimension} ({n} of {all})",
            kpi=names[key],
            dimension=" × ".join(wording.column(words, d).lower() for d in key[2:4] if d),
            n=words.count(n),
            all=words.count(published[key]),
        )
        for key, n in changed.items()
    )


def _breakdown(figure: Restatement | ValueRow) -> tuple[str, str, str, str, str, dt.date]:
    """What the members of one breakdown share."""
    kpi, options, dimension, _, dimension2, _, grain, start = figure.key
    return kpi, options, dimension, dimension2, grain, start


def _members(found: Restatement) -> tuple[tuple[str, str], ...]:
    pairs = ((found.dimension, found.member), (found.dimension2, found.member2))
    return tuple((dimension, member) for dimension, member in pairs if dimension)


def _published_on(session: Session) -> str:
    run = session.reference.run if session.reference else None
    moment = run.as_of if run else session.as_of
    plain = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return session.words.date(session.crm.calendar.local_day(plain))


def _period_name(session: Session, grain: str, start: dt.date) -> str:
    return session.words.period_short(session.crm.calendar.containing(start, grain))  # type: ignore[arg-type]
