"""What all pictures of a report share: the block around a drawing, and the words about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from kpi_toolkit import blocks, charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.charts.shown import shown as written
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.change import judgement
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import members
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.session import Session, rows_of, sentence

WIDE, HALF, NARROW = 174, 84, 78


@dataclass(frozen=True)
class Picture:
    """A drawing with its words; `draw` makes its axes at a width in mm, showing `values`."""

    name: str
    message: str
    subject: str
    alt: str
    draw: Callable[[float], Axes]
    values: Sequence[KpiValue]
    note: str = ""
    width: float = WIDE
    data: tuple[Sequence[str], Sequence[Sequence[str]]] | None = None

    @property
    def block(self) -> Block:
        """The block, drawn for paper and for a phone."""
        wide, narrow = (
            charts.svg(self.draw(width), salt=f"{self.name}-{width}")
            for width in (self.width, NARROW)
        )
        return blocks.chart(
            name=self.name,
            message=self.message,
            subject=self.subject,
            alt=self.alt,
            wide=wide,
            narrow=narrow,
            note=self.note,
            values=rows_of(self.values),
            data=self.data,
        )


def refused(session: Session, bound: Bound, by: str | None = None) -> Block | None:
    """A sentence that says why a KPI or its breakdown is not available; None where it is."""
    reason = session.refusal(bound, by)
    if not reason:
        return None
    label = session.label(bound)
    if by and not session.refusal(bound):
        label += " " + session.words.t("by {dimension}", dimension=dimension(session, by).lower())
    return absent(session.words, label, reason)


def no_data(session: Session, bound: Bound, values: Sequence[KpiValue] = ()) -> Block:
    """That nothing was recorded in the report's period, where a picture would be empty."""
    words, when = session.words, session.words.during(session.period)
    text = words.t("{kpi}: no data {when}.", kpi=session.label(bound), when=when)
    return sentence(text, values)


def single(session: Session, bound: Bound) -> Block:
    """All records together have no course: one value, in a sentence."""
    (reading,) = session.readings([bound])
    return sentence(judgement.trend_message(reading, session.words), reading.series)


def unit(session: Session, bound: Bound, values: Iterable[float | None]) -> str:
    """The unit of the figures that a chart writes."""
    return written(values, bound.kpi.unit, session.words).unit


def subject(session: Session, bound: Bound, *parts: str, unit: str = "") -> str:
    """What, when and by what: the line under a picture's message."""
    words = session.words
    by = [
        words.t("by {dimension}", dimension=dimension(session, p).lower())
        if p in members.dimensions(session, bound)
        else p
        for p in parts
    ]
    label = session.label(bound)
    return " · ".join([f"{label}, {unit}" if unit else label, *by])


def dimension(session: Session, name: str) -> str:
    """A dimension's name for readers."""
    return wording.column(session.words, name)


def span(session: Session, values: Sequence[KpiValue]) -> str:
    """The grain and the periods of a series: 'by month, October 2024 – September 2026'."""
    words, first, last = session.words, values[0].period, values[-1].period
    span = f"{words.period(first)} – {words.period(last)}"
    return words.t("by {grain}, {span}", grain=words.t(last.grain), span=span)


def left_out(session: Session, count: int) -> str:
    """How many members are not shown."""
    return (
        session.words.tn("Not shown: one more.", "Not shown: {n} more.", count) if count > 0 else ""
    )
