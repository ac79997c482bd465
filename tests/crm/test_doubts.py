"""Rows that cast and yet are doubtful, table by table; each case by hand."""

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames

Tables = dict[str, dict[str, list[object]]]


def found(tables: Tables, zone: str = "Europe/Paris") -> list[tuple[object, ...]]:
    frames = {table: pd.DataFrame(columns) for table, columns in tables.items()}
    crm = from_frames(time_zone=zone, **frames)
    return [(r.table, r.column, r.kind, r.other, r.rows, r.line) for r in crm.remarks()]


def one(column: str, values: list[object], **more: list[object]) -> Tables:
    ids = [str(n) for n in range(len(values))]
    return {"deals": {"deal_id": ids, column: values, **more}}


def test_a_deal_closed_before_it_was_created() -> None:
    tables = one("created_at", ["2024-05-02", "2024-05-02"], closed_at=["2024-05-03", "2024-05-01"])
    assert found(tables) == [("deals", "closed_at", "disorder", "created_at", 1, 2)]


@pytest.mark.parametrize(
    ("created", "closed", "doubtful"),
    [
        ("2024-05-02 10:00", "2024-05-02", False),  # a day without a time
        ("2024-05-02 10:00", "2024-05-02 09:00", True),
        ("2024-05-02 00:30", "2024-05-01", True),  # the day before, in Paris
        ("2024-05-02 10:00", "2024-05-02 10:00", False),
    ],
)
def test_a_day_is_not_before_its_own_hours(created: str, closed: str, doubtful: bool) -> None:
    told = found(one("created_at", [created], closed_at=[closed]))
    assert bool(told) is doubtful


def test_deals_decided_without_a_date_and_open_ones_with_a_date() -> None:
    tables = one(
        "status",
        ["won", "lost", "open", "open"],
        closed_at=["2024-01-01", None, None, "2024-02-01"],
    )
    assert found(tables) == [
        ("deals", "closed_at", "undated", "", 1, 2),
        ("deals", "closed_at", "closed_early", "", 1, 4),
    ]


def test_deals_without_a_status() -> None:
    tables = one("status", ["won", None, None], closed_at=["2024-01-01", None, "2024-01-02"])
    assert found(tables) == [("deals", "status", "unstated", "", 2, 2)]
    assert found(one("amount", [1.0])) == []


def test_amounts_below_zero_and_dates_far_away() -> None:
    tables = one("amount", [1.0, -1.0, -2.0], created_at=["2024-01-01", "1900-01-01", "2100-02-01"])
    assert found(tables) == [
        ("deals", "amount", "negative", "", 2, 2),
        ("deals", "created_at", "far_date", "", 2, 2),
    ]


def test_references_to_rows_that_are_not_there() -> None:
    tables: Tables = {
        "accounts": {"account_id": ["a"]},
        "deals": {"deal_id": ["1", "2", "3"], "account_id": ["a", "b", None]},
        "deal_stages": {"deal_id": ["1", "9"], "entered_at": ["2024-01-01", "2024-01-02"]},
    }
    assert found(tables) == [
        ("deals", "account_id", "orphan", "accounts.account_id", 1, 2),
        ("deal_stages", "deal_id", "orphan", "deals.deal_id", 1, 2),
    ]


def test_without_the_other_table_no_reference_is_doubted() -> None:
    assert found(one("account_id", ["a"])) == []


def test_a_merged_contact_refers_to_its_own_table() -> None:
    tables: Tables = {"contacts": {"contact_id": ["1", "2"], "merged_into": ["2", "7"]}}
    assert found(tables) == [("contacts", "merged_into", "orphan", "contacts.contact_id", 1, 2)]


def test_a_row_again_in_a_table_without_an_id() -> None:
    lines: Tables = {
        "orders": {"order_id": ["1", "1", "1", "2"], "amount": [5.0, 5.0, 5.0, 5.0]},
    }
    assert found(lines) == [("orders", "", "double_row", "", 2, 1)]


def test_equal_rows_of_a_table_of_groups_are_groups_that_nobody_told_apart() -> None:
    sent: Tables = {"mailings": {"day": ["2024-05-02"] * 2, "sent": [10, 10]}}
    assert found(sent) == []


def test_hostile_columns_of_the_users_own_are_names() -> None:
    lines: Tables = {"orders": {"order_id": ["1", "1"], '"; DROP TABLE x': ["a", "a"]}}
    assert found(lines) == [("orders", "", "double_row", "", 1, 1)]


def test_clean_rows_raise_no_doubt() -> None:
    tables = one(
        "status", ["won"], closed_at=["2024-02-01"], created_at=["2024-01-01"], amount=[0.0]
    )
    assert found(tables) == []
