"""A deal at an earlier moment is what the CRM showed then; worked out by hand."""

from decimal import Decimal

import pandas as pd

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.crm.remote import dialect
from kpi_toolkit.models.deal_states import DealStates
from tests.insight.deals.deal_tables import changes
from tests.models import made

JUNE = pd.Timestamp("2025-06-01").to_pydatetime()
JULY = pd.Timestamp("2025-07-01").to_pydatetime()


def crm() -> Crm:
    """One deal: created in May, raised and put off on 10 June, handed over on 20 June, won on 5
    July for more; and one in pounds.
    """
    deals = pd.DataFrame(
        {
            "deal_id": ["a", "p"],
            "owner": ["Ben", "Cleo"],
            "status": ["won", "open"],
            "amount": [300.0, 10.0],
            "currency": ["EUR", "GBP"],
            "created_at": pd.to_datetime(["2025-05-05", "2025-05-20"]),
            "expected_close_on": pd.to_datetime(["2025-07-05", "2025-08-01"]),
            "closed_at": pd.to_datetime(["2025-07-05", None]),
        }
    )
    log = changes(
        ("a", "2025-06-10", "amount", "100.00", "200.00"),
        ("a", "2025-07-05", "amount", "200.00", "300.00"),
        ("a", "2025-06-10", "expected_close_on", "2025-06-15", "2025-07-20"),
        ("a", "2025-07-05", "expected_close_on", "2025-07-20", "2025-07-05"),
        ("a", "2025-06-20", "owner", "Ada", "Ben"),
        ("a", "2025-07-05", "status", "open", "won"),
        ("p", "2025-06-10", "amount", "8", "10"),
    )
    stays = pd.DataFrame(
        {
            "deal_id": ["a", "a", "p"],
            "stage": ["Offer", "Talks", "Offer"],
            "entered_at": pd.to_datetime(["2025-05-05", "2025-06-15", "2025-05-20"]),
        }
    )
    rates = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-05-01", "2025-06-01"]),
            "currency": "GBP",
            "rate": [1.2, 1.3],
        }
    )
    tables = {"deals": deals, "record_changes": log, "deal_stages": stays}
    return from_frames(**tables, exchange_rates=rates, as_of="2025-08-01")


def test_each_field_is_what_it_was() -> None:
    found = DealStates(crm(), JULY).at([JUNE, JULY])
    first, second, pound, later = found.to_dict("records")
    assert [row["deal_id"] for row in (first, second, pound, later)] == ["a", "a", "p", "p"]
    assert (first["owner"], second["owner"]) == ("Ada", "Ben")
    assert (first["amount"], second["amount"]) == (Decimal("100"), Decimal("200"))
    assert (first["stage"], second["stage"]) == ("Offer", "Talks")
    assert (first["pushes"], second["pushes"]) == (0, 1)
    days = [f"{row['expected_close_on']:%d.%m.}" for row in (first, second)]
    assert days == ["15.06.", "20.07."]
    assert {first["status"], second["status"]} == {"open"}  # it is won after July began
    # Pounds at the rate of the day of creation.
    assert (pound["amount"], later["amount"]) == (Decimal("9.6"), Decimal("12"))


def test_what_was_decided_by_then_has_its_outcome() -> None:
    august = pd.Timestamp("2025-08-01").to_pydatetime()
    past = DealStates(crm(), august)
    found = past.at([JUNE], closed_since=JUNE)
    assert found[["deal_id", "status"]].to_numpy().tolist() == [["a", "won"]]
    assert past.outcomes == (1, 0)
    assert past.still_open["deal_id"].to_list() == ["p"]


def test_its_queries_can_be_asked_of_a_database() -> None:
    """Records that stay in PostgreSQL are looked at there."""
    records = from_frames(**made.crm_of_deals(20), as_of=made.AS_OF)
    past = DealStates(records, made.moment())
    said = dialect.postgresql(past._sql([made.moment()], None))
    assert said.startswith("WITH")


def test_changes_of_what_the_deals_do_not_have_tell_nothing() -> None:
    found = crm()
    log, table = (
        found.frame(f"SELECT * EXCLUDE (_line) FROM {t}") for t in ("record_changes", "deals")
    )
    kept = table[["deal_id", "status", "amount", "created_at", "closed_at"]]
    bare = from_frames(deals=kept, record_changes=log, as_of="2025-08-01")
    assert DealStates(bare, JULY).tracked == {"amount"}
    assert "pushes" not in DealStates(bare, JULY).still_open
