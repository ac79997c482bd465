"""The courses of several KPIs, two beside each other; where periods are few, in a finer grain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report import drawing, trend
from kpi_toolkit.report.session import Session, nothing, sentence


def trends(session: Session, bounds: Sequence[Bound], n: int) -> Block:
    """Trends of half the page's width; a KPI without a course is named in a sentence."""
    if not bounds:
        return nothing(session)
    if session.period.grain == "all":
        words = session.words
        return sentence(words.t("All records together have no course: ask for a month or a year."))
    there = [bound for bound in bounds if not session.refusal(bound)]
    readings = {bound: trend.reading(session, bound, n) for bound in there}
    drawn = {bound: reading for bound, reading in readings.items() if trend.is_course(reading)}
    pictures = [trend.picture(session, bound, reading) for bound, reading in drawn.items()]
    shared = _shared(session, drawn.values())
    bare = [replace(one, note=_without_shared(one.note, shared)) for one in pictures]
    if bare:
        bare[-1] = replace(bare[-1], note=" ".join(filter(None, [bare[-1].note, *shared])))
    short = _too_short(session, [bound for bound in there if bound not in drawn])
    refused = [drawing.refused(session, bound) for bound in bounds if bound not in there]
    return blocks.stack(*_in_pairs(bare), *short, *filter(None, refused))


def _shared(session: Session, readings: Iterable[Reading]) -> list[str]:
    """What the notes of several have to say of their bands and of their ends is said once, under
    the last one.
    """
    readings = list(readings)
    bands = [trend.limits_note(session.words)] if any(r.limits for r in readings) else []
    ends = dict.fromkeys(trend.part_note(session, reading) for reading in readings)
    return [*bands, *filter(None, ends)]


def _without_shared(note: str, shared: Sequence[str]) -> str:
    for text in shared:
        note = note.replace(text, "")
    return note.strip()


def _in_pairs(pictures: Sequence[drawing.Picture]) -> list[Block]:
    """Two beside each other; a single last one has the width to itself."""
    halves = [replace(one, width=drawing.HALF).block for one in pictures]
    pairs = [blocks.row(*halves[i : i + 2]) for i in range(0, len(halves) - 1, 2)]
    return [*pairs, *([pictures[-1].block] if len(pictures) % 2 else [])]


def _too_short(session: Session, bounds: Sequence[Bound]) -> list[Block]:
    if not bounds:
        return []
    words = session.words
    kpis = ", ".join(map(session.label, bounds))
    return [sentence(words.t("Too few periods for a trend: {kpis}.", kpis=kpis))]
