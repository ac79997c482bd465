"""What stands in the place of what the data do not allow."""

from collections.abc import Iterable
from dataclasses import replace

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.format import Format
from kpi_toolkit.measures.value import KpiValue
from kpi_toolkit.report.session import rows_of


def absent(words: Format, what: str, why: str) -> Block:
    """What is not available, and why; a page tells all of them together."""
    return blocks.absent(
        words.t("{kpi}: not available ({reason}).", kpi=what, reason=why), what, why
    )


def unfilled(words: Format, what: str, sentence: str, values: Iterable[KpiValue]) -> Block:
    """A breakdown by a column that is empty, with the sentence that says so."""
    found = blocks.absent(sentence, what, words.t("the column is empty"))
    return replace(found, values=tuple(rows_of(values)))
