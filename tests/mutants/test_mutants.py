"""Mutants are made of each part of a definition, and one that lives is told."""

import re
from dataclasses import replace

import pytest

from kpi_toolkit.kpis import find
from kpi_toolkit.kpis.facts import deals
from tests.mutants.__main__ import main
from tests.mutants.equivalent import REASONS
from tests.mutants.formulas import mutants
from tests.mutants.judging import Judge
from tests.mutants.texts import slips
from tests.oracles.every import ORACLES


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("status = 'won'", ["NOT (status = 'won')", "TRUE"]),
        ("a < :end", ["NOT (a < $end)", "TRUE", "a <= $end"]),
        ("a >= :start and b", [
            "NOT (a >= $start) AND b", "TRUE AND b", "a > $start AND b",
            "a >= $start AND NOT (b)", "a >= $start AND TRUE",
        ]),
        ("in_time", ["NOT (in_time)", "TRUE"]),
        ("coalesce(a, b) is null", ["NOT (COALESCE(a, b) IS NULL)", "TRUE", "a IS NULL"]),
    ],
)  # fmt: skip
def test_slips_of_a_condition(text: str, expected: list[str]) -> None:
    assert [wrong for _, wrong in slips(text, holds=True)] == expected


def test_a_value_is_no_condition() -> None:
    assert not list(slips("amount"))
    assert [wrong for _, wrong in slips("coalesce(a, b)")] == ["a"]


def test_every_part_of_a_rate_is_slipped_in() -> None:
    known = {"deals": frozenset({"closed_at", "created_at"})}
    found = {m.slip for m in mutants(find("decided_win_rate").bind(), known)}
    assert found == {
        "0. not: status = 'won'",
        "0. without: status = 'won'",
        "0. closed_at > :start and closed_at < :end",
        "0. closed_at >= :start and closed_at <= :end",
        "0. by created_at",
        "1. not: status IN ('won', 'lost')",
        "1. without: status IN ('won', 'lost')",
        "1. closed_at > :start and closed_at < :end",
        "1. closed_at >= :start and closed_at <= :end",
        "1. by created_at",
        "upside down",
        "without its denominator",
    }
    stock = {m.slip for m in mutants(find("pipeline_value").bind(), known)}
    assert {"0. at_start", "0. during", "fact: began_at: first only: COALESCE(created_at, MIN"
            "(created_at) OVER (), CAST('0001-01-01' AS TIMESTAMP))"} <= stock  # fmt: skip


def test_the_definitions_agree_with_their_oracles_where_mutants_are_judged(judge: Judge) -> None:
    assert judge.is_right(find("pipeline_value_by_stage").bind())
    wrong = replace(find("won_value").bind(), node=deals.sum("amount"))
    assert not judge.is_right(wrong)


def test_a_mutant_that_lives_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["won_deals"]) == 0
    assert main(["retention_rate"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"won_deals +6 +6 +0\n", said)
    assert re.search(r"retention_rate +20 +19 +1\n", said)
    assert said.endswith("0 alive without a reason\n")


def test_a_mutant_without_a_reason_fails_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mutants.__main__.reason", lambda mutant: "")
    assert main(["retention_rate"]) == 1
    assert "retention_rate: 0. edge: churned_at > $start" in capsys.readouterr().out


def test_every_kpi_has_mutants_and_every_reason_is_of_one(judge: Judge) -> None:
    made = {name: [m.name for m in judge.mutants(name)] for name in ORACLES}
    assert min(map(len, made.values())) >= 3
    names = [name for found in made.values() for name in found]
    stale = [slip for slip in REASONS if not any(re.fullmatch(slip, name) for name in names)]
    assert not stale
