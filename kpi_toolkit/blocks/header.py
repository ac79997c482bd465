"""The block that opens a report: whose, what, when, and in which language."""

from collections.abc import Mapping, Sequence
from typing import Any

from kpi_toolkit.blocks.block import Block


def header(  # noqa: PLR0913 - one for each line of the title band
    *,
    report: str,
    title: str,
    period: str,
    period_key: str,
    company: str,
    language: str,
    question: str = "",
    meta: Sequence[tuple[str, str]] = (),
    as_of: str = "",
    values: Sequence[Mapping[str, Any]] = (),
) -> Block:
    """Title band of a report.

    `period` is its name for readers, `period_key` its key; `meta` are labelled facts; `as_of` is
    the UTC instant of the data in ISO form, which also dates the PDF.
    """
    content = {
        "report": report,
        "title": title,
        "question": question,
        "period": period,
        "period_key": period_key,
        "company": company,
        "language": language,
        "meta": [{"label": label, "value": value} for label, value in meta],
        "as_of": as_of,
    }
    return Block("header", content, tuple(values))
