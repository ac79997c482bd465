"""Tables of a report: an analyst's frame, the dictionary, the quality of the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

import pandas as pd

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block, Definition
from kpi_toolkit.crm import accounting
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DefinitionError, near_misses
from kpi_toolkit.format import MONEY, NO_DATA, Format, Unit
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.audit.doubtful import doubtful
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.undated import Undated, undated
from kpi_toolkit.measures.wording import label as label_of
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.reasons import kind
from kpi_toolkit.report.records import REFUSED
from kpi_toolkit.report.session import Session, sentence

MOST_ROWS = 500


def table(
    session: Session,
    frame: pd.DataFrame,
    message: str,
    subject: str,
    columns: Sequence[str],
    units: Mapping[str, Unit],
) -> Block:
    """A frame as rows of formatted texts; see Report.table. Refuses more than 500 rows."""
    named = frame.reset_index() if any(frame.index.names) else frame
    _check(session, list(named.columns), columns, units)
    named = named[_shown(named, columns) if columns else list(named.columns)]
    if len(frame) > MOST_ROWS:
        raise DefinitionError(
            f"a table of {len(frame)} rows: a report shows at most {MOST_ROWS}; take "
            f".head({MOST_ROWS}) or summarise"
        )
    words = session.words
    if frame.empty and REFUSED in frame.attrs:
        return absent(words, *frame.attrs[REFUSED])
    if frame.empty:
        when = words.during(session.period)
        return sentence(words.t("{kpi}: no data {when}.", kpi=words.t(message), when=when))
    cells = [_column(session, named[c], units.get(str(c))) for c in named.columns]
    numeric = [pd.api.types.is_numeric_dtype(named[c]) for c in named.columns]
    return blocks.table(
        message=words.t(message),
        subject=words.t(subject) if subject else "",
        heads=[_head(session, str(c), named[c], units.get(str(c))) for c in named.columns],
        rows=[list(row) for row in zip(*cells, strict=True)],
        align=["right" if number else "left" for number in numeric],
    )


def _check(
    session: Session, held: Sequence[str], columns: Sequence[str], units: Mapping[str, Unit]
) -> None:
    """A column that these data lack is left out; one that no data have is misspelt. Raises
    DefinitionError.
    """
    known = {name for table in TABLES.values() for name in table.columns}
    known |= {name for found in session.crm.own_dimensions.values() for name in found}
    for column in columns:
        if column not in held and column not in known:
            raise DefinitionError(f"a table's column {column!r}: {near_misses(column, held)}")
    for column, unit in units.items():
        if column not in held and column not in columns:
            raise DefinitionError(f"units of column {column!r}: {near_misses(column, held)}")
        if unit not in get_args(Unit):
            near = near_misses(unit, get_args(Unit))
            raise DefinitionError(f"unit {unit!r} of column {column!r}: {near}")


def _shown(frame: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Those that the data have, and have filled in."""
    there = [column for column in columns if column in frame.columns]
    return [column for column in there if frame.empty or frame[column].notna().any()]


def dictionary(session: Session, bounds: Iterable[Bound]) -> Block:
    """The definitions of the KPIs that the report has shown; those that the data do not allow are
    told elsewhere.
    """
    words = session.words
    return blocks.definitions(
        title=words.t("Definitions"),
        labels=[words.t("Formula"), words.t("Counts"), words.t("Empty")],
        items=[_definition(words, bound) for bound in bounds if not session.refusal(bound)],
    )


