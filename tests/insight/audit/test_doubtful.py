"""Rows that count though they are doubtful: named on the page by their columns."""

import pytest

from kpi_toolkit.crm.remarks import Kind, Remark
from kpi_toolkit.format import Format
from kpi_toolkit.insight.audit.doubtful import doubtful

EN = Format("en", "EUR")


def remark(column: str, kind: Kind, rows: int, table: str = "deals") -> Remark:
    return Remark(table, "deals.csv", column, kind, None, "", rows, 2)


def test_columns_with_most_doubtful_rows_come_first_and_the_rest_is_counted() -> None:
    found = [
        remark("closed_at", "disorder", 1200),
        remark("closed_at", "far_date", 34),
        remark("amount", "negative", 1),
        remark("created_at", "far_date", 3),
        remark("", "double_row", 2),
    ]
    assert doubtful(EN, found, {"deals"}) == (
        "Kept, though doubtful: Closed on (Deals) in 1,234 rows, Created on (Deals) in 3 rows, "
        "Deals in 2 rows, one more; the report on the data says why."
    )


@pytest.mark.parametrize(
    "found",
    [
        [],
        [remark("owner", "orphan", 9)],
        [remark("ordered_at", "far_date", 9, "orders")],
    ],
    ids=["nothing", "harmless", "of_a_table_that_the_report_does_not_read"],
)
def test_what_changes_no_figure_of_the_report_is_not_said(found: list[Remark]) -> None:
    assert doubtful(EN, found, {"deals"}) == ""
