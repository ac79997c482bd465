"""Names that a company did not choose for our pages: alike, or longer than a sentence."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.format import Format
from kpi_toolkit.report import Report
from kpi_toolkit.report.members import compared, of

EN = Format("en", "EUR")
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def report(owners: list[str | None]) -> Report:
    """Each owner won a deal of 1, 2, 3 in the quarter, and one of half of that a year before."""
    amounts = [float(n + 1) for n in range(len(owners))]
    now = pd.DataFrame({"owner": owners, "amount": amounts, "closed_at": "2026-08-03"})
    before = now.assign(amount=now["amount"] / 2, closed_at="2025-08-04")
    deals = pd.concat([before, now], ignore_index=True).assign(status="won")
    deals["closed_at"] = deals["created_at"] = pd.to_datetime(deals["closed_at"])
    deals["deal_id"] = deals.index.astype(str)
    crm = kt.from_frames(deals=deals, as_of="2026-10-05")
    return Report("sales", period="2026-Q3", crm=crm, language="en")


def test_members_that_readers_would_call_alike_keep_their_own_amounts() -> None:
    made = report([None, "(not filled in)", "Ann"])
    session, won = made._session, kt.won_value.bind()
    values = of(session, won, session.period, "owner")
    before = of(session, won, session.period.year_ago(), "owner")
    frame = compared(session, values, before, 10, adds_up=True).frame
    assert frame["value"].sum() == 6.0
    assert frame["previous"].sum() == 3.0
    assert list(frame.index) == ["Ann", "(not filled in) [(not filled in)]", "(not filled in)"]


@pytest.mark.parametrize("make", ["variance", "ranking", "pareto"])
def test_a_sentence_shows_the_beginning_and_the_end_of_a_long_name(make: str) -> None:
    made = report([f"Ann {LONG} North", f"Ann {LONG} South"])
    block = getattr(made, make)(kt.won_value, by="owner")
    said = str(block).splitlines()[0]
    assert LONG not in said
    assert "Ann Donaudampfschifffahrtselektr…" in said and "South" in said


def test_a_name_of_48_letters_is_whole() -> None:
    assert EN.named("x" * 48) == "x" * 48
    assert len(EN.named("x" * 49)) == 48
