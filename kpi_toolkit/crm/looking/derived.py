"""Columns of ours that no column of the file is by itself, but that one or two of them give."""

import re
from collections.abc import Sequence

from kpi_toolkit.crm.expressions import parse
from kpi_toolkit.crm.looking import values
from kpi_toolkit.crm.looking.fitting import Fitted
from kpi_toolkit.crm.looking.heads import Column, Head
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.matching import Candidate, Match, is_nameable
from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.errors import ConfigError

_SPOKEN = frozenset(("case", "when", "then", "else", "end", "in", "not", "and", "or", "number"))
_WON, _CLOSED = ("iswon", "won", "closedwon"), ("isclosed", "closed")
_UNIT_PRICES = ("unitprice", "price", "priceeach", "prixunitaire", "prixunitaireht", "puht", "pu")
_QUANTITIES = ("quantity", "qty", "quantite", "qte", "units")


def derived(columns: Sequence[Fitted], candidate: Candidate) -> dict[str, Line]:
    """Lines by the name of our column, in place of what its own match gave."""
    own = {column.name: column for column in columns if column.live}
    if candidate.table.name == "deals":
        return _outcome(own, candidate.head)
    if candidate.table.name == "orders":
        return _price_times_quantity(own, candidate.head)
    return {}


def _outcome(own: dict[str, Fitted], head: Head) -> dict[str, Line]:
    """Won, lost or open out of the stage, or of two truth columns, where no status says it."""
    if "status" in own:
        column = own["status"].column
        mapped = values.status(column)
        return _closing(own, column, _decided_texts(mapped)) if mapped else {}
    stage = own.get("stage")
    mapped = values.status(stage.column) if stage else None
    if stage and mapped:
        return _of_stage(own, stage.column, mapped)
    won, closed = _first(head, _WON), _first(head, _CLOSED)
    if won and closed and values.is_truth(won) and values.is_truth(closed):
        sql = (
            f"CASE WHEN lower({name(won.name)}) = 'true' THEN 'won' "
            f"WHEN lower({name(closed.name)}) = 'true' THEN 'lost' ELSE 'open' END"
        )
        told = f"{won.name}: {values.counts(won)}; {closed.name}: {values.counts(closed)}"
        return _checked(Line("status", {"sql": sql}, told), won, closed)
    told = "no column says won, lost or open: without one there is no rate of success"
    return {"status": Line("status", {"column": "?"}, told, live=False)}


def _of_stage(own: dict[str, Fitted], column: Column, mapped: values.ValueMap) -> dict[str, Line]:
    status = {"column": column.name, "values": mapped.values}
    told = f"the stage says how a deal ended; {mapped.evidence}"
    decided = _decided_texts(mapped)
    sql = f"CASE WHEN {name(column.name)} NOT IN ({_texts(decided)}) THEN {name(column.name)} END"
    told_stage = "the stage while a deal is open; won and lost are no stages"
    stage = _checked(Line("stage", {"sql": sql}, told_stage), column)
    return {"status": Line("status", status, told)} | stage | _closing(own, column, decided)


def _closing(own: dict[str, Fitted], outcome: Column, decided: list[str]) -> dict[str, Line]:
    """A closing date that open deals have too is the expected one for them."""
    closed = own.get("closed_at")
    share = sum(outcome.cells[text][0] for text in decided) if decided else 0
    if not closed or not decided or closed.column.filled <= share + 0.1 * (outcome.filled - share):
        return {}
    sql = (
        f"CASE WHEN {name(outcome.name)} IN ({_texts(decided)}) THEN {name(closed.column.name)} END"
    )
    told = (
        f"{closed.column.filled:,} rows have it and only {share:,} are won or lost: "
        "of an open deal it is the expected day"
    )
    line = Line("closed_at", {"sql": sql} | closed.settings, f"{closed.evidence}; {told}")
    return _checked(line, outcome, closed.column)


def unit_price(candidate: Candidate) -> tuple[Match, ...]:
    """Of orders without an amount, the price of a unit, that stands for it until `derived`."""
    if candidate.table.name != "orders" or any(m.name == "amount" for m in candidate.sure):
        return ()
    price, quantity = _first(candidate.head, _UNIT_PRICES), _first(candidate.head, _QUANTITIES)
    return (Match("amount", price, sure=True),) if price and quantity else ()


def _price_times_quantity(own: dict[str, Fitted], head: Head) -> dict[str, Line]:
    amount, quantity = own.get("amount"), _first(head, _QUANTITIES)
    if not amount or not quantity or amount.column is not _first(head, _UNIT_PRICES):
        return {}
    sql = f"number({name(quantity.name)}) * number({name(amount.column.name)})"
    told = f"no column holds the amount of a line: quantity times price; {amount.evidence}"
    line = Line("amount", {"sql": sql} | amount.settings, told)
    return _checked(line, quantity, amount.column)


def _checked(line: Line, *columns: Column) -> dict[str, Line]:
    """The line of an expression, if it reads back as one over these columns of the file."""
    try:
        found = parse(line.value["sql"], (), line.name).columns
    except ConfigError:
        return {}
    return {line.name: line} if {ref.column for ref in found} == {c.name for c in columns} else {}


def sources(line: Line) -> set[str]:
    """The source columns that an expression's line names."""
    sql = line.value.get("sql") if isinstance(line.value, dict) else None
    return {ref.column for ref in parse(sql, (), line.name).columns} if sql else set()


def _decided_texts(mapped: values.ValueMap) -> list[str]:
    return [text for text, meaning in mapped.values.items() if meaning in ("won", "lost")]


def _texts(texts: list[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def name(column: str) -> str:
    """A source column in an expression, in quotes where it has to be."""
    if re.fullmatch(r"[A-Za-z_]\w*", column, re.ASCII) and column.lower() not in _SPOKEN:
        return column
    return '"' + column.replace('"', '""') + '"'


def _first(head: Head, names: tuple[str, ...]) -> Column | None:
    named = {plain(c.name): c for c in reversed(head.columns) if is_nameable(c, head)}
    return next((named[word] for word in names if word in named), None)
