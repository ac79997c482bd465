"""Why rows are set aside, as a report says it: by kind, not by line."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.format import Format
from kpi_toolkit.report.reasons import kind


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("not an amount with decimal mark '.' and at most 4 decimals", "montant illisible"),
        ("not a whole number", "nombre illisible"),
        ("not a date written YYYY-MM-DD[ HH:MM[:SS]]", "date illisible"),
        ("a time that the clocks skipped in Europe/Paris", "date illisible"),
        ("not one of won, lost, open", "valeur non admise"),
        ("same id as line 12", "identifiant en double"),
        ("7 fields, where the header has 6", "colonnes impossibles à distinguer"),
        ("something new", "autre motif"),
    ],
)
def test_a_reason_is_said_by_its_kind(reason: str, expected: str) -> None:
    assert kind(Format("fr"), reason) == expected


def test_reasons_of_one_kind_are_counted_together(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))  # no kpi.toml
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "1", "2", "2", "3"],
            "status": ["won", "won", "lost", "lost", "maybe"],
            "closed_at": ["2026-08-01"] * 5,
        }
    )
    crm = kt.from_frames(as_of="2026-10-05", language="fr", deals=deals)
    said = str(kt.Report("sales", period="2026-Q3", as_of="2026-10-05", crm=crm).quality())
    assert "Lignes écartées\u00a0: 3 sur 5 (60,00\u202f%)" in said
    assert [line.split() for line in said.splitlines() if "Affaires" in line] == [
        ["Affaires", ":", "identifiant", "en", "double", "2"],
        ["Affaires", ":", "valeur", "non", "admise", "1"],
    ]
