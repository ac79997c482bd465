"""What the last archived report said differently, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from kpi_toolkit import blocks
from kpi_toolkit.archive.restatements import Restatement
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.past import Past
from kpi_toolkit.crm.snapshot import named
from kpi_toolkit.format import Format
from kpi_toolkit.insight.editions import archived, revised
from kpi_toolkit.insight.editions.changed_records import Figure
from kpi_toolkit.insight.editions.explained import Explainer, Explanation
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import GRAINS
from kpi_toolkit.report.session import Session, rows_of, sentence

MOST_RESTATED = 6


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
    """The archived figures that are different now, and why; or that none is, or that this is the
    first report.
    """
    words = session.words
    if session.reference is None:
        return sentence(words.t("First report: there is no earlier one to compare with."))
    now = session.archived_now()
    differing = session.restated(now)
    changed = [r for r in differing if r.kind != "completed"]
    shown = sorted(changed, key=lambda r: _nearness(session, r))[:MOST_RESTATED]
    if not shown:
        return sentence(
            words.t(
                "The figures of the last report ({report}, data as of {date}) are unchanged.",
                report=compared_with(session),
                date=_published(session),
            )
        )
    return blocks.restated(
        title=words.t("Revised since the last report"),
        text=words.t(
            "Published for {report}, with data as of {date}; recalculated with data as of {today}.",
            report=compared_with(session),
            date=_published(session),
            today=words.date(session.crm.calendar.local_day(session.as_of)),
        ),
        heads=[
            words.t("KPI, period"),
            words.t("Published"),
            words.t("Revised"),
            words.t("Change"),
            words.t("Cause"),
        ],
        rows=[
            _restated_row(session, r, why)
            for r, why in zip(shown, explained(session, shown), strict=True)
        ],
        after=_others(
            words, others=len(changed) - len(shown), same=_compared(session, now) - len(differing)
        ),
        values=rows_of(now),
    )


def explained(session: Session, found: Sequence[Restatement]) -> list[Explanation]:
    """Why some archived figures are different now."""
    reference = session.reference
    if reference is None:
        return []
    snapshot = named(reference.config, session.crm.snapshot) if reference.config else None
    now = Past(snapshot, session.crm.at(session.as_of)) if snapshot else None
    cut = session.scope.dimension
    members = ((cut, session.scope.member),) if cut else ()
    bounds = {(b.kpi.name, archived.options_text(b.chosen)): b for b in session.shown}
    figures = {
        r: Figure(bounds[r.kpi, r.options], session.told[r.key].period, members)
        for r in found
        if (r.kpi, r.options) in bounds
    }
    return Explainer(reference.run, reference.records, session.origin, now).explain(found, figures)


# -- parts


def _restated_row(session: Session, found: Restatement, why: Explanation) -> list[str]:
    words = session.words
    value = session.told[found.key]
    member = "".join(f", {m}" for m in (found.member, found.member2) if m)
    return [
        f"{value.name(words)}{member}, {words.period_short(value.period)}",
        words.value(found.before, value.unit),
        words.value(found.after, value.unit),
        words.change(found.after, found.before, value.unit).text,
        revised.why(words, why),
    ]


def _nearness(session: Session, found: Restatement) -> tuple:
    """The reference's own period first, restated figures before matured ones, later periods."""
    run = session.reference.run if session.reference else None
    own = run is not None and (found.grain, found.period_start) == (run.grain, run.period_start)
    grain = GRAINS.index(found.grain)
    # Of one period, KPIs stand in the order in which the report shows them.
    place = next((i for i, b in enumerate(session.shown) if b.kpi.name == found.kpi), 0)
    return (not own, found.kind == "matured", -grain, -found.period_start.toordinal(), place)


def _compared(session: Session, now: Sequence[KpiValue]) -> int:
    """How many of the archived figures have been computed again."""
    archive = session.reference.values if session.reference else ()
    return len({row.key for row in archive} & {archived.row_of(value).key for value in now})


def _others(words: Format, *, others: int, same: int) -> str:
    said = []
    if others:
        said.append(
            words.tn("One other figure has changed.", "{n} other figures have changed.", others)
        )
    if same > 0:
        said.append(words.tn("One figure is unchanged.", "{n} figures are unchanged.", same))
    return " ".join(said)


def _published(session: Session) -> str:
    run = session.reference.run if session.reference else None
    moment = run.as_of if run else session.as_of
    plain = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return session.words.date(session.crm.calendar.local_day(plain))


def _period_name(session: Session, grain: str, start: dt.date) -> str:
    return session.words.period_short(session.crm.calendar.containing(start, grain))  # type: ignore[arg-type]
