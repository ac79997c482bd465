"""The stages of the pipeline as a block of a report."""

import pandas as pd

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.report import Report

NBSP, NNBSP = "\u00a0", "\u202f"
STAGES = pd.DataFrame(
    {"pipeline": "Main", "stage": ["Contact", "Offer", "Contract"], "position": [1, 2, 3]}
)


def crm_of(*rows: tuple[str, str | None, str, tuple[str, ...]], **others: pd.DataFrame) -> kt.Crm:
    """status, closed on, owner, and the days on which a deal entered each stage in turn."""
    deals = pd.DataFrame(
        {
            "deal_id": [f"d{n}" for n in range(len(rows))],
            "pipeline": "Main",
            "status": [status for status, *_ in rows],
            "owner": [owner for _, _, owner, _ in rows],
            "amount": 100.0,
            "created_at": pd.to_datetime([days[0] for *_, days in rows]),
            "closed_at": pd.to_datetime([closed for _, closed, *_ in rows]),
        }
    )
    stays = [
        (f"d{n}", stage, day)
        for n, (*_, days) in enumerate(rows)
        for stage, day in zip(STAGES["stage"], days, strict=False)
    ]
    entered = pd.DataFrame(stays, columns=["deal_id", "stage", "entered_at"])
    entered["entered_at"] = pd.to_datetime(entered["entered_at"])
    tables = {"deals": deals, "stages": STAGES, "deal_stages": entered} | others
    return kt.from_frames(as_of="2026-10-05", **tables)


# Of the quarter: four enter Contact, three of them Offer, one of these Contract, which is won.
QUARTER = (
    ("won", "2026-08-31", "Ann", ("2026-07-01", "2026-07-11", "2026-08-10")),
    ("lost", "2026-08-01", "Ann", ("2026-07-01", "2026-07-13")),
    ("open", None, "Bob", ("2026-07-05", "2026-09-30")),
    ("open", None, "Bob", ("2026-07-05",)),
)
BEFORE = (
    ("won", "2026-05-30", "Ann", ("2026-04-01", "2026-04-05", "2026-05-10")),
    ("lost", "2026-05-20", "Ann", ("2026-04-01",)),
)


def funnel(crm: kt.Crm, language: str = "en", period: str = "2026-Q3", **given: str) -> Block:
    return Report("pipeline", period=period, crm=crm, language=language, **given).funnel()


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def rows(block: Block) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in block.content["rows"]]


def test_stages_stand_in_the_order_of_the_pipeline_with_the_won_deals_last() -> None:
    found = funnel(crm_of(*QUARTER))
    # Contact: 10, 12 and 87 days; Offer: 30 and 19 days, one still there; Contract: 21 days.
    assert rows(found) == [
        ["Contact", "4", "75%", "12.0 d"],
        ["Offer", "3", "33%", "24.5 d"],
        ["Contract", "1", "100%", "21.0 d"],
        ["Won", "1", "–", "–"],
    ]
    assert plain(found.content["message"]) == (
        "Offer lets the fewest deals through, 33%, and keeps them longest, 24.5 d."
    )


def test_it_stands_beside_an_earlier_period_of_the_same_age() -> None:
    found = funnel(crm_of(*BEFORE, *QUARTER), "fr")
    assert plain(found.content["subject"]) == "Affaires par étape · T3 2026 et T2 2026"
    assert plain(found.content["message"]) == (
        "Offer est l’étape qui laisse passer le moins d’affaires, 33 %, et celle qui les retient "
        "le plus longtemps, 24,5 j (−10,5 j sur T2 2026)."
    )
    assert "à l’âge" in found.content["note"]


def test_a_scope_keeps_to_its_member() -> None:
    found = funnel(crm_of(*QUARTER), scope="owner=Bob")
    assert rows(found) == [
        ["Contact", "2", "50%", "87.0 d"],
        ["Offer", "1", "0%", "–"],
        ["Won", "0", "–", "–"],
    ]
    assert plain(found.content["message"]) == (
        "Offer lets the fewest deals through, 0%; Contact keeps them longest, 87.0 d."
    )


def test_its_values_are_archived() -> None:
    names = {row["kpi"] for row in funnel(crm_of(*QUARTER)).to_json()["values"]}
    assert names == {"stage_conversion_rate", "time_in_stage_median", "won_deals"}


def test_without_stages_it_is_a_sentence() -> None:
    crm = kt.from_frames(deals=pd.DataFrame({"deal_id": ["d"]}), as_of="2026-10-05")
    assert "not available (missing: Deal stages, Closed on (Deals)" in plain(str(funnel(crm)))


def test_without_deals_it_is_a_sentence() -> None:
    assert "no data in Q2 2026" in plain(str(funnel(crm_of(*QUARTER), period="2026-Q2")))
