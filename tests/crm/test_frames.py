"""Frames become typed tables in place, and stay as they are."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.errors import DataError

NOON = dt.datetime.fromisoformat("2024-07-01 12:00")


def one(column: str, values: Any, table: str = "deals", **options: Any) -> list[object]:
    crm = from_frames(**{table: pd.DataFrame({column: values})}, **options)
    return [row[0] for row in crm.query(f'SELECT "{column}" FROM {table} ORDER BY _line')]


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("amount", [1.5, np.nan], [Decimal("1.5"), None]),
        ("amount", [1, 2], [Decimal("1"), Decimal("2")]),
        ("amount", ["1.5", ""], [Decimal("1.5"), None]),
        ("amount", pd.Series([Decimal("1.25"), None], dtype=object), [Decimal("1.25"), None]),
        ("quality", [1, 2], [1.0, 2.0]),
        ("is_focus", [True, False], [True, False]),
        ("is_focus", pd.array([True, None], dtype="boolean"), [True, None]),
        ("is_focus", pd.Series([True, None], dtype=object), [True, None]),
        ("is_focus", [1.0, 0.0], [True, False]),
        ("owner", pd.Categorical(["Ann", None]), ["Ann", None]),
        ("owner", pd.Series(["Ann", ""], dtype=object), ["Ann", None]),
        ("account_id", [12.0, np.nan], ["12", None]),
        ("account_id", [12, 13], ["12", "13"]),
        ("closed_at", pd.to_datetime(["2024-07-01 12:00", None]), [NOON, None]),
        ("closed_at", ["2024-07-01T12:00:00Z", None], [NOON, None]),
        ("closed_at", [dt.date(2024, 7, 1), None], [dt.datetime.fromisoformat("2024-07-01"), None]),
        ("closed_at", pd.to_datetime(["2024-07-01 14:00"]).tz_localize("Europe/Paris"), [NOON]),
        ("closed_at", pd.Series([pd.Timestamp(NOON), pd.NaT], dtype=object), [NOON, None]),
        ("expected_close_on", [dt.date(2024, 7, 1), None], [dt.date(2024, 7, 1), None]),
        ("expected_close_on", pd.to_datetime(["2024-07-01"]), [dt.date(2024, 7, 1)]),
    ],
)
def test_columns_have_their_canonical_type(column: str, values: Any, expected: list[Any]) -> None:
    assert one(column, values) == expected


def test_naive_times_are_local_and_zoned_ones_are_converted() -> None:
    summer, winter = "2024-07-01 12:00", "2024-01-01 12:00"
    paris = one("closed_at", pd.to_datetime([summer, winter]), time_zone="Europe/Paris")
    assert paris == [
        dt.datetime.fromisoformat("2024-07-01 10:00"),
        dt.datetime.fromisoformat("2024-01-01 11:00"),
    ]
    zoned = pd.to_datetime([summer]).tz_localize("UTC")
    assert one("closed_at", zoned, time_zone="America/New_York") == [NOON]
    late = pd.to_datetime(["2024-07-01 23:00"]).tz_localize("UTC")
    assert one("expected_close_on", late, time_zone="Europe/Paris") == [dt.date(2024, 7, 2)]
    day = one("closed_at", [dt.date(2024, 7, 1)], time_zone="America/New_York")
    assert day == [dt.datetime.fromisoformat("2024-07-01 04:00")]


def test_a_skipped_local_time_is_quarantined() -> None:
    frame = pd.DataFrame({"closed_at": pd.to_datetime(["2024-03-31 02:30", "2024-03-31 03:30"])})
    crm = from_frames(time_zone="Europe/Paris", deals=frame)
    assert crm.query("SELECT closed_at FROM deals") == [
        (dt.datetime.fromisoformat("2024-03-31 01:30"),)
    ]
    (reason,) = crm.quarantine()["reason"]
    assert reason == "a time that the clocks skipped in Europe/Paris"


def test_rows_that_do_not_cast_are_quarantined_with_their_row() -> None:
    frame = pd.DataFrame(
        {
            "deal_id": ["a", "b", "b", None, "e"],
            "amount": ["1", "x", "2", "3", "4"],
            "status": ["won", "won", "won", "won", "Won"],
        }
    )
    crm = from_frames(deals=frame)
    assert crm.query("SELECT _line, deal_id FROM deals ORDER BY 1") == [(1, "a"), (3, "b")]
    assert crm.query('SELECT line, "column", value FROM quarantine ORDER BY line') == [
        (2, "amount", "x"),
        (4, "deal_id", None),
        (5, "status", "Won"),
    ]
    (read,) = crm.reading
    assert (read.rows, read.kept, read.quarantined) == (5, 2, 3)


def test_the_first_row_of_an_id_stays() -> None:
    crm = from_frames(deals=pd.DataFrame({"deal_id": ["a", "b", "a"], "owner": ["x", "y", "z"]}))
    assert crm.query("SELECT deal_id, owner FROM deals ORDER BY 1") == [("a", "x"), ("b", "y")]
    assert list(crm.quarantine()["reason"]) == ["same id as line 1"]


def test_an_id_of_several_columns_may_lack_some_that_need_no_value() -> None:
    stages = pd.DataFrame(
        {"pipeline": ["p", "p", None, None], "stage": ["s", "s", "s", "s"], "position": 1}
    )
    crm = from_frames(stages=stages)
    assert crm.query("SELECT _line FROM stages ORDER BY 1") == [(1,), (3,)]
    crm = from_frames(stages=stages.drop(columns="pipeline"))
    assert crm.query("SELECT _line FROM stages") == [(1,)]
    assert list(crm.quarantine()["value"].unique()) == ["s"]


def test_of_two_targets_for_one_figure_the_first_stays() -> None:
    targets = pd.DataFrame({"kpi": "won_value", "period": ["2026", "2026", "2027"], "value": 1.0})
    crm = from_frames(targets=targets)
    assert crm.query("SELECT _line FROM targets ORDER BY 1") == [(1,), (3,)]
    assert list(crm.quarantine()["reason"]) == ["same id as line 1"]


def test_infinite_and_too_large_amounts_are_quarantined() -> None:
    crm = from_frames(deals=pd.DataFrame({"amount": [np.inf, 1e17, 1.0]}))
    assert crm.query("SELECT amount FROM deals") == [(Decimal("1"),)]
    assert list(crm.quarantine()["line"]) == [1, 2]


def test_extra_columns_are_kept_and_words_are_dimensions() -> None:
    frame = pd.DataFrame(
        {"deal_id": ["a"], "Industry": ["Bank"], "vip": [True], "employees": [12], 3: ["x"]}
    )
    crm = from_frames(deals=frame)
    assert crm.own_dimensions["deals"] == ("Industry", "vip", "3")
    assert crm.query("SELECT Industry, vip, employees FROM deals") == [("Bank", True, 12)]


def test_hostile_names_of_columns_are_only_names() -> None:
    evil = 'x"; DROP TABLE deals; --'
    crm = from_frames(deals=pd.DataFrame({"deal_id": ["a"], evil: ["y"]}))
    assert crm.own_dimensions["deals"] == (evil,)
    assert crm.frame("FROM deals")[evil].tolist() == ["y"]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"dealz": pd.DataFrame({"deal_id": ["a"]})}, "table 'dealz': did you mean 'deals'"),
        ({"deals": pd.DataFrame({"id": ["a"]})}, r"columns \(id\) bears a canonical name, such as"),
        ({"deals": pd.DataFrame()}, r"columns \(it has none\) bears a canonical name, such as"),
        ({"deals": pd.DataFrame({"deal_id": ["a"], "Amount": [1]})}, "did you mean 'amount'"),
        ({"deals": pd.DataFrame([["a", "b"]], columns=["deal_id"] * 2)}, "have the same name"),
        ({"deals": pd.DataFrame([["a", "b", "c"]], columns=["deal_id", "X", "x"])}, "same name"),
        ({"deals": pd.DataFrame({"deal_id": ["a"], "_line": [1]})}, "may not start with _"),
        ({"deals": [1]}, "expected a pandas DataFrame, not list"),
        ({}, "no table is given"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tables: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        from_frames(**tables)


def test_an_empty_frame_works() -> None:
    crm = from_frames(deals=pd.DataFrame({"deal_id": [], "amount": [], "closed_at": []}))
    assert crm.query("SELECT count(*), sum(amount) FROM deals") == [(0, None)]
    assert crm.newest_event is None


def test_the_frame_stays_as_it_is_and_the_crm_too() -> None:
    frame = pd.DataFrame({"deal_id": ["a", "b"], "amount": [1.0, 2.0]}, index=[7, 7])
    before = frame.copy(deep=True)
    crm = from_frames(deals=frame)
    pd.testing.assert_frame_equal(frame, before)
    frame["amount"] = 0.0
    frame.iloc[0, 0] = "z"
    assert crm.query("SELECT deal_id, amount FROM deals ORDER BY 1") == [
        ("a", Decimal("1")),
        ("b", Decimal("2")),
    ]


def test_a_frame_of_the_right_types_is_read_in_place() -> None:
    typed = pd.DataFrame({"deal_id": ["a"], "amount": [1.0], "closed_at": pd.to_datetime([NOON])})

    def kind(crm: Crm) -> list[tuple[Any, ...]]:
        return crm.query(
            "SELECT table_type FROM information_schema.tables WHERE table_name = 'deals'"
        )

    assert kind(from_frames(deals=typed)) == [("VIEW",)]
    assert kind(from_frames(deals=typed.astype({"closed_at": str}))) == [("BASE TABLE",)]
    assert kind(from_frames(deals=typed, time_zone="Europe/Paris")) == [("BASE TABLE",)]
