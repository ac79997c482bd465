"""What readers are told of a column, a cause, and the slice of a report."""

from collections.abc import Iterable

from kpi_toolkit.archive.restatements import Cause
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.format import Format

# A report shows the day of a moment, and an id stands for its record.
_ENDINGS = {"_at": "_on", "_id": ""}
# Where the name's own words would not do.
_WORDS = {
    "is_focus": "Focus",
    "kpi": "KPI",
    "met_sla": "Met SLA",
    "mrr": "MRR",
    "sla_due_at": "SLA due on",
}

# The values that `kind` has by the canonical tables.
_KINDS = {
    "new": "New business",
    "renewal": "Renewal",
    "upsell": "Upsell",
    "cross_sell": "Cross-sell",
    "upgrade": "Upgrade",
    "downgrade": "Downgrade",
}
_STATUSES = {"open": "open", "won": "won", "lost": "lost"}


def column(words: Format, name: str) -> str:
    """A column's name for readers: closed_at -> 'Closed on'; as [names] of kpi.toml calls it."""
    return words.names.get(name) or words.t(column_words(name))


def inside(label: str) -> str:
    """A name within a sentence: without its capital, unless it is an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def column_words(name: str) -> str:
    """The English name of a column, by which translations look it up."""
    if name in _WORDS:
        return _WORDS[name]
    ending = next((e for e in _ENDINGS if name.endswith(e)), "")
    whole = name.removesuffix(ending) + _ENDINGS.get(ending, "")
    return whole.replace("_", " ").capitalize()


def member(words: Format, dimension: str, name: str | None) -> str:
    """A member of a dimension for readers: as [names] of kpi.toml calls it, a status or a kind of
    deal or subscription in words, else as the CRM has it; or that it is not filled in.
    """
    if name is None:
        return words.t("(not filled in)")
    if name in words.names:
        return words.names[name]
    if dimension == "status" and name in _STATUSES:
        return words.t(_STATUSES[name])
    return words.t(_KINDS[name]) if dimension == "kind" and name in _KINDS else name


def lacking(words: Format, paths: Iterable[str]) -> str:
    """What data lack, for readers: 'orders, deals.closed_at' -> 'Orders, Closed on (Deals)'."""
    return ", ".join(_lacking(words, path) for path in paths)


def _lacking(words: Format, path: str) -> str:
    table, _, name = path.partition(".")
    if table not in TABLES:
        return path  # not a place: what a database cannot compute
    return f"{column(words, name)} ({column(words, table)})" if name else column(words, table)


def scope(words: Format, dimension: str, name: str) -> str:
    """The slice of a report: 'Team: North'."""
    return f"{column(words, dimension)}{words.colon} {member(words, dimension, name)}"


CAUSES = {
    "matured": "matured: more outcomes are known",
    "definition": "definition changed",
    "mapping": "the mapping in kpi.toml was changed",
    "code": "software updated",
    "data": "records added or edited",
    "data_or_code": "records edited or software updated",
    "mapping_or_code": "the mapping in kpi.toml was changed, or the software updated",
    "as_of": "known at another date",
    "unexplained": "cause unknown",
    "under_way": "period was under way",
}


def cause(words: Format, found: Cause) -> str:
    """Why an archived figure is different now."""
    return words.t(CAUSES[found])
