"""The SELECT that makes the text of each canonical column out of the source columns: null words,
value maps, joins, expressions and constants. What the text means is for `casting`.
"""

from collections.abc import Mapping
from dataclasses import replace

from kpi_toolkit.crm import conditions, full_moments, typed
from kpi_toolkit.crm.casting import TYPED, UNREAD, Form, cast, known, unmarked
from kpi_toolkit.crm.doubled import doubled
from kpi_toolkit.crm.expressions import Ref, alias
from kpi_toolkit.crm.plans import ColumnPlan, JoinPlan, TablePlan
from kpi_toolkit.crm.quoting import literal, name
from kpi_toolkit.crm.table_read import file_of, line_of
from kpi_toolkit.crm.typed import TypedColumn


def flag(join: JoinPlan) -> str:
    """The name of the column that says whether a join found its row."""
    return f"_matched {join.name}"


def texts(
    plan: TablePlan, columns: tuple[ColumnPlan, ...], beside: Mapping[str, str] | None = None
) -> str:
    """SELECT of each column's text, after null words and value maps, whether each join found its
    row, and other columns `beside` them by their names.
    """
    relations = "_incoming AS f"
    for join in plan.joins:
        joined = name(f"join {join.name}")
        ons = " AND ".join(
            f"{_joining(ours)} = {joined}.{name(alias(Ref('', theirs)))}"
            for ours, theirs in join.on
        )
        relations += f" LEFT JOIN {name(f'_join {join.name}')} AS {joined} ON {ons}"
    readers = (*columns, plan.where) if plan.where else columns
    parts = [part for column in readers if column.expression for part in _parts(column)]
    shown = [f"{_text(column)} AS {name(column.name)}" for column in columns]
    flags = [f"({_matched(join)}) AS {name(flag(join))}" for join in plan.joins]
    more = [f"{sql} AS {name(column)}" for column, sql in (beside or {}).items()]
    picked = ["f._line AS _line", *parts, *shown, *flags, *more]
    condition = conditions.clause(plan.condition) if plan.condition else ""
    return f"SELECT {', '.join(picked)} FROM {relations}{condition}"


def unmapped(column: ColumnPlan) -> str:
    """The text of a column before its value map."""
    return _text(replace(column, values=None))


def lost_key(join: JoinPlan) -> str:
    """The key that a join looked for and did not find, else NULL."""
    key = ", ".join(_joining(ours) for ours, _ in join.on)
    return f"CASE WHEN NOT ({_matched(join)}) THEN concat_ws(' ', {key}) END"


def _matched(join: JoinPlan) -> str:
    """Whether the row was found; a row without a key has nothing to match."""
    unkeyed = [f"{_joining(ours)} IS NULL" for ours, _ in join.on]
    return " OR ".join([*unkeyed, f"{name(f'join {join.name}')}._line IS NOT NULL"])


def _joining(column: ColumnPlan) -> str:
    return unmarked(_text(column))


def _text(column: ColumnPlan) -> str:
    """The text of a column: a constant, an expression's result, the row's place, or the first
    source column that has a value.
    """
    if column.constant is not None:
        text = literal(column.constant)
    elif column.expression:
        text = _expression(column)
    elif column.row_of is not None:
        text = _place(column.row_of)
    else:
        cells = [_cell(ref, column.form) for ref in column.columns]
        text = cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"
    return text if column.values is None else _mapped(text, column.values)


def _cell(ref: Ref, form: Form) -> str:
    relation = name(f"join {ref.join}") if ref.join else "f"
    return known(f"{relation}.{name(alias(Ref('', ref.column)))}", form.null)


def _place(files: tuple[str, ...]) -> str:
    """Where a row stands, as its id: 17, or deals-2.csv:17 of several files."""
    line = f"CAST({line_of('f._line')} AS VARCHAR)"
    return f"{file_of('f._line', files)} || ':' || {line}" if files else line


def _parts(column: ColumnPlan) -> list[str]:
    """What an expression names: the texts of its source columns, and their numbers, as columns
    beside it.
    """
    assert column.expression
    form, reader = column.form, column.name
    number = form if form.kind in ("money", "number", "whole") else replace(form, kind="number")
    shown = [
        f"{unmarked(_cell(ref, form))} AS {name(alias(ref, reader))}"
        for ref in column.expression.columns
    ]
    return shown + [
        f"{cast(_cell(ref, form), number)} AS {name(alias(ref, reader, number=True))}"
        for ref in column.expression.numbers
    ]


def _expression(column: ColumnPlan) -> str:
    """An expression's result as text: a text as it stands, anything else, and the text of a typed
    cell, as plain text that formats do not touch.

    A number that cannot be read gives its own text, marked, so that the cast refuses the row.
    """
    assert column.expression
    result = f"({column.expression.sql})"
    plain = f"CAST({result} AS VARCHAR)"
    typed_cells = "".join(
        f" OR ({plain} = {name(alias(ref, column.name))} "
        f"AND starts_with({_cell(ref, column.form)}, {literal(TYPED)}))"
        for ref in column.expression.columns
    )
    text = (
        f"CASE WHEN typeof({result}) <> 'VARCHAR'{typed_cells} "
        f"THEN {literal(TYPED)} || {plain} ELSE {plain} END"
    )
    for ref in column.expression.numbers:
        shown, value = name(alias(ref, column.name)), name(alias(ref, column.name, number=True))
        unread = f"{literal(UNREAD)} || {shown}"
        text = f"CASE WHEN {shown} IS NOT NULL AND {value} IS NULL THEN {unread} ELSE {text} END"
    return text


def _mapped(text: str, values: Mapping[str, str]) -> str:
    """A value map; "" is an empty cell, which stays empty otherwise, "*" any other value, and "="
    that value as it stands.
    """
    arms = "".join(
        f" WHEN {literal(k)} THEN {literal(v)}" for k, v in values.items() if k not in ("*", "")
    )
    other = values.get("*")
    rest = "NULL" if other is None else text if other == "=" else literal(other)
    found = f"CASE {unmarked(text)}{arms} ELSE {rest} END" if arms else rest
    empty = literal(values[""]) if "" in values else "NULL"
    return f"CASE WHEN {text} IS NULL THEN {empty} ELSE {found} END"


def typed_column(column: ColumnPlan, is_key: bool) -> TypedColumn:
    """The column's cast, and when a row is bad because of it."""
    form, text = column.form, f"t.{name(column.name)}"
    faults = [typed.not_castable(column.name, form.wanted)]
    if form.kind in ("date", "instant") and form.time_zone != "UTC":
        anywhere = cast(name(f"_raw_{column.name}"), replace(form, time_zone="UTC"))
        skipped = f"{faults[0][0]} AND {anywhere} IS NOT NULL"
        faults.insert(0, (skipped, f"a time that the clocks skipped in {form.time_zone}"))
    if column.allowed:
        faults.append(typed.not_allowed(column.name, column.allowed))
    if is_key:
        faults.append(typed.empty(column.name))
    found = TypedColumn(column.name, text, cast(text, form), tuple(faults))
    return _with_times(found, form) if form.kind in ("date", "instant") else found


def _with_times(column: TypedColumn, form: Form) -> TypedColumn:
    """What a date or an instant has more: a quick way to its value, and hours that came twice."""
    moment, text, twice = form.moment, column.raw, ""
    if form.kind == "instant":
        twice = doubled(name(column.name), name(column.raw_name), moment)
    local = full_moments.local(text, moment)
    located = f"t.{name(column.local_name)}"
    value = full_moments.cast(located, text, moment, column.value) if local else column.value
    return replace(column, value=value, local=local, doubled=twice)
