"""The headlines that a new project's executive edition begins with: KPIs that its tables allow,
with a draft of what is done when each moves. Who answers for them, only a person can say.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kpi_toolkit.crm.looking.toml import string
from kpi_toolkit.format import Format
from kpi_toolkit.format.words import Language
from kpi_toolkit.insight.audit.data_model import data_model
from kpi_toolkit.insight.headlines import FEWEST, LEAST_OF_EACH, MOST
from kpi_toolkit.kpis import registry

# The columns of each table; None where a SELECT names them, which only reading tells.
Columns = Mapping[str, Collection[str] | None]

# The most telling first, of those that tell what is coming and of those that tell what has come.
ACT_ON = {
    "opportunities_created": "Review the sources that bring less, before the month is out",
    "pipeline_value": "Decide where to prospect, and which dormant deals to close",
    "lead_response_time": "Hand on the leads that have waited for more than a day",
    "pipeline_velocity": "Find what slows: fewer deals, smaller ones, fewer won, or longer ones",
    "monthly_recurring_revenue": "Call the customers who reduced or ended their contract",
    "backlog": "Put more people on the oldest tickets",
    "first_response_time": "Check who is on duty in the hours when tickets come in",
    "won_value": "Compare with the target, and take up the deals that slipped",
    "decided_win_rate": "Go through the lost deals with each seller",
    "sales_cycle": "Find the stage in which deals wait",
    "retention_rate": "Call the customers at risk within five working days",
    "revenue": "See which products and customers make the difference",
    "renewal_rate": "Call the customers whose renewal is due next quarter",
    "sla_compliance": "Look at the categories that miss their deadline most",
    "resolution_time": "Look at what the slowest tickets wait for",
}
_MOST_OF_EACH = MOST // 2 - 1
# Who answers for them in the sample company, by the KPI's family.
_SAMPLE_OWNERS = {"sales": "Sales management", "customers": "Customer service"}
_HEAD = """\
# What the executive edition says first: five to ten KPIs. `owner` is who answers for one, which
# nobody but you can say; `act_on` is what is done when it moves: a draft, to make yours.
"""


def first_headlines(columns: Columns | None, language: Language) -> str:
    """The sections [headlines.NAME] for tables with these columns, None for the sample's; "" where
    they allow too few KPIs for an edition.
    """
    words = Format(language)
    chosen = _balanced([name for name in ACT_ON if _is_there(name, columns)])
    sections = [
        f"[headlines.{name}]\nowner = {string(_owner(name, columns, words))}\n"
        f"act_on = {string(words.t(ACT_ON[name]))}\n"
        for name in chosen
    ]
    return _HEAD + "\n".join(sections) if sections else ""


def declared_columns(tables: Mapping[str, Mapping[str, Any]]) -> Columns:
    """The columns that each [tables.NAME] of a kpi.toml declares."""
    return {
        name: None if "sql" in table or "query" in table else table.get("columns", {})
        for name, table in tables.items()
    }


def _balanced(names: list[str]) -> list[str]:
    """Leading ones, then lagging ones; none where they make no edition."""
    known = registry()
    sides = [
        [name for name in names if known[name].indicator == kind][:_MOST_OF_EACH]
        for kind in ("leading", "lagging")
    ]
    few = min(map(len, sides)) < LEAST_OF_EACH or sum(map(len, sides)) < FEWEST
    return [] if few else [*sides[0], *sides[1]]


def _owner(name: str, columns: Columns | None, words: Format) -> str:
    return words.t(_SAMPLE_OWNERS[registry()[name].family]) if columns is None else ""


def _is_there(name: str, columns: Columns | None) -> bool:
    if columns is None:
        return True
    return all(
        table in columns and (columns[table] is None or column in (columns[table] or ()))
        for table, column in _needed(name)
    )


def _needed(name: str) -> Iterator[tuple[str, str]]:
    for table in data_model([registry()[name]]):
        yield from ((table.name, one.name) for one in table.columns if one.use == "needed")
