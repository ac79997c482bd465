"""Which tables files are, what their columns are, and what is said of the rest."""

import tomllib
from pathlib import Path

import pytest

from kpi_toolkit.config import ProjectConfig
from kpi_toolkit.crm.looking import propose
from kpi_toolkit.errors import DataError, KpiError
from tests.crm.looking.conftest import Look

DEALS = (
    "Deal ID,Stage,Amount,Owner,Close Date\nD1,Won,12,Ann,2024-01-05\nD2,Lost,3,Bob,2024-02-05\n"
)


def test_names_are_found_in_two_languages_and_whatever_their_spelling(look: Look) -> None:
    text = "N° affaire;Société;Montant HT;Créé le;Propriétaire;Motif\n1;A;2;2024-01-31;E;\n"
    columns = look({"affaires.csv": text}).tables["deals"]["columns"]
    assert {name: c for name, c in columns.items() if isinstance(c, str)} == {
        "deal_id": "N° affaire",
        "account_id": "Société",
        "owner": "Propriétaire",
        "amount": "Montant HT",
        "created_at": "Créé le",
        "close_reason": "Motif",
    }


GERMAN = (
    "Datensatz-ID;Deal-Phase;Betrag in Unternehmenswährung;Erstellungsdatum;Schließdatum;"
    "Zuständiger Mitarbeiter für Deal\n"
    "1;Abgeschlossen und gewonnen;1.234,50;13.01.2024 08:00;24.02.2024 09:30;Jana\n"
    "2;Abgeschlossen und verloren;99,00;14.01.2024 08:00;25.02.2024 09:30;Jana\n"
    "3;Angebot versendet;12,00;15.01.2024 08:00;26.05.2024 09:30;Björn\n"
)
SPANISH = (
    "Id. de oportunidad,Etapa,Importe,Fecha de creación,Fecha de cierre,Propietario de oportunidad"
    "\n1,Cerrada ganada,1234.50,13/01/2024,24/02/2024,Íñigo\n"
    "2,Cerrada perdida,99.00,14/01/2024,25/02/2024,Íñigo\n"
    "3,Propuesta de valor,12.00,15/01/2024,26/05/2024,Peña\n"
)


@pytest.mark.parametrize("name,text", [("alle-deals.csv", GERMAN), ("oportunidades.csv", SPANISH)])
def test_deals_of_a_german_and_of_a_spanish_crm_are_read(look: Look, name: str, text: str) -> None:
    crm = look({name: text}).connect()
    sql = "SELECT status, amount::DOUBLE, closed_at::DATE::TEXT, expected_close_on::TEXT FROM deals"
    assert crm.query(f"{sql} WHERE owner IS NOT NULL ORDER BY deal_id") == [
        ("won", 1234.5, "2024-02-24", "2024-02-24"),
        ("lost", 99.0, "2024-02-25", "2024-02-25"),
        ("open", 12.0, None, "2024-05-26"),
    ]


def test_dates_under_names_of_another_language_are_told_as_they_are_written(look: Look) -> None:
    text = "Deal ID;Status;Amount;Data di chiusura\n1;won;12;31.01.2024\n2;lost;3;01.02.2024\n"
    found = look({"deals.csv": text})
    assert found.says('"Data di chiusura" (date_format = "%d.%m.%Y")')


def test_a_stage_that_tells_the_outcome_is_both(look: Look) -> None:
    rows = "".join(f"D{n},{s},1\n" for n, s in enumerate(["6 - Gagnée", "Closed Lost", "Démo"]))
    found = look({"deals.csv": "Deal ID,Stage,Amount\n" + rows})
    got = found.connect().query("SELECT stage, status FROM deals ORDER BY deal_id")
    assert got == [(None, "won"), (None, "lost"), ("Démo", "open")]


def test_two_truth_columns_tell_the_outcome(look: Look) -> None:
    rows = "D1,1,true,true\nD2,1,true,false\nD3,1,false,false\n"
    found = look({"deals.csv": "Deal ID,Amount,IsClosed,IsWon\n" + rows})
    got = found.connect().query("SELECT status FROM deals ORDER BY deal_id")
    assert got == [("won",), ("lost",), ("open",)]


