"""Rows made once for all the queries of a batch of asks that read them.

Columns derived from other rows (the stay after a stay, the first purchase) cost a sort of the whole
table each time that they are made, ten times what is then counted of them. Where several queries
read such columns of a fact, those that it says are `kept` are written beside the snapshot, where
all later questions find them; where there is no snapshot, or others are read, a temporary table
holds what any of the queries reads, until all have been answered. Rows that move with the bounds of
a period are another's for each period; records that stay in their own database, and those that a
model scores, are never copied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from kpi_toolkit.crm.made_rows import kept, made
from kpi_toolkit.measures import expression, source
from kpi_toolkit.measures.batch import Batch
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.plan import Planned


@contextmanager
def shared(planned: Sequence[Planned], crm: Any) -> Iterator[list[Planned]]:
    """What is planned, over rows that are kept, or made for as long as the context lasts where two
    queries or more would make them.
    """
    dear = [each.batch for each in planned if _is_dear(each.batch)]
    views = _kept(dear, crm)
    readers: dict[Fact, list[Batch]] = defaultdict(list)
    for batch in dear:
        if batch not in views:
            readers[batch.fact].append(batch)
    several = {fact: found for fact, found in readers.items() if len(found) > 1}
    selects = {fact: _select(fact, found, crm) for fact, found in several.items()}
    local = {fact: sql for fact, sql in selects.items() if crm.is_local(sql)}
    with made(crm, local) as tables:
        for fact, table in tables.items():
            views |= dict.fromkeys(several[fact], table)
        yield [
            replace(each, batch=replace(each.batch, made=views[each.batch]))
            if each.batch in views
            else each
            for each in planned
        ]


def _select(fact: Fact, batches: Sequence[Batch], crm: Any) -> str:
    """The SELECT of all columns that some batches read."""
    texts = dict.fromkeys(text for batch in batches for text in batch.texts)
    return source.select(fact, texts, crm.columns, crm.calendar.time_zone)


def _kept(dear: Sequence[Batch], crm: Any) -> dict[Batch, str]:
    """The batches that read no other columns than those that are kept, with the view of these."""
    found: dict[Batch, str] = {}
    for fact in dict.fromkeys(batch.fact for batch in dear if batch.fact.kept):
        columns = {*fact.kept, *fact.dimensions, *crm.own_dimensions.get(fact.table, ())}
        readers = [b for b in dear if b.fact is fact and _columns(b) <= columns]
        texts = map(expression.name, sorted(columns))
        sql = source.select(fact, texts, crm.columns, crm.calendar.time_zone)
        if readers and crm.is_local(sql):
            view = kept(crm, sql, make=len(readers) > 1)
            found |= dict.fromkeys(readers, view) if view else {}
    return found


def _columns(batch: Batch) -> set[str]:
    return {column for text in batch.texts for _, column in expression.columns(text)}


def _is_dear(batch: Batch) -> bool:
    """Whether it reads columns for which rows are sorted, and rows that no bound moves."""
    fact, texts = batch.fact, batch.texts
    if fact.model or fact.parameters(texts):
        return False
    return any(map(expression.sorts_rows, fact.derived(texts).values()))
