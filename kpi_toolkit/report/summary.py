"""The first page: the title band, the key findings, the scorecard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block, Finding, ScoreRow
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.change import findings as insight
from kpi_toolkit.insight.change import judgement
from kpi_toolkit.insight.change.claims import Sentence
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.headlines import action
from kpi_toolkit.insight.targets.targets import attainment
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report.drivers import causes
from kpi_toolkit.report.restated import compared_with
from kpi_toolkit.report.score_notes import missing, notes
from kpi_toolkit.report.session import Session, nothing, rows_of, sentence


def header(session: Session) -> Block:
    """The title band, with what the report is compared with."""
    words, crm = session.words, session.crm
    meta = [
        (words.t("Period"), words.days_of(session.period)),
        (words.t("Data as of"), words.instant(crm.calendar.local(session.as_of))),
    ]
    if session.newest_day:
        meta.append((words.t("Newest record"), words.date(session.newest_day)))
    if (scope := session.scope).dimension:
        meta.append((words.t("Scope"), wording.scope(words, scope.dimension, scope.member)))
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


def findings(session: Session, bounds: Sequence[Bound], others: Sequence[Sentence] = ()) -> Block:
    """What changed against the period before, a year ago and the archived report; `others` are
    sentences that were made elsewhere.
    """
    words = session.words
    readings = session.readings(bounds)
    loud = {reading.now.definition for reading in insight.changed(readings)}
    each = zip(dict.fromkeys(bounds), readings, strict=True)
    why = causes(session, {bound: r for bound, r in each if bound.hash in loud})
    told = insight.findings(readings, words, others, why)
    actions = {one.name: action(one, words) for one in session.headlines}
    most = max((s.weight for s in told), default=0) or 1
    items = [
        Finding(
            text=[(s.claim, True), (words.colon + " " + s.evidence, False)],
            delta=s.change,
            good=s.favourable,
            weight=100 * s.weight / most,
            where=s.kpi,
            action=actions.get(s.kpi, ""),
        )
        for s in told
    ]
    return blocks.findings(
        title=words.t("Key findings"),
        heads=[words.t("Finding"), words.t("Change"), words.t("Importance"), words.t("Detail")],
        items=items,
        note=_findings_note(session, readings, told),
        nothing=_nothing(words, readings),
        values=rows_of(_values(readings)),
    )


def scorecard(session: Session, groups: Mapping[str, Sequence[Bound]]) -> Block:
    """Each KPI with its trend, its changes, its target, its signal and its doubt."""
    words, period = session.words, session.period
    asked = {name: session.readings(bounds) for name, bounds in groups.items()}
    # What the data lack is a line under the others: a row of dashes tells nobody anything.
    readings = {
        name: [r for r in found if r.now.status != "not_available"] for name, found in asked.items()
    }
    every = [r for found in readings.values() for r in found]
    lacking = missing(session, [r for found in asked.values() for r in found])
    if not every:
        return sentence(lacking) if lacking else nothing(session)
    loud = insight.speaking(every)
    before = _first(r.previous for r in every)
    # A year's period before is the year ago: it is shown once.
    ago = _first(r.year_ago for r in every if r.year_ago is not r.previous)
    compared = before is not None, ago is not None
    return blocks.scorecard(
        title=words.tn("One KPI", "{n} KPIs", len(every)),
        subject=_subject(session, every),
        heads=[
            words.t("KPI"),
            words.t("Trend"),
            words.period_short(period),
            words.t("on {period}", period=words.period_short(before.period)) if before else "",
            words.t("on {period}", period=words.period_short(ago.period)) if ago else "",
            words.t("of target"),
            words.t("Signal"),
            words.t("n"),
            words.t("95% CI"),
        ],
        groups=[
            (
                words.t(name.capitalize()) if name else "",
                [_row(session, r, compared, told=r in loud) for r in found],
            )
            for name, found in readings.items()
        ],
        note=" ".join(filter(None, [notes(session, every), lacking])),
        values=rows_of(_values(every)),
    )


# -- parts


def _findings_note(session: Session, readings: Sequence[Reading], told: Sequence[Sentence]) -> str:
    words = session.words
    importance = (
        "Importance: the change on the periods before, or what a missed target is off by, relative "
        "to the usual changes. Changes are computed before rounding."
        if any(reading.is_missed for reading in readings)
        else "Importance: the change on the periods before, relative to the usual changes. Changes "
        "are computed before rounding."
    )
    said = [
        *([] if all(r.ended for r in readings) else insight.cut(readings, words)),
        insight.reached(readings, told, words),
        *insight.untold(readings, told, words),
        words.t(importance) if told else "",
    ]
    return " ".join(filter(None, said))


def _nothing(words: Format, readings: Sequence[Reading]) -> str:
    if readings and all(r.signal.kind == "unknown" and not r.now.complete for r in readings):
        return words.t("The period is still under way: nothing in it can be judged yet.")
    known = [r for r in readings if r.now.status != "not_available"]
    ends = [r.ended for r in known if r.ended]
    if ends and len(ends) == len(known):
        return " ".join(insight.cut(readings, words)) or words.t(
            "The records end on {day}, before the period does: nothing in it can be judged.",
            day=words.date(ends[0].last),
        )
    if ends:
        return words.t("Nothing unusual among the KPIs that can be judged.")
    if any(r.limits for r in readings):
        if any(r.signal.is_one for r in readings):
            return words.t("Nothing unusual: no KPI moves more than chance explains.")
        return words.t("Nothing unusual: no KPI leaves its ordinary variation.")
    if any(r.base for r in readings):
        return words.t("No finding: it takes six earlier periods to tell what is unusual.")
    return words.t("Nothing to compare yet: no earlier period has data.")


def _values(readings: Iterable[Reading]) -> Iterator[KpiValue]:
    """What the readings show: the values of the period, of those before, and of the courses."""
    for reading in readings:
        bases = [c.base for c in reading.comparisons if c.base]
        yield from {id(value): value for value in (*reading.shown, *bases, reading.now)}.values()


def _first(compared: Iterable[Comparison | None]) -> Comparison | None:
    """The first comparison that was not withheld."""
    return next((c for c in compared if c and c.base), None)


def _row(
    session: Session, reading: Reading, compared: tuple[bool, bool], *, told: bool
) -> ScoreRow:
    """A column that no row can fill stays empty, and is left out; `compared` tells whether any is
    compared with the period before, and with a year ago.
    """
    words, now = session.words, reading.now
    value, unit = words.figure(now.value, now.unit)
    limits = None if reading.course.is_seasonal else reading.limits
    previous, ago = reading.previous, reading.year_ago
    tone, word = judgement.signal_tone(reading, told=told), judgement.signal_word(reading, words)
    return ScoreRow(
        name=now.name(words),
        value=value,
        unit=unit,
        spark=reading.course.figures[-reading.drawn :],
        limits=(limits.lower, limits.upper) if limits else None,
        mark=_mark(session, reading),
        previous=_change(words, previous if compared[0] else None),
        year=_change(words, ago if compared[1] and ago is not previous else None),
        target=_target(session, reading),
        signal=(tone, word),  # type: ignore[arg-type]
        n=words.count(now.n) if now.status == "ok" else "",
        interval=_interval(words, now),
    )


def _mark(session: Session, reading: Reading) -> str:
    words = session.words
    if reading.restated and reading.restated.kind == "restated":
        return words.t("was {value}", value=words.value(reading.restated.before, reading.now.unit))
    if reading.now.part:
        return reading.now.part.said(words)
    if reading.now.covered:
        return reading.now.covered.said(words)
    return words.t("so far") if reading.now.maturing else ""


def _interval(words: Format, now: KpiValue) -> str:
    low, high = now.doubt or (None, None)
    return words.interval(low, high, now.unit)


def _change(words: Format, compared: Comparison | None) -> tuple[str, bool | None]:
    if compared is None:
        return "", None
    found = compared.change(words)
    return found.text, found.favourable


def _target(session: Session, reading: Reading) -> tuple[float, bool | None, str] | None:
    """Short of the target is bad once the period is over, and before that `targets` judges it."""
    share = attainment(reading.now.value, reading.target, reading.now.better)
    if share is None:
        return None
    good = None if reading.ended else share >= 1 or (False if reading.now.complete else None)
    return share, good, session.words.percent(share)


def _subject(session: Session, readings: Sequence[Reading]) -> str:
    words = session.words
    ends = {r.series[-1].period.grain: r.series[-1].period for r in readings if any(r.history)}
    period = words.period(session.period)
    parts = [period[0].upper() + period[1:]]
    if len(ends) == 1:
        (last,) = ends.values()
        parts.append(words.t("trend by {grain}", grain=words.t(last.grain)))
    return " · ".join([*parts, words.t("unfavourable changes are shaded")])
