"""The words that KPIs count in columns of free text, such as the channel 'email' of mailings, and
values of the data that are not quite such a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.remarks import MOST_VALUES, Remark
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.measures import expression
from kpi_toolkit.measures.expression import name
from kpi_toolkit.measures.fact import Measure

if TYPE_CHECKING:
    from kpi_toolkit.crm.connect import Crm

Words = Mapping[tuple[str, str], tuple[str, ...]]
_LIKE = 0.8
_MOST = 1000


def counted_words(measures: Iterable[Measure]) -> Words:
    """The words that measures compare columns with, by (table, column); a column whose words are a
    closed set is left out, since any other sets its row aside.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    for measure in measures:
        fact = measure.fact
        texts = [*measure.texts, *filter(None, [fact.where])]
        for text in [*texts, *fact.derived(texts).values()]:
            for qualifier, column, word in expression.words(text):
                declared = TABLES[qualifier or fact.table].columns.get(column)
                if declared is not None and not declared.allowed:
                    found.setdefault((qualifier or fact.table, column), {})[word] = None
    return {key: tuple(words) for key, words in found.items()}


def near_words(crm: Crm, counted: Words) -> Iterator[Remark]:
    """Values that are almost a word that is counted; where no row has that word, all values."""
    for (table, column), words in counted.items():
        if column not in crm.columns.get(table, ()):
            continue
        values = _values(crm, table, column)
        others = {value: rows for value, rows in values.items() if value not in words}
        for word in words:
            missed = [v for v in others if word not in values or _is_near(v, word)]
            for value in missed[:MOST_VALUES]:
                yield Remark(table, "", column, "near_word", value, word, others[value], None)


def _values(crm: Crm, table: str, column: str) -> dict[str, int]:
    """The most frequent values and their rows."""
    return dict(
        crm.query(
            f"SELECT {name(column)}, count(*) FROM {name(table)} WHERE {name(column)} IS NOT NULL "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST}"
        )
    )


def _is_near(value: str, word: str) -> bool:
    ours, theirs = plain(value), plain(word)
    return ours.startswith(theirs) or SequenceMatcher(None, ours, theirs).ratio() >= _LIKE