def test_a_closing_date_that_open_deals_have_is_not_when_they_closed(look: Look) -> None:
    rows = "D1,Won,1,2024-01-05\nD2,Lost,1,2024-01-06\nD3,Demo,1,2024-09-01\nD4,Demo,1,2024-09-02\n"
    found = look({"deals.csv": "Deal ID,Stage,Amount,Close Date\n" + rows})
    got = found.connect().query("SELECT closed_at IS NULL FROM deals ORDER BY deal_id")
    assert got == [(False,), (False,), (True,), (True,)]
    assert found.says("of an open deal it is the expected day")


def test_a_price_and_a_quantity_give_the_amount(look: Look) -> None:
    text = "Invoice No;Customer;Qty;Unit price;Date\n1;A;2;1,50;2024-01-31\n2;B;3;0,25;2024-02-01\n"
    found = look({"invoices.csv": text})
    got = found.connect().query("SELECT CAST(amount AS DOUBLE) FROM orders ORDER BY order_id")
    assert got == [(3.0,), (0.75,)]


def test_of_a_log_the_last_row_is_kept(look: Look) -> None:
    text = (
        "Ticket ID;Priority;Opened at;Updated at\n"
        "T1;low;29/02/2024 10:00;29/02/2024 10:00\n"
        "T1;high;29/02/2024 10:00;03/12/2024 10:00\n"
        "T1;mid;29/02/2024 10:00;15/11/2024 10:00\n"
        "T2;low;29/02/2024 10:00;29/02/2024 10:00\n"
    )
    found = look({"tickets.csv": text})
    assert found.tables["tickets"]["keep"] == {"last_by": "changed_at", "per": "ticket_id"}
    got = found.connect().query("SELECT ticket_id, priority FROM tickets ORDER BY 1")
    assert got == [("T1", "high"), ("T2", "low")]


def test_a_few_ids_that_come_again_may_be_doubles_and_no_row_is_dropped_unsaid(look: Look) -> None:
    rows = "".join(f"T{n},low,2024-01-{n:02},2024-02-{n:02}\n" for n in range(1, 11))
    found = look({"tickets.csv": "Ticket ID,Priority,Opened at,Updated at\n" + rows + rows[:29]})
    assert "keep" not in found.tables["tickets"]
    assert found.says("decide: doubles, or 10 ids in 11 rows: a row for each change")
    with pytest.raises(KpiError, match="same id as line 2"):
        found.connect()


def test_a_null_word_is_one_where_the_rest_is_numbers_and_a_name_elsewhere(look: Look) -> None:
    rows = "".join(f"D{n},{n},NA,Won\n" for n in range(20)) + "D99,NA,NA,Lost\n"
    found = look({"deals.csv": "Deal ID,Amount,Owner,Stage\n" + rows})
    assert found.tables["deals"]["columns"]["amount"] == {"column": "Amount", "null": ["NA"]}
    sql = "SELECT owner, count(*), count(amount) FROM deals GROUP BY 1"
    assert found.connect().query(sql) == [("NA", 21, 20)]


def test_two_words_are_true_and_false(look: Look) -> None:
    text = "Ticket ID,Priority,Escalated,Made SLA\n1,low,Oui,1\n2,low,Non,0\n"
    found = look({"tickets.csv": text})
    got = found.connect().query("SELECT escalated, met_sla FROM tickets ORDER BY ticket_id")
    assert got == [(True, True), (False, False)]


def test_what_does_not_fit_its_name_is_a_comment_that_says_why(look: Look) -> None:
    rows = "D1,much,Won,12 rue X\nD2,little,Lost,Lyon\n"
    found = look({"deals.csv": "Deal ID,Amount,Stage,Close Date\n" + rows})
    assert {"amount", "closed_at"}.isdisjoint(found.tables["deals"]["columns"])
    assert found.says('only 0 of 2 cells are numbers: "little", "much"')


@pytest.mark.parametrize("unit", ["(k€)", "(in M EUR)", "[KUSD]", "($000)", "(cents)", "(€k)"])
def test_an_amount_in_thousands_is_a_comment(look: Look, unit: str) -> None:
    found = look({"deals.csv": f"Deal ID,Amount {unit},Stage\nD1,1.5,Won\nD2,2.5,Lost\n"})
    assert "amount" not in found.tables["deals"]["columns"]
    assert found.says("its name says thousands, millions or cents")


@pytest.mark.parametrize("unit", ["(EUR)", "(excl. VAT)", "(Company Currency)", "[$]", "(km)"])
def test_an_amount_in_whole_units_is_one(look: Look, unit: str) -> None:
    found = look({"deals.csv": f"Deal ID,Amount {unit},Stage\nD1,1.5,Won\nD2,2.5,Lost\n"})
    assert "amount" in found.tables["deals"]["columns"]


