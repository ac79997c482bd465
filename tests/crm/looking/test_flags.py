"""A row a person is not a row of counts: nothing of it is live, and what is needed is told."""

import re

import pytest

from kpi_toolkit.errors import KpiError
from tests.crm.looking.conftest import Look, Proposal

PEOPLE = "segment,channel,visit,conversion\n" + "".join(
    f"{'Mens E-Mail' if n % 2 else 'No E-Mail'},{'Web' if n % 3 else 'Phone'},{n % 2},0\n"
    for n in range(40)
)


def taken_out(found: Proposal, day: str) -> Proposal:
    """The proposal with the # taken from its lines, and a day of the mailing."""
    text = re.sub(r"^# (?=\[tables|\w+ = )", "", found.text, flags=re.MULTILINE)
    return type(found)(text.replace('"decide: the day, as 2024-01-31"', day), found.folder)


def test_columns_of_0_and_1_are_no_counts(look: Look) -> None:
    found = look({"mails.csv": PEOPLE})
    assert found.tables == {}
    assert found.says('"visit", "conversion" hold only 0 and 1 in 40 rows')
    assert '# variant = "segment"' in found.text


def test_what_is_proposed_instead_counts_the_mailing(look: Look) -> None:
    crm = taken_out(look({"mails.csv": PEOPLE}), "2024-01-31").connect()
    sql = (
        "SELECT variant, sum(delivered), sum(engaged) FROM mailings WHERE channel = 'email' "
        "GROUP BY 1 ORDER BY 1"
    )
    assert crm.query(sql) == [("Mens E-Mail", 20, 20), ("No E-Mail", None, 0)]


def test_the_day_is_for_the_person_to_give(look: Look) -> None:
    found = look({"mails.csv": PEOPLE})
    with pytest.raises(KpiError, match="decide: the day"):
        taken_out(found, '"decide: the day, as 2024-01-31"').connect()


def test_counts_are_read(look: Look) -> None:
    rows = "".join(f"2024-01-{n:02},{n * 10},{n},0\n" for n in range(1, 29))
    found = look({"mailings.csv": "day,sent,opened,conversions\n" + rows})
    assert "mailings" in found.tables
