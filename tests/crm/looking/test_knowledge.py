"""The day of knowledge: active where the records end in the past, and never one of a slip."""

import datetime as dt
import tomllib

import pytest

from tests.crm.looking.conftest import Look

HEAD = "deal_id,status,amount,created_at,closed_at,expected_close_on\n"
TODAY = dt.date(2024, 6, 15)


def deals(*closed: str) -> str:
    """Won deals, planned for a day that lies behind all others."""
    rows = (f"D{n},won,5,2024-01-02,{day},2024-05-20\n" for n, day in enumerate(closed))
    return HEAD + "".join(rows)


def test_it_is_the_day_after_the_newest_date_since_that_day_is_not_over(look: Look) -> None:
    found = look({"deals.csv": deals("2024-03-30", "2024-03-31", "2024-02-01")}, today=TODAY)
    assert tomllib.loads(found.text)["project"]["as_of"] == dt.date(2024, 4, 1)
    assert found.says("the newest date in the files is 2024-03-31 (closed_at)")


def test_a_date_below_the_head_of_a_long_file_counts(look: Look) -> None:
    long = deals(*["2024-01-31"] * 6_000, "2024-03-31", *["2024-01-31"] * 20)
    found = look({"deals.csv": long}, today=TODAY)
    assert tomllib.loads(found.text)["project"]["as_of"] == dt.date(2024, 4, 1)
    assert found.says("all 6,021 rows were looked at")


def test_all_files_of_a_table_count(look: Look) -> None:
    files = {"deals-1.csv": deals("2024-01-31"), "deals-2.csv": deals("2024-03-31")}
    found = look(files, today=TODAY)
    assert tomllib.loads(found.text)["project"]["as_of"] == dt.date(2024, 4, 1)


def test_a_fresh_export_needs_none(look: Look) -> None:
    found = look({"deals.csv": deals("2024-06-01")}, today=TODAY)
    assert "as_of" not in tomllib.loads(found.text)["project"]
    assert "# as_of = 2024-06-02" in found.text


@pytest.mark.parametrize("slip", ["2024-06-16", "2099-01-01", "2024-05-31"])
def test_a_few_dates_far_ahead_or_in_the_future_are_not_it(slip: str, look: Look) -> None:
    found = look({"deals.csv": deals(*["2024-03-31"] * 300, slip)}, today=TODAY)
    assert tomllib.loads(found.text)["project"]["as_of"] == dt.date(2024, 4, 1)
    assert found.says(f"(not counted: 1 cells that lie far ahead, as {slip})")


def test_dates_that_nobody_can_read_yet_tell_nothing(look: Look) -> None:
    text = "deal_id;status;closed_at\n1;won;01/02/2024\n2;lost;03/04/2024\n"
    assert "as_of = " not in look({"deals.csv": text}, today=TODAY).text


def test_a_day_that_the_person_gave_stays(look: Look) -> None:
    given = dt.date(2024, 2, 1)
    found = look({"deals.csv": deals("2024-03-31")}, today=TODAY, as_of=given)
    assert tomllib.loads(found.text)["project"]["as_of"] == given
