"""Which members make up the greater part of a KPI."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kpi_toolkit import charts
from kpi_toolkit.blocks import Block
from kpi_toolkit.charts.pareto import Part, parts_of
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.report import drawing, members
from kpi_toolkit.report.absent import unfilled as empty
from kpi_toolkit.report.session import Session, sentence

MOST_NAMED = 3  # of the members that make up the greater part


def pareto(session: Session, bound: Bound, by: str, n: int) -> Block:
    """Which members of a dimension make up 80 % of a KPI."""
    if not members.adds_up(bound):
        raise DefinitionError(
            f"{bound.kpi.name}: its members do not add up to a whole; use report.ranking"
        )
    if refused := drawing.refused(session, bound, by):
        return refused
    words, label = session.words, session.label(bound)
    values = members.of(session, bound, session.period, by)
    amounts = pd.Series(
        [float(v.value or 0.0) for v in values], members.names(session, values), dtype=float
    )
    if not amounts.sum():
        return drawing.no_data(session, bound, values)
    if all(v.members[by] is None for v in values):
        unfilled = words.t(
            "{kpi}: “{dimension}” is empty {when}.",
            kpi=label,
            dimension=drawing.dimension(session, by),
            when=words.during(session.period),
        )
        by_it = words.t("by {dimension}", dimension=drawing.dimension(session, by).lower())
        return empty(words, f"{label} {by_it}", unfilled, values)
    if (amounts < 0).any():
        below = words.t(
            "{kpi}: {member} is below zero, so that the members have no shares.",
            kpi=label,
            member=words.named(str(amounts.idxmin())),
        )
        return sentence(below, values)
    given: dict[str, Any] = {"unit": bound.kpi.unit, "words": words, "most": n}
    unit = drawing.unit(session, bound, amounts)
    heads = {"member": drawing.dimension(session, by)} | ({"value": unit} if unit else {})
    return drawing.Picture(
        name=f"pareto-{bound.kpi.name}-{by}",
        message=_message(session, label, amounts),
        subject=drawing.subject(session, bound, words.period(session.period), by, unit=unit),
        alt=charts.pareto_alt(amounts, **given),
        draw=lambda width: charts.pareto(amounts, heads=heads, width=width, **given),
        values=values,
        data=_table(session, bound, by, parts_of(amounts, n, words)),
    ).block


def _table(
    session: Session, bound: Bound, by: str, parts: list[Part]
) -> tuple[list[str], list[list[str]]]:
    words, unit = session.words, bound.kpi.unit
    heads = [drawing.dimension(session, by), session.label(bound), words.t("Cumulative")]
    rows = [
        [part.name, words.value(part.value, unit), words.percent(part.running, 0)] for part in parts
    ]
    return heads, rows


def _message(session: Session, label: str, amounts: pd.Series) -> str:
    """How many members make up the greater part, and which."""
    words = session.words
    parts = [part for part in parts_of(amounts, len(amounts), words) if part.value]
    vital = [part for part in parts if part.vital]
    if 2 * len(vital) > len(parts) > 1:
        return _first_two(session, label, parts)
    names = [words.named(part.name) for part in vital[:MOST_NAMED]]
    if len(vital) > MOST_NAMED:
        names.append(words.tn("one more", "{n} more", len(vital) - MOST_NAMED))
    return words.t(
        "{kpi}: {n} of {all} make up {share} ({names}).",
        kpi=label,
        n=words.count(len(vital)),
        all=words.count(len(parts)),
        share=words.percent(vital[-1].running, 0),
        names=", ".join(names),
    )


def _first_two(session: Session, label: str, parts: list[Part]) -> str:
    """Where no few make up the greater part: who comes first, and with whom makes up how much."""
    words, (first, second) = session.words, parts[:2]
    return words.t(
        "{kpi}: {first} comes first with {share}, with {second} {both}.",
        kpi=label,
        first=words.named(first.name),
        second=words.named(second.name),
        share=words.percent(first.running, 0),
        both=words.percent(second.running, 0),
    )