def quality(session: Session) -> Block:
    """Rows read, rows set aside by table and reason, rows left out, rows that count in no period,
    and rows that count though they are doubtful.
    """
    words, crm = session.words, session.crm
    tables = {measure.fact.table for bound in session.shown for measure in bound.measures}
    doubts = doubtful(words, crm.remarks(), tables)
    lead = accounting.accounted(words, crm.reading)
    said = [*_undated(session), *filter(None, [doubts]), *_ended(session)]
    found = crm.quarantine()
    if found.empty:
        return sentence(" ".join([lead, *said]))
    kinds = found["reason"].map(lambda reason: kind(words, reason))
    reasons = found.groupby(["table", kinds]).size().sort_values(ascending=False, kind="stable")
    rows = [
        [f"{wording.column(words, table)}{words.colon} {reason}", words.count(int(n))]
        for (table, reason), n in reasons.items()
    ]
    listed = words.t(
        "A row may have several reasons. The rows are listed with the data, each with its file "
        "and line."
    )
    return blocks.quality(
        title=words.t("Data quality"),
        lead=lead,
        heads=[words.t("Reason"), words.t("Rows")],
        rows=rows,
        total=[words.t("Total"), words.count(int(reasons.sum()))],
        after=" ".join([listed, *said]),
    )


def _ended(session: Session) -> Iterator[str]:
    """The tables of the KPIs shown whose records end before the period does, where others go on."""
    ends = (one for bound in session.shown for one in session.evaluation.run.ends(bound))
    for silence in dict.fromkeys(ends):
        if silence.table and silence.leaves(session.period, session.as_of):
            yield silence.said(session.words)


def _undated(session: Session) -> list[str]:
    measures = [measure for bound in session.shown for measure in bound.measures]
    return [_said_of(session.words, one) for one in undated(measures, session.evaluation)]


def _said_of(words: Format, found: Undated) -> str:
    table, column = (wording.column(words, name) for name in (found.table, found.column))
    if not found.is_stock:
        return words.tn(
            "{table}: one row counts in no period, since “{column}” is empty.",
            "{table}: {n} rows count in no period, since “{column}” is empty.",
            found.rows,
            table=table,
            column=column,
        )
    return words.tn(
        "{table}: one row without “{column}” is in no period’s new ones; where it is open, it "
        "counts as open since the first record.",
        "{table}: {n} rows without “{column}” are in no period’s new ones; those that are open "
        "count as open since the first record.",
        found.rows,
        table=table,
        column=column,
    )


def _definition(words: Format, bound: Bound) -> Definition:
    text = bound.kpi.words
    return Definition(
        label_of(words, bound.kpi.label, bound.phrases),
        *(bound.told(words, one) for one in (text.sentence, text.formula, text.counts, text.empty)),
    )


def _head(session: Session, name: str, column: pd.Series, unit: Unit | None) -> str:
    words = session.words
    text = wording.column(words, name)
    if unit in MONEY:
        return f"{text}, {words.money_scale(column, unit).unit}"
    scale = {"percent": "%", "days": words.days_unit}.get(unit or "", "")
    return f"{text}, {scale}" if scale else text


def _column(session: Session, column: pd.Series, unit: Unit | None) -> list[str]:
    words = session.words
    if unit in MONEY:
        scale = words.money_scale(column)
        return [
            NO_DATA if pd.isna(v) else words.number(v / scale.divisor, scale.digits)
            for v in column.astype(float)
        ]
    if unit == "percent":
        return [NO_DATA if pd.isna(v) else words.number(v * 100, 1) for v in column]
    if unit == "days":
        return [NO_DATA if pd.isna(v) else words.number(v, 0) for v in column]
    return [
        wording.member(words, str(column.name), value)
        if isinstance(value, str)
        else _text(session, value)
        for value in column
    ]


def _text(session: Session, value: Any) -> str:
    words = session.words
    if value is None or (not isinstance(value, list | dict) and pd.isna(value)):
        return NO_DATA
    if isinstance(value, bool):
        return words.t("yes") if value else words.t("no")
    if isinstance(value, dt.datetime):
        return words.date(session.crm.calendar.local_day(value.replace(tzinfo=None)))
    if isinstance(value, dt.date):
        return words.date(value)
    if isinstance(value, int | float):
        return words.number(value, 0 if float(value).is_integer() else 2)
    return str(value)
