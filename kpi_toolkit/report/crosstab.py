"""Two dimensions of a KPI crossed: which member of one goes with which of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import MONEY, NO_DATA, Scale
from kpi_toolkit.insight import wording
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.evaluate import Ask
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report import drawing, members
from kpi_toolkit.report.absent import unfilled
from kpi_toolkit.report.session import Session, rows_of, sentence

MOST_COLUMNS = 8
Cells = Mapping[tuple[str | None, str | None], float]


def crosstab(session: Session, bound: Bound, by: Sequence[str], n: int) -> Block:
    """The `n` greatest members of the first dimension by those of the second, with their sums."""
    down, across = _checked(bound, by)
    for dimension in (down, across):
        if refused := drawing.refused(session, bound, dimension):
            return refused
    ask = Ask(bound, session.period, (down, across))
    values = session.values([ask])[ask]
    cells = {(v.members[down], v.members[across]): v.value for v in values if v.value}
    words, label = session.words, session.label(bound)
    if not cells:
        when = words.during(session.period)
        return sentence(words.t("{kpi}: no data {when}.", kpi=label, when=when), values)
    for place, dimension in enumerate((down, across)):
        if all(key[place] is None for key in cells):
            return _empty(session, label, dimension, values)
    return _table(session, bound, (down, across), cells, values, n)


def _checked(bound: Bound, by: Sequence[str]) -> tuple[str, str]:
    if isinstance(by, str) or len(by) != 2 or by[0] == by[1]:
        raise DefinitionError(f"by = {by!r}: expected two dimensions, by=('close_reason', 'stage')")
    if not members.adds_up(bound):
        raise DefinitionError(f"{bound.kpi.name}: its members do not add up to a whole")
    return by[0], by[1]


def _empty(session: Session, label: str, dimension: str, values: Sequence[KpiValue]) -> Block:
    words, name = session.words, drawing.dimension(session, dimension)
    said = words.t(
        "{kpi}: “{dimension}” is empty {when}.",
        kpi=label,
        dimension=name,
        when=words.during(session.period),
    )
    by_it = words.t("by {dimension}", dimension=name.lower())
    return unfilled(words, f"{label} {by_it}", said, values)


def _table(
    session: Session,
    bound: Bound,
    by: tuple[str, str],
    cells: Cells,
    values: Sequence[KpiValue],
    n: int,
) -> Block:
    words, unit = session.words, bound.kpi.unit
    rows, columns = (_sums(cells, place) for place in (0, 1))
    widest = sorted(columns, key=lambda m: (-columns[m], str(m)))[:MOST_COLUMNS]
    across = _ordered(session, by[1], {member: columns[member] for member in widest})
    left_out = drawing.left_out(session, max(len(rows) - n, 0) + len(columns) - len(across))
    greatest = _greatest(cells)[1]
    scale = words.money_scale([*rows.values()], unit) if unit in MONEY else None
    divisor, digits = (scale.divisor, scale.digits) if scale else (1.0, 0)

    def shown(value: float | None) -> str:
        return NO_DATA if not value else words.number(value / divisor, digits)

    return blocks.table(
        message=_message(session, bound, by, cells),
        subject=" · ".join(filter(None, [_subject(session, bound, by, scale), left_out])),
        heads=[
            drawing.dimension(session, by[0]),
            *(wording.member(words, by[1], member) for member in across),
            words.t("Total"),
        ],
        rows=[
            [
                wording.member(words, by[0], down),
                *(shown(cells.get((down, a))) for a in across),
                shown(total),
            ]
            for down, total in sorted(rows.items(), key=lambda row: -row[1])[:n]
        ],
        align=blocks.aligned(1, len(across) + 1),
        strong=[len(across) + 1],
        total=[
            words.t("Total"),
            *(shown(columns[member]) for member in across),
            shown(sum(rows.values())),
        ],
        phone=[0, 1 + across.index(greatest if greatest in across else widest[0]), len(across) + 1],
        values=rows_of(values),
    )


def _subject(session: Session, bound: Bound, by: tuple[str, str], scale: Scale | None) -> str:
    period, unit = session.words.period(session.period), scale.unit if scale else ""
    return drawing.subject(session, bound, period, *by, unit=unit)


def _sums(cells: Cells, place: int) -> dict[str | None, float]:
    found: dict[str | None, float] = {}
    for key, value in cells.items():
        found[key[place]] = found.get(key[place], 0.0) + value
    return found


def _ordered(
    session: Session, dimension: str, sums: Mapping[str | None, float]
) -> list[str | None]:
    """Stages in the order of the pipeline, others the greatest first."""
    places = members.stage_places(session) if dimension == "stage" else {}
    return sorted(sums, key=lambda m: (places.get(m, 10**6), -sums[m], str(m)))


def _greatest(cells: Cells) -> tuple[str | None, str | None]:
    return max(cells, key=lambda key: (cells[key], str(key)))


def _message(session: Session, bound: Bound, by: tuple[str, str], cells: Cells) -> str:
    words, key = session.words, _greatest(cells)
    return words.t(
        "{kpi}: {member} / {other} weighs most, {value}, {share} of the total.",
        kpi=session.label(bound),
        member=wording.member(words, by[0], key[0]),
        other=wording.member(words, by[1], key[1]),
        value=words.value(cells[key], bound.kpi.unit),
        share=words.percent(cells[key] / sum(cells.values()), 0),
    )
