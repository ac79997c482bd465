"""The stages of the pipeline in order: deals that entered, the share that moves on, the days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.format import NO_DATA, Format
from kpi_toolkit.kpis import sales
from kpi_toolkit.measures.comparison import Comparison
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.period import Period
from kpi_toolkit.report import drawing, members
from kpi_toolkit.report.session import Session, sentence

MOST_STAGES = 10  # with more, the drawing would be higher than a page
STAGE = "stage"
Stages = Mapping[str, KpiValue]


@dataclass(frozen=True)
class _Taken:
    """What is known of the stages in a period: who entered and moved on, the median days, and the
    deals won.
    """

    conversion: Stages
    days: Stages
    won: KpiValue | None

    @property
    def values(self) -> list[KpiValue]:
        return [*self.conversion.values(), *self.days.values(), *filter(None, [self.won])]


def funnel(session: Session) -> Block:
    """How deals went through the stages in the period, beside a year ago."""
    conversion = session.bound(sales.stage_conversion_rate)
    if refused := drawing.refused(session, conversion, STAGE):
        return refused
    compared = members.base(session, conversion)
    now = _now(session)
    before = _before(session, compared) if compared else None
    words = session.words
    if not now.conversion:
        when = words.during(session.period)
        label = session.label(conversion)
        return sentence(words.t("{kpi}: no data {when}.", kpi=label, when=when))
    every = _frame(words, now, before)
    frame = every.loc[[*_shown(now.conversion), words.t("Won")]]
    return drawing.Picture(
        name="funnel",
        message=_message(words, every, compared),
        subject=f"{words.t('Deals by stage')} · {_periods(words, session.period, compared)}",
        alt=charts.funnel_alt(frame, words=words),
        draw=lambda width: charts.funnel(frame, words=words, width=width),
        note=_note(session, now, before),
        data=_data(words, frame),
        values=now.values,
    ).block


def _bounds(session: Session) -> tuple[Bound, Bound, Bound]:
    conversion, days, won = (
        session.bound(kpi)
        for kpi in (sales.stage_conversion_rate, sales.time_in_stage_median, sales.won_deals)
    )
    return conversion, days, won


def _now(session: Session) -> _Taken:
    """The stages of the report's period, in the order of the pipeline."""
    conversion, days, won = _bounds(session)
    entered = members.of(session, conversion, session.period, STAGE)
    stayed = members.of(session, days, session.period, STAGE)
    ask = Ask(won, session.period)
    shown = members.first(session, entered, len(entered))
    return _Taken(_named(session, shown), _named(session, stayed), session.values([ask])[ask][0])


def _before(session: Session, compared: Comparison) -> _Taken:
    """Those of the period that each KPI is fairly compared with, where there is one."""
    found: list[Stages] = []
    period = compared.period
    for bound in _bounds(session)[:2]:
        base = session.beside(bound, period).base
        values = members.of(session, bound, period, STAGE, base.known_at) if base else ()
        found.append(_named(session, values))
    won = session.beside(sales.won_deals.bind(), period).base
    return _Taken(found[0], found[1], won)


def _named(session: Session, values: Sequence[KpiValue]) -> Stages:
    return dict(zip(members.names(session, values), values, strict=True))


def _frame(words: Format, now: _Taken, before: _Taken | None) -> pd.DataFrame:
    """A row a stage, and the deals won as the last one."""
    names = list(now.conversion)
    columns = _columns(names, now)
    if before:
        columns |= {f"{name}_before": values for name, values in _columns(names, before).items()}
    return pd.DataFrame(columns, index=[*names, words.t("Won")], dtype=float)


def _shown(stages: Stages) -> list[str]:
    """The stages that most deals entered, in the order of the pipeline."""
    entered = sorted(stages, key=lambda name: (-(stages[name].denominator or 0), name))
    return [name for name in stages if name in entered[:MOST_STAGES]]


def _columns(names: list[str], taken: _Taken) -> dict[str, list[float | None]]:
    entered = [taken.conversion.get(name) for name in names]
    days = [taken.days.get(name) for name in names]
    won = taken.won.value if taken.won else None
    return {
        "count": [
            *(each.denominator if each else None for each in entered),
            won,
        ],
        "share": [*(each.value if each else None for each in entered), None],
        "days": [*(each.value if each else None for each in days), None],
    }


def _message(words: Format, frame: pd.DataFrame, compared: Comparison | None) -> str:
    """The stage that lets the fewest through, and the one that keeps deals longest."""
    shares, days = frame["share"].dropna(), frame["days"].dropna()
    fewest = words.named(str(shares.idxmin()))
    passed = words.percent(float(shares.min()), 0)
    said = words.t(
        "{stage} lets the fewest deals through, {share}", stage=words.named(fewest), share=passed
    )
    if days.empty:
        return f"{said}."
    longest = str(days.idxmax())
    kept = words.duration(float(days.max()))
    before = frame["days_before"].get(longest) if compared else None
    if compared and before is not None and not pd.isna(before):
        change = words.change(float(days.max()), float(before), "days").text
        against = words.t("{change} on {period}", change=change, period=compared.on(words))
        kept = f"{kept} ({against})"
    if longest == fewest:
        after = words.t("and keeps them longest, {days}", days=kept)
        return f"{said}, {after}."
    after = words.t("{stage} keeps them longest, {days}", stage=words.named(longest), days=kept)
    return f"{words.clauses([said, after])}."


def _periods(words: Format, period: Period, compared: Comparison | None) -> str:
    if compared is None:
        return words.period(period)
    now, before = words.period_short(period), compared.on(words)
    return words.t("{period} and {before}", period=now, before=before)


def _note(session: Session, now: _Taken, before: _Taken | None) -> str:
    words = session.words
    said = [words.t("Deals that entered each stage in the period; days of the stays that ended.")]
    said.append(
        words.t(
            "The shares follow the deals that entered, whatever stage they reached next, since a "
            "deal may skip one: they are no ratios of the bars."
        )
    )
    if any(value.maturing for value in now.conversion.values()):
        said.append(words.t("Deals that entered lately may still move on."))
    if before:
        said.append(words.t("Each period is taken at the age that the last one has reached."))
    said.append(drawing.left_out(session, len(now.conversion) - MOST_STAGES))
    return " ".join(filter(None, said))


def _data(words: Format, frame: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    heads = [words.t("Stage"), words.t("Deals"), words.t("Moved on"), words.t("Median days")]
    rows = [
        [
            str(stage),
            words.count(row["count"]),
            NO_DATA if pd.isna(row["share"]) else words.percent(row["share"], 0),
            words.value(row["days"], "days"),
        ]
        for stage, row in frame.iterrows()
    ]
    return heads, rows
