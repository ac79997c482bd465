"""Columns of ours that no column of the file is by itself, but that one or two of them give."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kpi_toolkit.crm.expressions import parse
from kpi_toolkit.crm.looking import values
from kpi_toolkit.crm.looking.fitting import Fitted
from kpi_toolkit.crm.looking.heads import Column, Head
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.matching import Candidate, Match, is_nameable
from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.looking.synonyms import synonyms
from kpi_toolkit.crm.looking.toml import shown, written
from kpi_toolkit.crm.looking.trials import NULL_WORDS
from kpi_toolkit.crm.quoting import literals
from kpi_toolkit.errors import ConfigError

_SPOKEN = frozenset(("case", "when", "then", "else", "end", "in", "not", "and", "or", "number"))
# The stage that a deal closed in, beside one that says "won" or "lost" since.
_LAST_STAGE = (
    *("lastopenstage", "stagebeforeclosing", "previousstage", "laststage"),
    *("derniereetapeouverte", "derniereetape", "etapeavantcloture", "etapeprecedente"),
)
_WON, _CLOSED = ("iswon", "won", "closedwon"), ("isclosed", "closed")
_UNIT_PRICES = ("unitprice", "price", "priceeach", "prixunitaire", "prixunitaireht", "puht", "pu")
_QUANTITIES = ("quantity", "qty", "quantite", "qte", "units")


def derived(columns: Sequence[Fitted], candidate: Candidate) -> dict[str, Line]:
    """Lines by the name of our column, in place of what its own match gave."""
    own = {column.name: column for column in columns if column.live}
    if candidate.table.name == "deals":
        return _outcome(own, candidate.head)
    if candidate.table.name == "orders":
        return _price_times_quantity(own, candidate.head) | _numbered(own)
    if candidate.table.name == "tickets":
        return _closed_unsolved(own, candidate.head)
    return {}


def _outcome(own: dict[str, Fitted], head: Head) -> dict[str, Line]:
    """Won, lost or open out of the stage, or of two truth columns, where no status says it."""
    if "status" in own:
        mapped = values.status(own["status"].column)
        return _closing(own, _Ended.of(own["status"].column, mapped)) if mapped else {}
    stage = own.get("stage")
    mapped = values.status(stage.column) if stage else None
    if stage and mapped:
        return _of_stage(own, stage.column, mapped, _first(head, _LAST_STAGE))
    won, closed = _first(head, _WON), _first(head, _CLOSED)
    if won and closed and values.is_truth(won) and values.is_truth(closed):
        return _of_truths(own, won, closed)
    told = "no column says won, lost or open: without one there is no rate of success"
    return {"status": Line("status", {"column": "?"}, told, live=False)}


def _of_stage(
    own: dict[str, Fitted], column: Column, mapped: values.ValueMap, last: Column | None
) -> dict[str, Line]:
    ended = _Ended.of(column, mapped)
    status = {"column": column.name, "values": mapped.values}
    told = f"the stage says how a deal ended; {mapped.evidence}"
    told_stage = "the stage while a deal is open; won and lost are no stages"
    if last:
        sql = f"CASE WHEN {ended.sql} THEN {name(last.name)} ELSE {name(column.name)} END"
        line = Line("stage", {"sql": sql}, f"{told_stage}: {shown(last.name)} tells the last one")
        stage = _checked(line, column, last)
    else:
        sql = f"CASE WHEN NOT {ended.sql} THEN {name(column.name)} END"
        stage = _checked(Line("stage", {"sql": sql}, told_stage), column)
    return {"status": Line("status", status, told)} | stage | _closing(own, ended)


def _of_truths(own: dict[str, Fitted], won: Column, closed: Column) -> dict[str, Line]:
    is_won, is_closed = (f"lower({name(column.name)}) = 'true'" for column in (won, closed))
    sql = f"CASE WHEN {is_won} THEN 'won' WHEN {is_closed} THEN 'lost' ELSE 'open' END"
    told = f"{won.name}: {values.counts(won)}; {closed.name}: {values.counts(closed)}"
    rows = sum(count for text, (count, _) in closed.cells.items() if text.lower() == "true")
    ended = _Ended(closed, is_closed, rows)
    return _checked(Line("status", {"sql": sql}, told), won, closed) | _closing(own, ended)


@dataclass(frozen=True)
class _Ended:
    """The column that says that a deal was won or lost, that as SQL, and in how many rows."""

    column: Column
    sql: str
    rows: int

    @classmethod
    def of(cls, column: Column, mapped: values.ValueMap) -> "_Ended":
        """The texts that a map takes for won or lost."""
        texts = [text for text, word in mapped.values.items() if word in ("won", "lost")]
        rows = sum(column.cells[text][0] for text in texts)
        return cls(column, f"{name(column.name)} IN ({literals(texts)})", rows)


def _closing(own: dict[str, Fitted], ended: _Ended) -> dict[str, Line]:
    """A closing date that open deals have too is the expected one for them."""
    closed, outcome = own.get("closed_at"), ended.column
    if not closed or closed.column.filled <= ended.rows + 0.1 * (outcome.filled - ended.rows):
        return {}
    sql = f"CASE WHEN {ended.sql} THEN {name(closed.column.name)} END"
    told = (
        f"{closed.column.filled:,} rows have it and only {ended.rows:,} are won or lost: "
        "of an open deal it is the expected day"
    )
    line = Line("closed_at", {"sql": sql} | closed.settings, f"{closed.evidence}; {told}")
    return _checked(line, outcome, closed.column) | _expected(own, closed)


def _expected(own: dict[str, Fitted], closed: Fitted) -> dict[str, Line]:
    """The closing date as the expected one, where no other column is that."""
    if "expected_close_on" in own:
        return {}
    name = closed.column.name
    value = {"column": name} | closed.settings if closed.settings else name
    return {"expected_close_on": Line("expected_close_on", value, "see closed_at")}


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


def _numbered(own: dict[str, Fitted]) -> dict[str, Line]:
    """Of orders that no column numbers, each row is one; several may be lines of the same."""
    if "order_id" in own:
        return {}
    told = "no column numbers the orders: each row counts as one"
    asked = f"{told}, if that is so, since rows may be lines of an order"
    lines = "line" in own or "product" in own
    return {"order_id": Line("order_id", {"row": True}, asked if lines else told, live=not lines)}


def _closed_unsolved(own: dict[str, Fitted], head: Head) -> dict[str, Line]:
    """A second date of the end, which tickets have that were closed without a solution."""
    solved = own.get("resolved_at")
    if not solved:
        return {}
    others = (c for c in head.columns if c is not solved.column and is_nameable(c, head))
    known = synonyms("tickets")
    closed = next((c for c in others if "resolved_at" in known.get(plain(c.name), {})), None)
    if not closed:
        return {}
    with_both, with_one = _valued(closed), _valued(solved.column)
    if with_both <= with_one:
        return {}
    value = {"column": [solved.column.name, closed.name]} | solved.settings
    told = (
        f"{solved.evidence}. {with_both:,} rows have {shown(closed.name)} and only {with_one:,} "
        f"this: to count those closed without it too, column = {written(value['column'])}"
    )
    shortest = value | {"column": solved.column.name} if solved.settings else solved.column.name
    return {"resolved_at": Line("resolved_at", shortest, told)}


def _valued(column: Column) -> int:
    """How many cells hold a value and no word for none."""
    filled = ((text, count) for text, (count, _) in column.cells.items() if text)
    return sum(count for text, count in filled if text.lower() not in NULL_WORDS)


def _checked(line: Line, *columns: Column) -> dict[str, Line]:
    """The line of an expression, if it reads back as one over these columns of the file."""
    try:
        found = parse(line.value["sql"], (), line.name).columns
    except ConfigError:
        return {}
    return {line.name: line} if {ref.column for ref in found} == {c.name for c in columns} else {}


def sources(line: Line) -> set[str]:
    """The source columns that a line names."""
    if isinstance(line.value, str):
        return {line.value}
    sql = line.value.get("sql") if isinstance(line.value, dict) else None
    return {ref.column for ref in parse(sql, (), line.name).columns} if sql else set()


def name(column: str) -> str:
    """A source column in an expression, in quotes where it has to be."""
    if re.fullmatch(r"[A-Za-z_]\w*", column, re.ASCII) and column.lower() not in _SPOKEN:
        return column
    return '"' + column.replace('"', '""') + '"'


def _first(head: Head, names: tuple[str, ...]) -> Column | None:
    named = {plain(c.name): c for c in reversed(head.columns) if is_nameable(c, head)}
    return next((named[word] for word in names if word in named), None)
