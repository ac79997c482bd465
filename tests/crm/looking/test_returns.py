"""Orders that only bring goods back are told, with what would leave them out."""

from tests.crm.looking.conftest import Look

HEAD = "Invoice No;Customer;Qty;Unit price;Date\n"
SOLD = "".join(f"{n};A;2;1,50;2024-01-31\n" for n in range(1, 6))


def test_numbers_with_a_letter_and_only_negative_lines_are_returns(look: Look) -> None:
    back = "C6;A;-1;1,50;2024-01-31\nC7;A;-2;1,50;2024-01-31\n"
    found = look({"invoices.csv": HEAD + SOLD + back + "A8;A;1;1,00;2024-01-31\n"})
    assert found.says("2 lines whose Invoice No begins with C, as C6, have only negative Qty")
    assert "begins with A" not in found.text
    condition = """where = "NOT starts_with(upper(coalesce(\\"Invoice No\\", '')), 'C')\""""
    assert f"# {condition}" in found.text
    assert found.connect().query("SELECT count(*) FROM orders") == [(8,)]
    (found.folder / "kpi.toml").write_text(found.text.replace(f"# {condition}", condition))


def test_the_condition_leaves_them_out(look: Look) -> None:
    back = "C6;A;-1;1,50;2024-01-31\n;A;1;1,50;2024-01-31\n"
    found = look({"invoices.csv": HEAD + SOLD + back})
    live = type(found)(found.text.replace("# where", "where"), found.folder)
    assert live.connect().query("SELECT count(*) FROM orders") == [(6,)]


def test_a_letter_that_sells_too_is_none(look: Look) -> None:
    back = "C6;A;-1;1,50;2024-01-31\nC7;A;2;1,50;2024-01-31\n"
    assert "where" not in look({"invoices.csv": HEAD + SOLD + back}).text
