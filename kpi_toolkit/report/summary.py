"""The first page: the title band, the key findings, the scorecard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block, Finding, ScoreRow
from kpi_toolkit.format import Format
from kpi_toolkit.insight import findings as insight
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.comparison import Reading
from kpi_toolkit.insight.targets import attainment
from kpi_toolkit.measures import registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period
from kpi_toolkit.report.restated import compared_with
from kpi_toolkit.report.session import Session, nothing, rows_of


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
        title=words.t("Key findings"),
        heads=[words.t("Finding"), words.t("Change"), words.t("Importance"), words.t("Detail")],
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
    if not every:
        return nothing(session)
    before = next((r.previous.period for r in every if r.previous), None)
    # A year's period before is the year ago: it is shown once.
    years = (r.year_ago for r in every if r.year_ago is not r.previous)
    ago = next((value.period for value in years if value), None)
    return blocks.scorecard(
        title=words.tn("One KPI", "{n} KPIs", len(every)),
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
            (
                words.t(name.capitalize()) if name else "",
                [_row(session, r, before, ago) for r in found],
            )
            for name, found in readings.items()
        ],
        note=_note(session, every),
        values=rows_of(v for r in every for v in r.series),
    )


# -- parts


def _findings_note(
    session: Session, readings: Sequence[Reading], told: Sequence[insight.Sentence]
) -> str:
    words = session.words
    importance = words.t(
        "Importance: the change on the previous period, relative to its usual changes."
    )
    said = [*insight.untold(readings, told, words), importance if told else ""]
    return " ".join(filter(None, said))


def _nothing(words: Format, readings: Sequence[Reading]) -> str:
    if not all(r.now.complete for r in readings):
        return words.t("The period is still under way, so it is not compared with whole periods.")
    compared = [r for r in readings if r.previous or r.year_ago]
    if any(r.limits for r in compared):
        return words.t("Nothing unusual: no KPI leaves its ordinary variation.")
    if compared:
        return words.t("No finding: it takes six earlier periods to tell what is unusual.")
    return words.t("Nothing to compare yet: no earlier period has data.")


def _row(session: Session, reading: Reading, before: Period | None, ago: Period | None) -> ScoreRow:
    """A column that no row can fill stays empty, and is left out."""
    words, now = session.words, reading.now
    value, unit = words.figure(now.value, now.unit)
    limits = reading.limits
    return ScoreRow(
        name=now.name(words),
        value=value,
        unit=unit,
        spark=reading.history,
        limits=(limits.lower, limits.upper) if limits else None,
        mark=_mark(session, reading),
        previous=_change(session, now, reading.previous) if before else ("", None),
        year=_change(session, now, reading.year_ago) if ago else ("", None),
        target=_target(session, reading),
        signal=(insight.signal_tone(reading), insight.signal_word(reading, words)),  # type: ignore[arg-type]
        n=words.count(now.n) if now.status == "ok" else "",
        interval=_interval(words, now),
    )


def _mark(session: Session, reading: Reading) -> str:
    words = session.words
    if reading.restated and reading.restated.kind == "restated":
        return words.t("was {value}", value=words.value(reading.restated.before, reading.now.unit))
    if reading.now.part:
        return reading.now.part.said(words)
    return words.t("so far") if reading.now.maturing else ""


def _interval(words: Format, now: KpiValue) -> str:
    low, high = now.interval or (None, None)
    return words.interval(low, high, now.unit)


def _change(session: Session, now: KpiValue, base: KpiValue | None) -> tuple[str, bool | None]:
    found = session.words.change(now.value, base.value if base else None, now.unit, now.better)
    return found.text, found.favourable


def _target(session: Session, reading: Reading) -> tuple[float, bool, str] | None:
    share = attainment(reading.now.value, reading.target, reading.now.better)
    return None if share is None else (share, share >= 1, session.words.percent(share))


def _subject(session: Session, readings: Sequence[Reading]) -> str:
    words = session.words
    length = max((len([v for v in r.history if v is not None]) for r in readings), default=0)
    period = words.period(session.period)
    parts = [period[0].upper() + period[1:]]
    if length:
        parts.append(words.tn("trend over one period", "trend over {n} periods", length))
    return " · ".join([*parts, words.t("unfavourable changes are shaded")])


def _note(session: Session, readings: Sequence[Reading]) -> str:
    words = session.words
    said = [
        words.t(
            "Signal: above or below the natural limits (mean of the earlier periods ± 2.66 times "
            "their mean change from one to the next), or eight periods in a row on the same side "
            "of the mean."
        ),
        words.t(
            "n: records counted. 95% CI: the confidence interval, of rates only. –: nothing to "
            "compare with."
        ),
    ]
    if any(r.target is not None for r in readings):
        said.insert(0, words.t("Target: 100% means reached, whether higher or lower is better."))
    if any(r.now.maturing for r in readings):
        said.append(
            words.t(
                "So far: some outcomes are not known yet; earlier periods are taken at the same "
                "age."
            )
        )
    if any(insight.is_young(r) for r in readings):
        said.append(
            words.t(
                "Too few periods: fewer than six earlier ones have a value, so that nobody can "
                "tell a signal from chance."
            )
        )
    if any(r.now.part for r in readings):
        said.append(
            words.t(
                "Of a part: the records begin too late for the twelve months that the figure "
                "needs, so it is not compared."
            )
        )
    if not session.period.is_complete(session.as_of):
        said.append(
            words.t("The period is still under way, so it is not compared with whole periods.")
        )
    missing = [_refused(session, r) for r in readings if r.now.status == "not_available"]
    if missing:
        said.append(words.t("Not available: {kpis}.", kpis=", ".join(missing)))
    return " ".join(said)


def _refused(session: Session, reading: Reading) -> str:
    kpi = registry.find(reading.now.kpi)
    words, reason = session.words, session.refusal(kpi.bind(**reading.now.options))
    return words.t("{kpi} ({reason})", kpi=words.t(kpi.label), reason=reason)
