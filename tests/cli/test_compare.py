"""`kpi compare` of four deals: Ann won 100 in August and 300 in September, Bob nothing."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Kpi, called


def compare(kpi: Kpi, *arguments: str) -> dict:
    said = kpi("compare", *arguments, "--json")
    assert said.exit_code == 0, said.stderr
    return json.loads(said.stdout)


def test_json_holds_the_change_and_its_drivers(kpi: Kpi) -> None:
    found = compare(kpi, "won_value", "--period", "2026-09", "--with", "2026-08", "--by", "owner")
    assert found["change"] == 200.0
    assert found["drivers"] == [{"member": "Ann", "volume": 0.0, "mix": 0.0, "rate": 200.0}]
    assert (found["value"], found["previous"]) == (300.0, 100.0)
    assert (found["period"], found["with"], found["by"]) == ("2026-09", "2026-08", "owner")


def test_a_rate_has_mix_and_rate(kpi: Kpi) -> None:
    found = compare(
        kpi, "decided_win_rate", "--period", "2026-09", "--with", "2026-08", "--by", "owner"
    )
    assert found["change"] == 0.5
    assert found["drivers"] == [
        {"member": "Bob", "volume": 0.0, "mix": 0.375, "rate": 0.0},
        {"member": "Ann", "volume": 0.0, "mix": 0.125, "rate": 0.0},
    ]


def test_the_table_says_what_moved(kpi: Kpi) -> None:
    said = kpi("compare", "won_value", "--period", "2026-09", "--by", "owner").stdout
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert lines[0].startswith("Won value: +200.0% (+€200) on Aug 2026; a higher average.")
    assert lines[1] == "Owner Aug 2026, € Sept 2026, € Change, € Average effect"
    assert lines[2] == "Ann 100 300 +200 +200"
    assert lines[3] == "Total 100 300 +200 +200"


def test_without_a_value_there_is_a_reason_and_no_driver(kpi: Kpi) -> None:
    period = ("--period", "2026-08", "--with", "2026-07", "--by", "owner")
    found = compare(kpi, "decided_win_rate", *period)
    assert (found["change"], found["drivers"]) == (None, [])
    assert found["reason"] == "no data when no deal was decided"
    assert kpi("compare", "decided_win_rate", *period).stdout == "Win rate: no data in July 2026.\n"


def test_a_slice_and_options_are_taken(kpi: Kpi) -> None:
    cut = ("--period", "2026-09", "--with", "2026-08", "--by", "owner", "--scope", "owner=Bob")
    assert compare(kpi, "won_value", *cut)["change"] == 0.0
    said = kpi("compare", "won_value", *cut[:-1], "owner=Bib")
    assert (said.exit_code, "did you mean 'Bob'?" in said.stderr) == (2, True)
    period = ("--period", "2026-09", "--by", "owner")
    assert compare(kpi, "sales_cycle", *period, "--option", "start=creation")["change"] == 29.0


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("won_valu", "--period", "2026-Q3"), 2, "KPI 'won_valu': did you mean 'won_value'"),
        (("won_value", "--period", "2026-Q3", "--by", "ownr"), 2, "did you mean 'owner'?"),
        (("won_value", "--period", "2026-Q3"), 2, "no dimension has two to thirty members"),
        (
            ("won_value", "--period", "2026-Q3", "--with", "2026-06", "--by", "owner"),
            2,
            "2026-Q3 with 2026-06: a quarter and a month cannot be compared",
        ),
        (
            ("sales_cycle_median", "--period", "2026-Q3", "--by", "owner"),
            2,
            "sales_cycle_median: its change cannot be laid to members",
        ),
        (("won_value", "--period", "all", "--by", "owner"), 2, "'all' has no previous period"),
        (("retention_rate", "--period", "2026-Q3", "--by", "segment"), 4, "not available"),
    ],
)
def test_a_mistake_is_one_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, kpi: Kpi
) -> None:
    said = kpi("compare", *arguments)
    assert (said.exit_code, said.stdout) == (code, "")
    assert sentence in said.stderr and said.stderr.count("\n") == 1


def test_a_hostile_member_is_a_text(fresh: Path) -> None:
    deals = fresh.parent / "deals.csv"
    deals.write_text(deals.read_text().replace("Ann", "'); DROP TABLE deals; --\x1b[31m"))
    period = ("--period", "2026-09", "--by", "owner", "--config", fresh)
    said = called("compare", "won_value", *period)
    assert said.exit_code == 0 and "\x1b" not in said.stdout
    assert "DROP TABLE deals" in said.stdout
