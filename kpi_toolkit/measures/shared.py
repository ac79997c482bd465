"""Rows made once for all the queries of a batch of asks that read them.

Columns derived from other rows (the stay after a stay, the first purchase) cost a sort of the whole
table each time that they are made, ten times what is then counted of them. Where several queries
read such columns of a fact, a temporary table holds those that any of them reads, until all have
been answered. Rows that move with the bounds of a period are another's for each period; records
that stay in their own database, and those that a model scores, are never copied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from kpi_toolkit.crm.made_rows import made
from kpi_toolkit.measures import expression, source
from kpi_toolkit.measures.batch import Batch
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.plan import Planned


@contextmanager
def shared(planned: Sequence[Planned], crm: Any) -> Iterator[list[Planned]]:
    """What is planned, over rows that are made for as long as the context lasts where two queries
    or more would make them.
    """
    readers: dict[Fact, list[Batch]] = defaultdict(list)
    for each in planned:
        if _is_dear(each.batch):
            readers[each.batch.fact].append(each.batch)
    selects = {
        fact: source.select(
            fact,
            dict.fromkeys(text for batch in found for text in batch.texts),
            crm.columns,
            crm.calendar.time_zone,
        )
        for fact, found in readers.items()
        if len(found) > 1
    }
    local = {fact: sql for fact, sql in selects.items() if crm.is_local(sql)}
    with made(crm, local) as tables:
        yield [
            replace(each, batch=replace(each.batch, made=tables[each.batch.fact]))
            if each.batch.fact in tables and _is_dear(each.batch)
            else each
            for each in planned
        ]


def _is_dear(batch: Batch) -> bool:
    """Whether it reads columns for which rows are sorted, and rows that no bound moves."""
    fact, texts = batch.fact, batch.texts
    if fact.model or fact.parameters(texts):
        return False
    return any(map(expression.sorts_rows, fact.derived(texts).values()))
