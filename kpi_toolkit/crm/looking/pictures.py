"""A picture of customers without a date: how long each has been one, and whether it left. Both make
dates, with the day of the picture, which no file tells.
"""

from collections.abc import Sequence

from kpi_toolkit.crm.looking import values
from kpi_toolkit.crm.looking.fitting import Fitted
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.lines import Line, remark, rendered
from kpi_toolkit.crm.looking.matching import Candidate, is_nameable
from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.looking.toml import shown

_TENURES = (
    *("tenure", "tenuremonths", "tenureinmonths", "customertenure", "monthsascustomer"),
    *("monthsoncontract", "monthsonbook", "anciennete", "anciennetemois"),
)
_CHURNED = (
    *("churn", "churned", "churnflag", "churnlabel", "churnvalue", "ischurned", "exited", "left"),
    *("attrition", "attritionflag", "resilie", "parti", "estparti"),
)
_CHARGES = ("monthlycharges", "monthlycharge", "monthlyamount", "mrr", "mensualite")
_DATELESS = ("users", "products", "stages")

_BEGAN = "DATE '2024-01-01' - to_months(tenure + 1) - INTERVAL 1 DAY"
_ENDED = "CASE WHEN churned THEN TIMESTAMP '2024-01-01' - INTERVAL 1 DAY END"
_ACCOUNTS = f"""SELECT *,
  {_BEGAN} AS became_customer_at,
  {_ENDED} AS churned_at
FROM accounts"""
_SUBSCRIPTIONS = f"""SELECT account_id AS subscription_id, account_id, 'new' AS kind, mrr,
  {_BEGAN} AS started_at,
  {_ENDED} AS ended_at,
  CASE WHEN churned THEN 'cancelled' END AS end_reason
FROM accounts"""


def dateless(candidate: Candidate, columns: Sequence[Fitted]) -> list[str]:
    """What a table without a date cannot tell, and, of customers, how to make the dates."""
    if candidate.table.name in _DATELESS or any(column.is_dated for column in columns):
        return []
    if not any(column.type in ("instant", "date") for column in candidate.table.columns.values()):
        return []
    told = remark(
        "No column here was read as a date: "
        f"KPIs that count {candidate.table.name} over time need one"
    )
    tenure, churned = _first(candidate, _TENURES), _first(candidate, _CHURNED)
    if candidate.table.name != "accounts" or not tenure or not churned:
        return ["", *told]
    words = values.boolean(churned)
    if not words and not values.is_truth(churned):
        return ["", *told]
    return _recipe(candidate, tenure, churned, words.values if words else {})


def _recipe(
    candidate: Candidate, tenure: Column, churned: Column, words: dict[str, object]
) -> list[str]:
    """What to add, ready but for the day of the picture."""
    charge = _first(candidate, _CHARGES)
    flag = {"column": churned.name, "values": words, "type": "boolean"}
    flag = flag if words else {"column": churned.name, "type": "boolean"}
    lines = [
        Line("tenure", {"column": tenure.name, "type": "whole"}, live=False),
        Line("churned", flag, live=False),
    ]
    if charge:
        lines.append(Line("mrr", {"column": charge.name, "type": "money"}, live=False))
    why = (
        "No column here is a date: churn needs became_customer_at and churned_at. "
        f"{shown(tenure.name)}, taken as months, and {shown(churned.name)} "
        f"({values.counts(churned)}) make them, if those who left did so in the month before the "
        "day on which the file was made. Take the # from the lines below, put your day for "
        "2024-01-01 everywhere, and write it as as_of in [project]:"
    )
    return [
        "",
        *remark(why),
        *rendered(lines),
        *remark("To [tables.accounts] itself, above its columns, belongs:"),
        *rendered([Line("sql", "accounts.sql", live=False)]),
        *_file("accounts.sql", _ACCOUNTS),
        *(_contracts() if charge else []),
    ]


def _contracts() -> list[str]:
    return [
        *remark("With the monthly charge, a contract each:"),
        "# [tables.subscriptions]",
        *rendered([Line("sql", "subscriptions.sql", live=False)]),
        *_file("subscriptions.sql", _SUBSCRIPTIONS),
    ]


def _file(name: str, text: str) -> list[str]:
    return [*remark(f"The file {name}, beside kpi.toml:"), *(f"#   {t}" for t in text.splitlines())]


def _first(candidate: Candidate, names: tuple[str, ...]) -> Column | None:
    columns = candidate.head.columns
    named = {plain(c.name): c for c in reversed(columns) if is_nameable(c, candidate.head)}
    return next((named[name] for name in names if name in named), None)
