"""What the cells do not decide is not chosen: the proposed file is refused until a person did."""

import pytest

from kpi_toolkit.errors import KpiError
from tests.crm.looking.conftest import Look

HEAD = "deal_id;status;created_at;amount\n"


def deals(dates: list[str], amounts: list[str]) -> str:
    cells = zip(dates, amounts, strict=True)
    return HEAD + "".join(
        f"{n};{'won' if n % 2 else 'lost'};{d};{a}\n" for n, (d, a) in enumerate(cells)
    )


def test_days_that_may_be_months_are_left_to_decide(look: Look) -> None:
    found = look({"deals.csv": deals(["01/02/2024", "03/04/2024"], ["1", "2"])})
    assert found.tables["deals"]["date_format"] == "decide: day first or month first"
    assert found.says('"%d/%m/%Y" (day first) or date_format = "%m/%d/%Y" (month first)')
    with pytest.raises(KpiError, match="decide: day first or month first': choose; what stands"):
        found.connect()


def test_one_day_over_12_decides(look: Look) -> None:
    found = look({"deals.csv": deals(["01/02/2024", "31/12/2024"], ["1", "2"])})
    assert found.tables["deals"]["date_format"] == "%d/%m/%Y"
    assert found.says('"31/12/2024" (line 3) has a day over 12, none a month over 12')
    assert found.connect().query("SELECT month(created_at) FROM deals ORDER BY 1") == [(2,), (12,)]


def test_one_such_day_among_hundreds_may_be_a_slip_and_does_not(look: Look) -> None:
    found = look({"deals.csv": deals(["01/02/2024"] * 150 + ["31/12/2024"], ["1"] * 151)})
    assert found.tables["deals"]["date_format"].startswith("decide:")


def test_another_column_of_the_file_decides_with_it(look: Look) -> None:
    text = "deal_id;status;created_at;closed_at\n1;won;01/02/2024;25/02/2024\n2;lost;03/04/2024;\n"
    found = look({"deals.csv": text})
    assert found.tables["deals"]["date_format"] == "%d/%m/%Y"
    assert found.says("several readings fit, taken as the table's other columns are")
    assert found.connect().query("SELECT month(created_at) FROM deals ORDER BY 1") == [(2,), (4,)]


def test_two_digit_years_leave_three_orders(look: Look) -> None:
    found = look({"deals.csv": deals(["01/02/03", "04/05/06"], ["1", "2"])})
    value = found.tables["deals"]["date_format"]
    assert value == "decide: day first or month first or year first"


@pytest.mark.parametrize("cell", ["1.234", "1,234"])
def test_three_digits_behind_a_mark_are_left_to_decide(cell: str, look: Look) -> None:
    found = look({"deals.csv": deals(["2024-01-01"] * 2, [cell, "12"])})
    assert found.tables["deals"]["decimal"].startswith("decide:")
    with pytest.raises(KpiError, match="decide:"):
        found.connect()


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands", "value"),
    [
        (["1.234", "12.5"], None, None, 1.234),
        (["1.234", "1.234.567"], ",", ".", 1234),
        (["1,234", "12,5"], ",", None, 1.234),
        (["1,234", "1,234.50"], None, ",", 1234),
        (["1.234", "1.234,50"], ",", ".", 1234),
    ],
)
def test_another_cell_decides(
    cells: list[str], decimal: str | None, thousands: str | None, value: float, look: Look
) -> None:
    found = look({"deals.csv": deals(["2024-01-01"] * 2, cells)})
    table = found.tables["deals"]
    assert (table.get("decimal"), table.get("thousands")) == (decimal, thousands)
    assert (
        float(found.connect().query("SELECT amount FROM deals WHERE deal_id = '0'")[0][0]) == value
    )


def test_columns_that_differ_say_so_themselves(look: Look) -> None:
    text = "deal_id,created_at,closed_at\n1,2024-01-31,31/01/2024\n2,2024-02-01,28/02/2024\n"
    columns = look({"deals.csv": text}).tables["deals"]["columns"]
    assert columns["created_at"] == "created_at"
    assert columns["closed_at"] == {"column": "closed_at", "date_format": "%d/%m/%Y"}


def test_a_doubtful_status_is_left_to_decide_and_its_rows_are_set_aside(look: Look) -> None:
    rows = "".join(f"{n};{s}\n" for n, s in enumerate(["Won"] * 30 + ["Lost"] * 30 + ["On hold"]))
    found = look({"deals.csv": "deal_id;status\n" + rows})
    values = found.tables["deals"]["columns"]["status"]["values"]
    assert values == {"Won": "won", "Lost": "lost", "On hold": "decide: lost or open", "*": "open"}
    crm = found.connect()
    assert crm.query("SELECT status, count(*) FROM deals GROUP BY 1 ORDER BY 1") == [
        ("lost", 30),
        ("won", 30),
    ]
    assert list(crm.quarantine()["value"]) == ["decide: lost or open"]


def test_counts_of_seconds_are_only_proposed_as_a_comment(look: Look) -> None:
    found = look({"deals.csv": deals(["1706745600", "1706745700"], ["1", "2"])})
    assert "created_at" not in found.tables["deals"]["columns"]
    assert "# created_at = " in found.text
    assert found.says('"1706745600" would be 2024-02-01')


def test_times_without_an_offset_are_taken_as_the_projects_in_a_line_of_their_own(
    look: Look,
) -> None:
    text = deals(["2024-03-31 12:30", "2024-01-01 10:00"], ["1", "2"])
    found = look({"deals.csv": text}, time_zone="Europe/Paris")
    assert found.tables["deals"]["time_zone"] == "Europe/Paris"
    assert found.says("the files do not tell: taken as local times of Europe/Paris")
    with_offset = look({"deals.csv": deals(["2024-03-31T02:30Z"] * 2, ["1", "2"])})
    assert "time_zone" not in with_offset.tables["deals"]


def test_a_time_that_the_clocks_skipped_leaves_the_zone_to_decide(look: Look) -> None:
    text = deals(["2024-03-31 02:30", "2024-01-01 10:00"], ["1", "2"])
    found = look({"deals.csv": text}, time_zone="Europe/Paris")
    assert found.says("the clocks of Europe/Paris skipped")
    with pytest.raises(KpiError, match="decide: UTC, or which other zone"):
        found.connect()


def test_amounts_of_another_currency_do_not_count_as_the_projects(look: Look) -> None:
    found = look({"deals.csv": deals(["2024-01-01"] * 2, ["12.50 €", "1.50 €"])}, currency="USD")
    assert found.tables["deals"]["columns"]["currency"] == {"constant": "EUR"}
    with pytest.raises(KpiError, match="EUR"):
        found.connect()
    dollars = look({"deals.csv": deals(["2024-01-01"] * 2, ["$12.50", "$1.50"])}, currency="CAD")
    assert "currency" not in dollars.tables["deals"]["columns"]
