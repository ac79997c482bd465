"""Orders whose numbers begin with a letter and whose lines are all negative: goods came back."""

from kpi_toolkit.crm.looking.derived import name
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.lines import Line
from kpi_toolkit.crm.looking.matching import Candidate
from kpi_toolkit.crm.looking.scanning import cells_of
from kpi_toolkit.crm.looking.trials import Trials

_SQL = """SELECT upper(left(c0, 1)) AS letter, count(*), min(c0)
FROM _pairs WHERE regexp_matches(c0, '^[A-Za-z]')
GROUP BY letter HAVING count(*) FILTER (WHERE NOT starts_with(c1, '-')) = 0 ORDER BY ALL"""


def returns(candidate: Candidate, trials: Trials) -> list[Line]:
    """A sentence for each such letter, with a condition that would leave them out."""
    own = {match.name: match.column for match in candidate.sure}
    numbered, counted = own.get("order_id"), own.get("quantity") or own.get("amount")
    if candidate.table.name != "orders" or not numbered or not counted:
        return []
    if not any(text.startswith("-") for text in counted.texts):
        return []
    pairs = cells_of(candidate.head, numbered, counted)
    return [_line(numbered, counted, *row) for row in trials.asked(_SQL, _pairs=pairs)]


def _line(numbered: Column, counted: Column, letter: str, rows: int, example: str) -> Line:
    told = (
        f"{rows:,} lines whose {numbered.name} begins with {letter}, as {example}, have only "
        f"negative {counted.name}: returns, which lower revenue and are no orders. To leave "
        "them out instead:"
    )
    condition = f"NOT starts_with(upper(coalesce({name(numbered.name)}, '')), '{letter}')"
    return Line("where", condition, told, live=False)
