"""A total at the foot of an export is left out by a condition that says why."""

from pathlib import Path

import openpyxl

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking import propose
from tests.crm.looking.conftest import Look, Proposal

HEAD = "N° opportunité;Client;Montant;Créé le;Statut\n"
ROWS = "".join(f"OP-{n};Cie {n};{n}0,50;2024-01-0{n};gagné\n" for n in range(1, 10))
SUM = "454,50"


def test_a_line_that_says_total_is_left_out(look: Look) -> None:
    found = look({"affaires.csv": HEAD + ROWS + f"Total;;{SUM};;\n"})
    assert found.says('line 11, the last, is a total: it says "Total": its Montant is the sum of')
    sql = "SELECT count(*), CAST(sum(amount) AS DOUBLE) FROM deals"
    crm = found.connect()
    assert crm.query(sql) == [(9, 454.5)]
    assert len(crm.quarantine()) == 0


def test_an_amount_that_is_the_sum_of_all_others_is_one_without_a_word(look: Look) -> None:
    rows = ROWS.replace("gagné", "gagné")
    found = look({"affaires.csv": HEAD + rows + f";;{SUM};;\n"})
    assert found.says("line 11, the last, is a total: its Montant is the sum of all others")
    assert found.connect().query("SELECT count(*) FROM deals") == [(9,)]


def test_a_last_deal_is_no_total(look: Look) -> None:
    found = look({"affaires.csv": HEAD + ROWS + "OP-10;Total Énergies;454,00;2024-01-01;gagné\n"})
    assert "where" not in found.tables["deals"]
    assert found.connect().query("SELECT count(*) FROM deals") == [(10,)]


def test_where_only_a_word_says_so_it_is_for_the_person_to_decide(look: Look) -> None:
    found = look({"affaires.csv": HEAD + ROWS + "Total;Cie 1;7,00;2024-01-01;gagné\n"})
    assert "where" not in found.tables["deals"]
    assert "# where = " in found.text


def test_a_workbooks_total_is_left_out_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Deal ID", "Client", "Amount", "Status"])
    for n in range(1, 6):
        book.active.append([f"D{n}", f"C{n}", n + 0.5, "won"])
    book.active.append(["Somme", None, 17.5, None])
    book.save(tmp_path / "deals.xlsx")
    text = propose([tmp_path / "deals.xlsx"], ProjectConfig(), tmp_path).text
    crm = Proposal(text, tmp_path).connect()
    sql = "SELECT count(*), CAST(sum(amount) AS DOUBLE) FROM deals"
    assert crm.query(sql) == [(5, 17.5)]