def test_files_with_the_same_header_are_one_table_and_others_a_comment(look: Look) -> None:
    other = "Deal ID,Stage,Value\nD9,Won,1\n"
    more = DEALS.replace("D1", "D3").replace("D2", "D4")
    found = look({"deals-1.csv": DEALS, "deals-2.csv": more, "old deals.csv": other})
    assert found.tables["deals"]["file"] == ["deals-1.csv", "deals-2.csv"]
    assert found.says('"old deals.csv" looks like deals too, with other columns')
    assert found.connect().query("SELECT count(*) FROM deals") == [(4,)]


def test_a_file_that_is_no_table_is_told_with_its_columns(look: Look) -> None:
    found = look({"weather.csv": "town,rain\nLyon,3\n", "deals.csv": DEALS})
    assert list(found.tables) == ["deals"]
    assert found.says('"weather.csv" fits no table; nearest: none')
    assert found.says('It has 1 rows and the columns "town", "rain"')


def test_columns_left_over_are_dimensions_if_they_have_few_values(look: Look) -> None:
    rows = "".join(f"D{n},Won,{'AB'[n % 2]},note {n}\n" for n in range(20))
    found = look({"deals.csv": "Deal ID,Stage,Plant,Remark\n" + rows})
    assert '# plant = { column = "Plant", dimension = true }' in found.text
    assert found.says('Not used: "Remark"')


def test_a_file_without_a_header_line_gets_names_to_replace(look: Look) -> None:
    found = look({"x.csv": "1,Ann,2024-01-31\n2,Bob,2024-02-01\n"})
    assert '# header = ["column_1", "column_2", "column_3"]' in found.text


def test_a_column_that_stands_twice_cannot_be_named(look: Look) -> None:
    text = "Deal ID,Stage,Amount,Amount\n1,Won,2,3\n2,Lost,4,5\n"
    found = look({"deals.csv": text})
    assert "amount" not in found.tables["deals"]["columns"]
    assert found.says('more than once: "Amount"')


def test_lines_that_cannot_be_split_are_told(look: Look) -> None:
    found = look({"deals.csv": DEALS + "D3,Won\n"})
    assert found.says("1 of 3 lines cannot be split and will be set aside, the first is line 4")


def test_the_text_is_whole_and_the_same_each_time(look: Look, tmp_path: Path) -> None:
    found = look({"deals.csv": DEALS}, name='A "B"\n[x]', currency="CHF")
    parsed = tomllib.loads(found.text)
    assert parsed["project"]["name"] == 'A "B"\n[x]'
    assert parsed["source"] == {"kind": "files", "path": "."}
    assert set(parsed) == {"project", "source", "tables"}
    project = ProjectConfig(name='A "B"\n[x]', currency="CHF", time_zone="UTC")
    assert propose([tmp_path / "deals.csv"], project, tmp_path).text == found.text


def test_files_are_named_from_their_common_folder(look: Look, tmp_path: Path) -> None:
    for folder in ("crm", "web"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "deals.csv").write_text(DEALS)
    paths = [tmp_path / "crm" / "deals.csv", tmp_path / "web" / "deals.csv"]
    parsed = tomllib.loads(propose(paths, ProjectConfig(), tmp_path).text)
    assert parsed["tables"]["deals"]["file"] == ["crm/deals.csv", "web/deals.csv"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("deals.csv", b"", "empty"),
        ("deals.csv", b"\n\n", "empty"),
        ("deals.docx", b"x", "docx"),
        ("deals.csv.gz", b"no archive", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    name: str, content: bytes, said: str, look: Look
) -> None:
    with pytest.raises(DataError, match=said):
        look({name: content})


def test_no_file_and_a_missing_one_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file to look at"):
        propose([], ProjectConfig())
    with pytest.raises(DataError, match="No such file"):
        propose([tmp_path / "none.csv"], ProjectConfig())


def test_percentages_of_stages_are_shares(look: Look) -> None:
    text = "Pipeline,Stage,Position,Probability\nP,Demo,1,20\nP,Offer,2,60\n"
    found = look({"stages.csv": text})
    got = found.connect().query("SELECT probability FROM stages ORDER BY position")
    assert got == [(0.2,), (0.6,)]
