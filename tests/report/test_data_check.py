"""The state of the data as blocks, in the reader's language and without personal data."""

import re
from pathlib import Path

import pandas as pd
import pytest

from kpi_toolkit.config import Config, load
from kpi_toolkit.crm.connect import Crm, connect, from_frames
from kpi_toolkit.insight.audit.audit import audit
from kpi_toolkit.report import Report
from kpi_toolkit.report.data_check import MOST_ROWS, DataCheck


@pytest.fixture(scope="module")
def dirty() -> Crm:
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2", "3", "1"],
            "amount": ["5", "much", "-3", "4"],
            "status": ["won", "won", "lost", "won"],
            "created_at": ["2026-09-01", "2026-09-02", "2026-09-03", "2026-09-04"],
            "closed_at": ["2026-12-24", None, "2026-08-01", None],
        }
    )
    contacts = pd.DataFrame(
        {"contact_id": ["1", "2"], "name": ["Secret Ann", "Bob"], "email": [None, "b@x.org"]}
    )
    return from_frames(as_of="2026-10-05", deals=deals, contacts=contacts)


def check(crm: Crm, language: str = "en", **required: list[str]) -> DataCheck:
    words = Report("r", period="all", crm=crm, language=language)._session.words
    return DataCheck(audit(crm, Config(quality={"required": required})), words)


def plain(block: object) -> str:
    return re.sub(r"[ \u00a0\u202f]+", " ", str(block))


def rows(block: object) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in block.content["rows"]]  # type: ignore[attr-defined]


def test_the_summary_says_rows_freshness_remarks_and_kpis(dirty: Crm) -> None:
    said = plain(check(dirty).summary())
    assert "Rows set aside: 2 of 6 (33.33%)" in said
    assert "The newest record is 32 days older than the date of the data." in said
    assert "2 remarks on rows that were kept." in said
    assert re.search(r"KPIs available: \d+ of \d+", said)


def test_tables_have_no_column_of_files_where_there_are_none(dirty: Crm) -> None:
    block = check(dirty).tables()
    assert block.content["heads"] == ["Table", "Read", "Kept", "Set aside"]
    assert rows(block) == [["deals", "4", "2", "2"], ["contacts", "2", "2", "–"]]


def test_reasons_have_their_first_row(dirty: Crm) -> None:
    assert rows(check(dirty).set_aside()) == [
        ["deals.amount", "not an amount", "1", "line 2: “much”"],
        ["deals.deal_id", "id given twice", "1", "line 4: “1”"],
    ]


def test_remarks_and_dates_that_lie_ahead(dirty: Crm) -> None:
    assert [(row[0], row[2], row[3]) for row in rows(check(dirty).remarks())] == [
        ("deals.closed_at", "1", "line 3"),
        ("deals.amount", "1", "line 3"),
    ]
    assert rows(check(dirty).dates())[1] == ["deals.closed_at", "1 Aug 2026", "24 Dec 2026", "1"]


def test_gaps_come_the_emptiest_first_and_required_fields_are_counted(dirty: Crm) -> None:
    found = check(dirty, contacts=["email", "name"], deals=["amount", "region"])
    assert rows(found.gaps()) == [["contacts.email", "50.0%", "1"]]
    assert rows(found.required()) == [
        ["contacts", "email, name", "–", "1", "50.0%"],
        ["deals", "amount, region", "region", "–", "0.0%"],
    ]


def test_what_the_data_lack_is_said_once_with_its_kpis(dirty: Crm) -> None:
    found = {row[0]: row[1] for row in rows(check(dirty).kpis())}
    assert "Customer churn" in found["accounts"]


def test_values_of_personal_columns_are_hidden() -> None:
    contacts = pd.DataFrame({"contact_id": ["Secret", "Secret"], "name": ["Ann", "Bob"]})
    emails = pd.DataFrame({"visitor_id": ["v"], "started_at": ["x@secret.example"]})
    crm = from_frames(as_of="2026-10-05", contacts=contacts, web_visits=emails)
    shown = plain(check(crm).set_aside())
    assert "“Secret”" in shown  # an id is none, and leads to the row
    (one,) = (found for found in check(crm).audit.set_aside if found.table == "contacts")
    assert not one.personal


def test_a_page_in_french_has_french_words_and_the_names_of_the_data(dirty: Crm) -> None:
    found = check(dirty, "fr")
    assert "ligne 2 : « much »" in plain(found.set_aside())
    assert "Première ligne" in str(found.remarks())


def test_long_tables_say_how_much_they_leave_out() -> None:
    frame = pd.DataFrame({f"own {n}": ["x", None] for n in range(MOST_ROWS + 5)})
    crm = from_frames(deals=frame.assign(deal_id=["1", "2"]))
    block = check(crm).gaps()
    assert len(block.content["rows"]) == MOST_ROWS
    assert block.content["subject"] == "Not shown: 5 more."


