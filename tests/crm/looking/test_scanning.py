"""What a column holds is counted over all rows, not over the head of a file."""

import pytest

from kpi_toolkit.crm.looking import scanning
from kpi_toolkit.errors import KpiError
from tests.crm.looking.conftest import Look

HEAD = "deal_id;status;amount\n"


def deals(amounts: list[str]) -> str:
    return HEAD + "".join(f"D{n};won;{amount}\n" for n, amount in enumerate(amounts))


def test_a_mark_below_the_head_is_left_to_decide(look: Look) -> None:
    """Of whole numbers alone, "1.234" would silently be read as a little over one."""
    found = look({"deals.csv": deals(["12"] * 6_000 + ["1.234"])})
    assert found.tables["deals"]["decimal"] == "decide: , or ."
    with pytest.raises(KpiError, match="decide:"):
        found.connect()


def test_a_decimal_comma_below_the_head_is_seen(look: Look) -> None:
    found = look({"deals.csv": deals(["12"] * 6_000 + ["12,5"])})
    assert found.tables["deals"]["decimal"] == ","


def test_a_word_below_the_head_is_mapped(look: Look) -> None:
    rows = "".join(f"D{n};Won\n" for n in range(6_000)) + "D6000;Lost\n"
    found = look({"deals.csv": "deal_id;status\n" + rows})
    sql = "SELECT status, count(*) FROM deals GROUP BY 1 ORDER BY 1"
    assert found.connect().query(sql) == [("lost", 1), ("won", 6_000)]


def test_of_a_longer_file_it_says_how_much_was_looked_at(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "MOST_ROWS", 6_000)
    monkeypatch.setattr(scanning, "_RECORDS", 1_000)
    text = deals(["12"] * 20_000).replace(";", " ")
    found = look({"deals.csv": text})
    assert found.says("the first 6,144 rows were looked at")
    assert found.says('"1.234" further down would be a little over one')
