"""Chance gives no more signals than docs/signals.md says, and hardly a finding."""

from pathlib import Path

import pytest

from benchmarks import false_alarms

DOCS = (Path(__file__).parents[3] / "docs" / "signals.md").read_text("utf-8")
SERIES = 1500
# Of the last of 24 values, in per cent: any signal, a finding of one KPI alone, of one of seven.
MOST = {
    "normal": (2.5, 1.8, 0.7),
    "skewed (lognormal, 0.5)": (5.5, 2.8, 0.7),
    "counts (Poisson, 6)": (3.0, 1.5, 0.4),
    "rates (of 20)": (2.8, 1.6, 0.5),
}


def printed() -> dict[str, dict[str, float]]:
    """The table of the docs, as shares."""
    table = DOCS[DOCS.index("| of noise |") :].split("\n\n")[0]
    heads, _, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()
    )
    return {
        name: dict(zip(heads[1:], (float(share) / 100 for share in shares), strict=True))
        for name, *shares in rows
    }


@pytest.mark.parametrize("noise", false_alarms.NOISE)
def test_chance_gives_no_more_signals_than_is_said(noise: str) -> None:
    found = false_alarms.alarms(noise, SERIES, seed=2)
    measured = (found["any"], found["told alone"], found["told of seven"])
    assert all(100 * share <= most for share, most in zip(measured, MOST[noise], strict=True))


@pytest.mark.parametrize("noise", false_alarms.NOISE)
def test_the_docs_print_what_is_measured(noise: str) -> None:
    """Within three standard errors of a smaller sample."""
    found, said = false_alarms.alarms(noise, SERIES, seed=3), printed()[noise]
    assert found.keys() == said.keys()
    for name, share in said.items():
        error = (max(share, 0.001) / SERIES) ** 0.5
        assert abs(found[name] - share) <= 3 * error + 0.0005


def test_the_docs_name_every_noise() -> None:
    assert printed().keys() == false_alarms.NOISE.keys() == MOST.keys()
