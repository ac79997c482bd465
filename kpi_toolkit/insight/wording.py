"""What readers are told of a column, a cause, and the slice of a report."""

from kpi_toolkit.archive.restatements import Cause
from kpi_toolkit.format import Format

# A report shows the day of a moment, and an id stands for its record.
_ENDINGS = {"_at": "_on", "_id": ""}


def column(words: Format, name: str) -> str:
    """A column's name for readers: closed_at -> 'Closed on'."""
    return words.t(column_words(name))


def column_words(name: str) -> str:
    """The English name of a column, by which translations look it up."""
    ending = next((e for e in _ENDINGS if name.endswith(e)), "")
    whole = name.removesuffix(ending) + _ENDINGS.get(ending, "")
    return whole.replace("_", " ").capitalize()


def scope(words: Format, dimension: str, member: str) -> str:
    """The slice of a report: 'Team: North'."""
    return f"{column(words, dimension)}{words.colon} {member}"


CAUSES = {
    "matured": "matured: more outcomes are known",
    "definition": "definition changed",
    "mapping": "the mapping in kpi.toml was changed",
    "code": "software updated",
    "data": "records added or edited",
    "data_or_code": "records edited or software updated",
    "as_of": "known at another date",
    "unexplained": "cause unknown",
    "under_way": "period was under way",
}


def cause(words: Format, found: Cause) -> str:
    """Why an archived figure is different now."""
    return words.t(CAUSES[found])
