"""How a Crm shows itself: whose records, as of when, and how many of each table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi_toolkit.crm import accounting
from kpi_toolkit.format import Format
from kpi_toolkit.format.card import card

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm


def bundle(crm: Crm) -> dict[str, str]:
    """A Crm as text and as HTML."""
    words = Format(crm.language, crm.currency)  # type: ignore[arg-type]
    newest = crm.newest_event
    facts = [(words.t("Data as of"), words.date(crm.calendar.local_day(crm.as_of)))]
    if newest:
        facts.append((words.t("Newest record"), words.date(crm.calendar.local_day(newest))))
    cells = [
        (table.table, words.count(table.kept) + _aside(words, table.quarantined))
        for table in crm.reading
    ]
    title, lead = crm.name or "Crm", accounting.accounted(words, crm.reading)
    lines = [title, lead, *(f"{name}{words.colon} {text}" for name, text in [*facts, *cells])]
    page = card(title, lead=lead, facts=facts, cells=cells)
    return {"text/plain": "\n".join(lines), "text/html": page}


def _aside(words: Format, rows: int) -> str:
    return f" (−{words.count(rows)})" if rows else ""
