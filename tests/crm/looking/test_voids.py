"""What stands for a missing value is proposed as that, and the names of things are not."""

from tests.crm.looking.conftest import Look


def test_nc_among_numbers_is_no_value(look: Look) -> None:
    rows = "".join(f"D{n};{n}0;won\n" for n in range(30)) + "D98;NC;won\nD99;NC;won\n"
    found = look({"deals.csv": "deal_id;amount;status\n" + rows})
    assert found.says('"NC" 2 times: no value')
    crm = found.connect()
    assert crm.query("SELECT count(*), count(amount) FROM deals") == [(32, 30)]


def test_a_question_mark_in_several_columns_is_no_value_in_any(look: Look) -> None:
    text = "deal_id;owner;product;amount;status\n1;?;?;?;won\n2;Ann;X;5;won\n3;Bob;X;6;lost\n"
    found = look({"deals.csv": text})
    assert found.tables["deals"]["null"] == ["?"]
    sql = "SELECT count(owner), count(product), count(amount), count(*) FROM deals"
    assert found.connect().query(sql) == [(2, 2, 2, 3)]


def test_in_one_column_alone_it_may_mean_something(look: Look) -> None:
    text = "deal_id;owner;product;status\n1;?;X;won\n2;Ann;X;won\n"
    found = look({"deals.csv": text})
    assert "null" not in found.tables["deals"]
    assert found.says('null = ["?"] if that means none')
    assert found.connect().query("SELECT count(owner) FROM deals") == [(2,)]


def test_a_word_in_several_columns_stays_a_name(look: Look) -> None:
    found = look({"deals.csv": "deal_id;owner;product;status\n1;NA;NA;won\n2;Ann;X;won\n"})
    assert "null" not in found.tables["deals"]
    assert found.connect().query("SELECT count(owner) FROM deals") == [(2,)]


def test_tickets_closed_without_a_solution_are_told(look: Look) -> None:
    text = (
        "Ticket ID;Priority;Opened at;Resolved at;Closed at\n"
        "T1;low;2024-01-01;2024-01-02;2024-01-03\n"
        "T2;low;2024-01-01;?;2024-01-03\n"
        "T3;low;2024-01-01;?;?\n"
    )
    found = look({"tickets.csv": text})
    assert found.tables["tickets"]["columns"]["resolved_at"] == "Resolved at"
    assert found.says('2 rows have "Closed at" and only 1 this')
    assert found.says('column = ["Resolved at", "Closed at"]')
