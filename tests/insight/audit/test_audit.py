"""What an audit brings together: reasons without what is their row's own, and what is hidden."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.crm.remarks import Remark
from kpi_toolkit.format import Format
from kpi_toolkit.insight.audit.as_json import to_json
from kpi_toolkit.insight.audit.audit import audit
from kpi_toolkit.insight.audit.remarked import remarked
from kpi_toolkit.insight.audit.set_aside import Example, SetAside, said


@pytest.mark.parametrize(
    ("reason", "without"),
    [
        ("same id as line 12", "same id as an earlier row"),
        ("same id as line 12 of b.csv", "same id as an earlier row"),
        ("no exchange rate for USD at 2024-01-05", "no exchange rate for USD"),
        ("not a JSON object: Expecting ',' delimiter: line 1 column 9", "not a JSON object"),
        ("not a whole number", "not a whole number"),
    ],
)
def test_a_reason_is_told_without_its_rows_own(reason: str, without: str) -> None:
    assert said(reason) == without


def test_a_row_with_two_bad_cells_counts_once_for_each_reason() -> None:
    frame = pd.DataFrame({"deal_id": ["1", "2"], "amount": ["x", "y"], "commission": ["z", "1"]})
    found = audit(from_frames(deals=frame)).set_aside
    assert [(one.column, one.rows) for one in found] == [("amount", 2), ("commission", 1)]
    assert found[0].examples == (Example("", 1, "x"), Example("", 2, "y"))


@pytest.mark.parametrize(
    ("table", "column", "personal"),
    [
        ("contacts", "email", True),
        ("contacts", "contact_id", False),
        ("contacts", "", True),  # a whole line
        ("deals", "amount", False),
        ("staging people", "id", True),  # whatever it is
    ],
)
def test_what_may_be_a_persons_is_personal(table: str, column: str, personal: bool) -> None:
    assert SetAside(table, column, "bad", 1, ()).personal is personal


def test_remarks_of_personal_columns_hide_their_values() -> None:
    remark = Remark("contacts", "c.csv", "name", "to_null", "Ann", "", 3, 2)
    (shown,) = remarked(Format("en"), [remark], masked=True)
    assert "Ann" not in shown.text and "••• (3)" in shown.text
    (shown,) = remarked(Format("en"), [remark])
    assert "“Ann” (3)" in shown.text


def test_remarks_of_raw_tables_hide_their_values() -> None:
    remark = Remark("staging people", "c.csv", "x", "to_null", "Ann", "", 3, 2)
    assert "Ann" not in remarked(Format("en"), [remark], masked=True)[0].text


def test_values_of_one_column_are_one_remark_and_many_are_counted() -> None:
    remarks = [Remark("deals", "", "status", "rest", f"s{n}", "open", 1, n) for n in range(2, 14)]
    (shown,) = remarked(
        Format("en"), [*remarks, Remark("deals", "", "status", "rest", None, "open", 7, None)]
    )
    assert (shown.rows, shown.line) == (19, 2)
    assert shown.text.endswith("“s9” (1), 11 more rows.")


def test_freshness_is_counted_from_the_moment_of_knowledge() -> None:
    frame = pd.DataFrame({"deal_id": ["1"], "created_at": ["2024-05-01"]})
    found = audit(from_frames(deals=frame, as_of="2024-05-11"))
    assert (found.newest_event, found.age_days) == (dt.datetime(2024, 5, 1), 10)  # noqa: DTZ001
    told = to_json(found, Format("en", "EUR"), Format("fr", "EUR"))
    assert (told["newest_event"], told["age_days"]) == ("2024-05-01T00:00:00+00:00", 10)
    assert next(k["name"] for k in told["kpis"] if k["kpi"] == "won_value") == "Montant signé"


def test_targets_of_no_kpi_are_named() -> None:
    targets = pd.DataFrame({"kpi": ["won_vale"], "period": ["2026-Q3"], "value": [5.0]})
    assert audit(from_frames(targets=targets)).aimless == ("won_vale",)


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
def test_dates_at_the_edges_of_what_python_knows_are_shown(zone: str) -> None:
    ends = {"created_at": ["0001-01-01 00:30"], "closed_at": ["9999-12-31 23:30"]}
    frame = pd.DataFrame({"deal_id": ["1"], **ends})
    found = {one.column: one for one in audit(from_frames(deals=frame, time_zone=zone)).extents}
    assert found["closed_at"].last == dt.date(9999, 12, 31)
    assert found["created_at"].first == dt.date(1, 1, 1)


def near(channels: dict[str, int]) -> list[tuple[str | None, str, int]]:
    """The remarks on the channels of mailings, of which so many rows each."""
    rows = [channel for channel, count in channels.items() for _ in range(count)]
    sent = pd.DataFrame({"channel": rows, "delivered": range(len(rows))})
    found = audit(from_frames(mailings=sent)).remarks
    return [(r.value, r.other, r.rows) for r in found if r.kind == "near_word"]


def test_a_value_that_is_almost_a_word_that_kpis_count_is_told() -> None:
    assert near({"email": 1, "E-mail": 3, "Emailing": 2, "sms": 5}) == [
        ("E-mail", "email", 3),
        ("Emailing", "email", 2),
    ]
    assert near({"email": 1, "sms": 5}) == []


def test_where_no_row_has_the_word_that_kpis_count_all_values_are_told() -> None:
    assert near({"Courriel": 2, "SMS": 1}) == [("Courriel", "email", 2), ("SMS", "email", 1)]


def test_words_of_a_closed_set_are_not_sought() -> None:
    deals = pd.DataFrame({"deal_id": ["1"], "status": ["open"]})
    assert not audit(from_frames(deals=deals)).remarks
