"""Leads and mailings: by hand, and a mailing's local day in any time zone."""

import pandas as pd
import pytest

import kpi_toolkit as kt

SENT = [
    # channel, day, delivered, opened, clicked
    ("email", "2026-05-01", 100, 40, 10),
    ("email", "2026-05-31", 300, 60, None),
    ("email", "2026-05-31", None, 50, 5),
    ("sms", "2026-05-15", 100, 90, 80),
    ("email", "2026-04-30", 1000, 1, 1),
    ("email", "2026-06-01", 1000, 1, 1),
]


def mailings(time_zone: str) -> kt.Crm:
    frame = pd.DataFrame(SENT, columns=["channel", "day", "delivered", "opened", "clicked"])
    return kt.from_frames(time_zone=time_zone, as_of="2026-10-05", mailings=frame)


@pytest.mark.parametrize(
    "time_zone", ["UTC", "America/New_York", "Europe/Paris", "Pacific/Auckland", "Etc/GMT+12"]
)
def test_a_mailing_counts_on_its_local_day(time_zone: str) -> None:
    found = kt.email_open_rate(mailings(time_zone), "2026-05")
    assert (found.numerator, found.denominator) == (100, 400)
    days = kt.email_open_rate.rows(mailings(time_zone), "2026-05-02", n=3)
    assert [day.denominator for day in days] == [1000, 100, 0]


def test_a_sending_of_which_a_number_is_missing_does_not_count() -> None:
    found = kt.email_click_rate(mailings("UTC"), "2026-05")
    assert (found.numerator, found.denominator) == (10, 100)


def test_records_of_a_mailing_are_those_of_its_local_day() -> None:
    behind = kt.email_open_rate.records(mailings("America/New_York"), "2026-05")
    assert sorted(behind["delivered"]) == [100, 300]


def test_a_lead_that_was_a_customer_before_was_not_converted() -> None:
    day = pd.Timestamp("2026-05-04")
    became = [day, day - pd.Timedelta(days=1), day + pd.Timedelta(days=40), None, day]
    leads = pd.DataFrame(
        {
            "lead_id": list("abcde"),
            "created_at": day,
            "became_customer_at": became,
            "merged_into": [None] * 4 + ["a"],
        }
    )
    crm = kt.from_frames(as_of="2026-10-05", leads=leads)
    found = kt.lead_conversion_rate(crm, "2026-05")
    assert (found.numerator, found.denominator) == (2, 4)
    assert kt.lead_conversion_rate(crm, "2026-05", within_days=30).numerator == 1
    assert kt.lead_conversion_rate(crm, "2026-05", as_of="2026-05-20").numerator == 1
    assert kt.leads_created(crm, "2026-05").value == 4
