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
    # A deal of long ago: the records hold the whole of the quarter a year before.
    first = now.head(1).assign(closed_at="2024-01-08", amount=0.0)
    deals = pd.concat([first, before, now], ignore_index=True).assign(status="won")
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


def test_many_together_are_nobody_that_a_sentence_names() -> None:
    made = report([f"seller {n:02}" for n in range(30)])
    said = str(made.variance(kt.won_value, by="owner", n=3)).splitlines()[0]
    assert "others" not in said and "seller 29" in said


def many_stages() -> Report:
    """Forty stages and reasons, of which the last ones weigh most."""
    n = 40 * 41 // 2
    stage = [f"stage {k:02}" for k in range(40) for _ in range(k + 1)]
    day = pd.Timestamp("2026-08-03")
    deals = pd.DataFrame({"deal_id": range(n), "stage": stage, "close_reason": stage})
    deals = deals.astype({"deal_id": str}).assign(
        status="lost", amount=1.0, created_at=day, closed_at=day + pd.Timedelta(days=9)
    )
    stays = deals[["deal_id", "stage"]].assign(entered_at=day)
    order = pd.DataFrame({"stage": [f"stage {k:02}" for k in range(40)], "position": range(40)})
    crm = kt.from_frames(
        deals=deals, deal_stages=stays, stages=order.assign(pipeline="a"), as_of="2026-10-05"
    )
    return Report("lost_deals", period="2026-Q3", crm=crm, language="en")


def test_a_funnel_of_forty_stages_draws_the_ten_that_most_deals_entered() -> None:
    content = many_stages().funnel().content
    assert [row[0] for row in content["rows"]] == [*(f"stage {k}" for k in range(30, 40)), "Won"]
    assert "Not shown: 30 more." in content["note"]


def test_a_crosstab_of_forty_stages_says_how_many_it_leaves_out() -> None:
    made = many_stages()
    content = made.crosstab(kt.lost_deals, by=("close_reason", "stage")).content
    heads = [head["text"] if isinstance(head, dict) else head for head in content["heads"]]
    assert heads == ["Close reason", *(f"stage {k}" for k in range(32, 40)), "Total"]
    left = 40 - len(content["rows"]) + 32
    assert f"Not shown: {left} more." in content["subject"]
    assert content["total"][-1] == "820"
