"""How drivers show themselves in JupyterLab."""

from __future__ import annotations

from kpi_toolkit.format import Format
from kpi_toolkit.format.card import card, figures
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.drivers.drivers import Drivers
from kpi_toolkit.insight.drivers.table import table
from kpi_toolkit.insight.drivers.words import message

SHOWN = 12


def mimebundle(found: Drivers) -> dict[str, str]:
    """Text and HTML of the change and the greatest members."""
    words = Format(found.now.language, found.now.currency)  # type: ignore[arg-type]
    by = words.t("by {dimension}", dimension=wording.column(words, found.by).lower())
    title = f"{found.now.name(words)} {by}, {words.period(found.now.period)}"
    lead, told = message(found, words), table(found, words, SHOWN)
    rows = [told.heads, *told.rows, told.total] if found.members else []
    text = [title, lead, *("\t".join(row) for row in rows)]
    page = card(title, lead=lead) + (figures(rows) if rows else "")
    return {"text/plain": "\n".join(text), "text/html": page}