def test_clean_data_give_a_sentence_each() -> None:
    crm = from_frames(as_of="2026-10-05", accounts=pd.DataFrame({"account_id": ["a"]}))
    found = check(crm)
    assert "No row was set aside." in str(found.set_aside())
    assert "Nothing that was kept calls for a look." in str(found.remarks())
    assert "The data have no dates." in str(found.dates())
    assert "Every column is filled in every row." in str(found.gaps())
    assert "requires no field" in str(found.required())
    assert "No record has a date." in str(found.summary())


@pytest.mark.parametrize(
    ("language", "sentence", "head"),
    [
        ("en", "3 rows were read: 1 kept, 2 left out by a condition, 0 set aside.", "Left out"),
        ("fr", "3 lignes lues : 1 conservée, 2 exclues par une condition, 0 écartée.", "Exclues"),
    ],
)
def test_rows_left_out_are_counted_apart(
    tmp_path: Path, language: str, sentence: str, head: str
) -> None:
    (tmp_path / "d.csv").write_text("deal_id,test\n1,no\n2,yes\n3,yes\n", encoding="utf-8")
    toml = '[tables.deals]\nfile = "d.csv"\nwhere = "test = \'no\'"\n'
    (tmp_path / "kpi.toml").write_text(toml, encoding="utf-8")
    crm = connect(tmp_path / "kpi.toml", as_of="2026-10-05")
    page = check(crm, language)
    assert sentence in plain(page.summary())
    assert head in plain(page.tables())
    assert rows(page.tables())[-1][-1] == "2"
    report = Report("r", period="all", crm=crm, language=language)
    assert plain(report.quality()).endswith(sentence)
    assert "2 left out by a condition" in crm._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "4 rows were read: 1 kept, 2 replaced by a later row of the same record, 1 set aside.",
        ),
        (
            "fr",
            "4 lignes lues : 1 conservée, 2 remplacées par une ligne plus récente du même "
            "enregistrement, 1 écartée.",
        ),
    ],
)
def test_rows_of_a_log_that_later_ones_replace_are_not_kept(
    tmp_path: Path, language: str, sentence: str
) -> None:
    log = "deal_id,updated_at\n1,2026-01-01\n1,2026-01-03\n1,2026-01-02\n2,soon\n"
    (tmp_path / "d.csv").write_text(log, encoding="utf-8")
    (tmp_path / "kpi.toml").write_text(
        '[tables.deals]\nfile = "d.csv"\nbad_rows = "50%"\n'
        'keep = { last_by = "updated_at", per = "deal_id" }\n',
        encoding="utf-8",
    )
    crm = connect(tmp_path / "kpi.toml", as_of="2026-10-05")
    assert sentence in plain(check(crm, language).summary())
    assert sentence in plain(Report("r", period="all", crm=crm, language=language).quality())


def test_rows_that_a_select_loses_are_counted_beside_those_of_files(tmp_path: Path) -> None:
    files = {
        "d.csv": "deal_id,x\n1,a\n1,b\n2,c\n",
        "d.sql": "SELECT '1' AS deal_id UNION ALL SELECT '1' UNION ALL SELECT '2' FROM raw",
        "kpi.toml": '[staging.raw]\nfile = "d.csv"\nwhere = "x <> \'c\'"\n'
        '[tables.deals]\nsql = "d.sql"\nbad_rows = "60%"\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = plain(check(connect(tmp_path / "kpi.toml", as_of="2026-10-05")).summary())
    assert (
        "3 rows were read: 2 kept, 1 left out by a condition, 0 set aside, "
        "2 more set aside of tables made by SQL."
    ) in said


def test_a_zone_and_a_currency_that_nobody_declared_are_told(tmp_path: Path) -> None:
    deals = "deal_id,amount,created_at\n1,5,2026-01-01\n"
    (tmp_path / "d.csv").write_text(deals, encoding="utf-8")

    def said(language: str, project: str = "", columns: str = "") -> str:
        toml = f'[project]\n{project}\n[tables.deals]\nfile = "d.csv"\n{columns}'
        (tmp_path / "kpi.toml").write_text(toml, encoding="utf-8")
        config = load(tmp_path / "kpi.toml")
        words = Report("r", period="all", crm=connect(config), language=language)._session.words
        return plain(DataCheck(audit(connect(config), config), words).summary())

    assert "(project.time_zone): times without an offset were read as those of Europe" in said("en")
    assert "(project.currency): amounts were taken to be in EUR." in said("en")
    assert "Aucun fuseau horaire n’est déclaré (project.time_zone)" in said("fr")
    assert "Aucune devise n’est déclarée (project.currency)" in said("fr")
    declared = said("en", 'currency = "EUR"\ntime_zone = "Europe/Paris"')
    assert "declared" not in declared
    dateless = said("en", columns='[tables.deals.columns]\ndeal_id = "deal_id"\n')
    assert "declared" not in dateless
