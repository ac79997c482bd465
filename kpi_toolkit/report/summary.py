"""The first page: the title band, what to remember, the scorecard, what was restated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from kpi_toolkit import blocks
from kpi_toolkit.archive.restatements import Restatement
from kpi_toolkit.blocks import Block, Finding, ScoreRow
from kpi_toolkit.format import Format
from kpi_toolkit.insight import findings as insight
from kpi_toolkit.insight.comparison import Reading
from kpi_toolkit.insight.targets import attainment
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import GRAINS
from kpi_toolkit.report.session import Session, rows_of, sentence

MOST_RESTATED = 8


def header(session: Session) -> Block:
    """The title band, with what the report is compared with."""
    words, crm = session.words, session.crm
    meta = [
        (words.t("Period"), words.days_of(session.period)),
        (words.t("Data as of"), words.instant(crm.calendar.local(session.as_of))),
    ]
    if crm.newest_event:
        newest = crm.calendar.local_day(crm.newest_event)
        meta.append((words.t("Newest record"), words.date(newest)))
    if session.scope.dimension:
        meta.append((words.t("Scope"), str(session.scope)))
    meta.append((words.t("Compared with"), compared_with(session)))
    return blocks.header(
        report=session.name,
        title=session.title,
        period=words.period(session.period),
        period_key=session.period.key,
        company=crm.name,
        language=words.language,
        meta=meta,
        as_of=session.as_of.replace(tzinfo=dt.UTC).isoformat(),
    )


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


def findings(session: Session, bounds: Sequence[Bound]) -> Block:
    """What changed against the period before, a year ago and the archived report."""
    words = session.words
    readings = session.readings(bounds)
    told = insight.findings(readings, words)
    most = max((s.weight for s in told), default=0) or 1
    items = [
        Finding(
            text=[(s.claim, True), (words.colon + " " + s.evidence, False)],
            delta=s.change,
            good=s.favourable,
            weight=100 * s.weight / most,
            where=s.kpi,
        )
        for s in told
    ]
    return blocks.findings(
        title=words.t("What to remember"),
        heads=[words.t("Finding"), words.t("Change"), words.t("Weight"), words.t("Detail")],
        items=items,
        note=_findings_note(session, readings, told),
        nothing=_nothing(words, readings),
        values=rows_of(v for r in readings for v in r.series),
    )


def scorecard(session: Session, groups: Mapping[str, Sequence[Bound]]) -> Block:
    """Each KPI with its trend, its changes, its target, its signal and its doubt."""
    words, period = session.words, session.period
    readings = {name: session.readings(bounds) for name, bounds in groups.items()}
    every = [r for found in readings.values() for r in found]
    before = next((r.previous.period for r in every if r.previous), None)
    ago = next((r.year_ago.period for r in every if r.year_ago), None)
    return blocks.scorecard(
        title=words.tn("One figure", "{n} figures", len(every)),
        subject=_subject(session, every),
        heads=[
            words.t("KPI"),
            words.t("Trend"),
            words.period_short(period),
            words.t("on {period}", period=words.period_short(before)) if before else "",
            words.t("on {period}", period=words.period_short(ago)) if ago else "",
            words.t("of target"),
            words.t("Signal"),
            words.t("n"),
            words.t("95% CI"),
        ],
        groups=[
            (words.t(name.capitalize()) if name else "", [_row(session, r) for r in found])
            for name, found in readings.items()
        ],
        note=_note(session, every),
        values=rows_of(v for r in every for v in r.series),
    )


def restated(session: Session) -> Block:
    """What the archived report said differently: the figure then, the figure now, and why; or that this is the first report."""
    words, reference = session.words, session.reference
    if reference is None:
        return sentence(
            words.t(
                "This is the first report of its kind: there is no archived one to compare with."
            )
        )
    now = session.archived_now()
    changed = [r for r in session.restated(now) if r.kind != "completed"]
    shown = sorted(changed, key=lambda r: _nearness(session, r))[:MOST_RESTATED]
    if not shown:
        return sentence(
            words.t(
                "The figures published in the report of {date} are unchanged.",
                date=_published(session),
            )
        )
    return blocks.restated(
        title=words.t("Changed since the last report"),
        text=words.t(
            "Published on {date} ({report}), computed again on {today} from the data of today.",
            date=_published(session),
            report=compared_with(session),
            today=words.date(session.crm.calendar.local_day(session.as_of)),
        ),
        heads=[
            words.t("KPI, period"),
            words.t("Published"),
            words.t("Now"),
            words.t("Change"),
            words.t("Cause"),
        ],
        rows=[_restated_row(session, r) for r in shown],
        after=_others(session, changed, shown),
        values=rows_of(now),
    )


# -- parts


def _findings_note(session: Session, readings: Sequence[Reading], told: Sequence[insight.Sentence]) -> str:
    words = session.words
    weight = words.t("Weight: the change on the period before, in mean moving ranges of the earlier periods.")
    return " ".join(filter(None, [insight.quiet(readings, told, words), weight if told else ""]))


def _nothing(words: Format, readings: Sequence[Reading]) -> str:
    if any(r.previous or r.year_ago for r in readings):
        return words.t("Nothing unusual: no KPI leaves its ordinary variation.")
    return words.t("Nothing can be compared yet: there is no earlier period with data.")


def _row(session: Session, reading: Reading) -> ScoreRow:
    words, now = session.words, reading.now
    value, unit = words.figure(now.value, now.unit)
    limits = reading.limits
    return ScoreRow(
        name=words.t(now.label),
        value=value,
        unit=unit,
        spark=reading.history,
        limits=(limits.lower, limits.upper) if limits else None,
        mark=_mark(session, reading),
        previous=_change(session, now, reading.previous),
        year=_change(session, now, reading.year_ago),
        target=_target(session, reading),
        signal=(insight.signal_tone(reading), insight.signal_word(reading, words)),  # type: ignore[arg-type]
        n=words.count(now.n) if now.status == "ok" else "",
        interval=words.interval(*(now.interval or (None, None)), now.unit),
    )


def _mark(session: Session, reading: Reading) -> str:
    words = session.words
    if reading.restated and reading.restated.kind == "restated":
        return words.t("was {value}", value=words.value(reading.restated.before, reading.now.unit))
    return words.t("so far") if reading.now.maturing else ""


def _change(session: Session, now: KpiValue, base: KpiValue | None) -> tuple[str, bool | None]:
    found = session.words.change(now.value, base.value if base else None, now.unit, now.better)
    return found.text, found.favourable


def _target(session: Session, reading: Reading) -> tuple[float, bool, str] | None:
    share = attainment(reading.now.value, reading.target, reading.now.better)
    return None if share is None else (share, share >= 1, session.words.percent(share))


def _subject(session: Session, readings: Sequence[Reading]) -> str:
    words = session.words
    length = max((len([v for v in r.history if v is not None]) for r in readings), default=0)
    parts = [
        words.period(session.period),
        words.tn("one period of trend", "{n} periods of trend", length),
    ]
    return " · ".join([*parts, words.t("unfavourable changes on a tint")])


def _note(session: Session, readings: Sequence[Reading]) -> str:
    words = session.words
    said = [
        words.t(
            "Signal: outside the natural limits (mean ± 2.66 mean moving ranges of the earlier periods), or eight periods in a row on one side."
        ),
        words.t("–: a complete total without sampling, or nothing to compare with."),
    ]
    if any(r.target is not None for r in readings):
        said.insert(0, words.t("Target: 100% = reached, whichever way is better."))
    if any(r.now.maturing for r in readings):
        said.append(
            words.t(
                "So far: records created in the period may still reach the outcome; earlier periods are shown at the same age."
            )
        )
    if not session.period.is_complete(session.as_of):
        said.append(words.t("The period is under way: it is not compared with whole periods."))
    missing = [
        f"{words.t(r.now.label)} ({r.now.reason})"
        for r in readings
        if r.now.status == "not_available"
    ]
    if missing:
        said.append(words.t("Not available: {kpis}.", kpis=", ".join(missing)))
    return " ".join(said)


def _restated_row(session: Session, found: Restatement) -> list[str]:
    words = session.words
    value = session.told[
        (
            found.kpi,
            found.options,
            found.dimension,
            found.member,
            found.dimension2,
            found.member2,
            found.grain,
            found.period_start,
        )
    ]
    member = "".join(f", {m}" for m in (found.member, found.member2) if m)
    return [
        f"{words.t(value.label)}{member}, {words.period_short(value.period)}",
        words.value(found.before, value.unit),
        words.value(found.after, value.unit),
        words.change(found.after, found.before, value.unit).text,
        words.t(CAUSES[found.cause]),
    ]


def _nearness(session: Session, found: Restatement) -> tuple:
    """The period that the reference was about comes first, restated figures before matured ones, then later periods."""
    run = session.reference.run if session.reference else None
    own = run is not None and (found.grain, found.period_start) == (run.grain, run.period_start)
    return (not own, found.kind == "matured", -GRAINS.index(found.grain), -found.period_start.toordinal())  # type: ignore[arg-type]


CAUSES = {
    "matured": "matured: the cohort has grown older",
    "definition": "the definition has changed",
    "code": "the program has changed",
    "data": "records were added or edited since",
    "data_or_code": "records or the program have changed",
    "unexplained": "unexplained",
    "under_way": "the period was under way",
}


def _others(session: Session, changed: Sequence[Restatement], shown: Sequence[Restatement]) -> str:
    words, reference = session.words, session.reference
    others = len(changed) - len(shown)
    known = {row.key for row in reference.values} & set(session.told) if reference else set()
    same = len(known) - len(changed)
    said = (
        [words.tn("One other figure has changed.", "{n} other figures have changed.", others)]
        if others
        else []
    )
    return " ".join(
        [*said, words.tn("One figure is unchanged.", "{n} figures are unchanged.", max(0, same))]
    )


def _published(session: Session) -> str:
    run = session.reference.run if session.reference else None
    moment = run.as_of if run else session.as_of
    plain = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return session.words.date(session.crm.calendar.local_day(plain))


def _period_name(session: Session, grain: str, start: dt.date) -> str:
    return session.words.period_short(session.crm.calendar.containing(start, grain))  # type: ignore[arg-type]
