"""The pipeline bridge as a block of a report."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.report import Report
from tests.insight.deals.deal_tables import changes, deals
from tests.report.conftest import crm_of

NBSP, NNBSP = "\u00a0", "\u202f"
DEALS = deals(
    ("raised", 1_500, "2026-05-01", "open", None, "2026-12-01"),
    ("won", 3_300, "2026-05-01", "won", "2026-08-15", "2026-09-01"),
    ("lost", 700, "2026-05-01", "lost", "2026-07-02", "2026-09-01"),
    ("new", 400, "2026-07-10", "open", None, "2026-09-01"),
    ("empty", None, "2026-07-10", "open", None, "2026-09-01"),
).assign(owner=["Ann", "Ann", "Bob", "Bob", "Bob"])
CHANGES = changes(
    ("raised", "2026-06-01", "stage", "A", "B"),
    ("raised", "2026-08-01", "amount", "1000", "1500"),
    ("new", "2026-10-02", "amount", "300", "400"),
)


@pytest.fixture(scope="module")
def both() -> dict[str, pd.DataFrame]:
    return {"deals": DEALS, "record_changes": CHANGES}


def bridge(crm: Crm, language: str = "en", **settings: str) -> Block:
    period = settings.pop("period", "2026-Q3")
    closing = settings.pop("closing", None)
    return Report("pipeline", period=period, crm=crm, language=language, **settings).bridge(
        closing=closing
    )


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_the_block_says_in_words_what_became_of_the_pipeline(
    both: dict[str, pd.DataFrame],
) -> None:
    found = bridge(crm_of(both)).content
    assert found["message"] == (
        "The pipeline shrank by €3.20k, to €1.80k: increased +€500, lost −€700, won −€3.30k."
    )
    assert plain(found["subject"]) == "Open pipeline, €k · Q3 2026"
    assert found["note"] == (
        "Deals stand at the amounts of the time; at those known today the end is €1.90k. All open "
        "deals, whenever they are expected to close. One deal has no amount, or 0. "
        "The start is as it was known then; at the amounts of today, and with what was entered "
        "since, it is €5.50k."
    )


def test_french_has_its_own_words_and_spaces(both: dict[str, pd.DataFrame]) -> None:
    found = bridge(crm_of(both), "fr", closing="2026-Q3").content
    assert plain(found["message"]) == (
        "Le pipeline a reculé de 3,70 k€, à 300 € : créées +300 €, perdues −700 €, "
        "signées −3,30 k€."
    )
    assert plain(found["subject"]) == "Pipeline dont la clôture est prévue au T3 2026, k€ · T3 2026"
    assert "on ignore ce qui a été avancé ou repoussé" in found["note"]


def test_what_is_not_known_is_no_bar_and_a_dash_in_the_data() -> None:
    found = bridge(crm_of({"deals": DEALS}))
    rows = {row[0]: row[1:] for row in found.content["rows"]}
    assert rows["Increased"] == ["–", "–"]
    assert rows["Won"] == ["−€3.30k", "1"]
    assert "Increased" not in found.content["alt"]
    assert "The data have no record of changes" in found.content["note"]


def test_every_number_of_the_words_is_a_computed_one(both: dict[str, pd.DataFrame]) -> None:
    found = bridge(crm_of(both)).content
    cells = " ".join(cell for row in found["rows"] for cell in row)
    cells += " €3.20k €1.90k €5.50k"  # the change, and both ends as known today
    numbers = re.findall(r"\d[\d.]*\d|\d", f"{found['message']} {found['note']}")
    assert numbers and all(number in cells for number in numbers if number != "0")


def test_what_is_won_leaves_the_pipeline_and_is_no_loss(both: dict[str, pd.DataFrame]) -> None:
    wide = bridge(crm_of(both)).content["wide"].lower()
    from kpi_toolkit.charts.theme import ACCENT, BAD, GOOD

    assert all(color.lower() in wide for color in (ACCENT, BAD, GOOD))
    alone = crm_of({"deals": DEALS[DEALS["deal_id"] != "lost"]})
    assert BAD.lower() not in bridge(alone).content["wide"].lower()


def test_a_scope_keeps_to_its_member(both: dict[str, pd.DataFrame]) -> None:
    found = bridge(crm_of(both), scope="owner=Ann").content
    assert "Owner: Ann" in found["subject"]
    assert "Owner: as known today." in found["note"]
    (won,) = [row for row in found["rows"] if row[0] == "Won"]
    assert won[2] == "1"


@pytest.mark.parametrize(
    ("drop", "settings", "reason"),
    [
        ("amount", {}, "missing: Amount (Deals)"),
        ("expected_close_on", {"closing": "2026-Q3"}, "missing: Expected close on (Deals)"),
        ("source", {"period": "all"}, "it needs a period with a start"),
    ],
)
def test_without_its_data_it_is_a_sentence(
    drop: str, settings: dict[str, str], reason: str
) -> None:
    table = DEALS.drop(columns=drop, errors="ignore")
    found = bridge(crm_of({"deals": table}), **settings)
    assert str(found) == f"Pipeline bridge: not available ({reason})."


def test_a_pipeline_of_nothing_did_not_move() -> None:
    crm = kt.from_frames(deals=DEALS[DEALS["deal_id"] == "lost"], as_of="2026-12-05")
    found = bridge(crm, period="2026-Q4")
    assert found.content["message"] == "The pipeline did not move: €0."
    assert found.content["alt"].startswith("Bridge: Open €0")


def test_a_bridge_shows_itself_in_a_notebook(both: dict[str, pd.DataFrame]) -> None:
    found = kt.pipeline_bridge(crm_of(both, language="fr"), "2026-Q3")._repr_mimebundle_()
    assert "Ouvertes, 30 juin 2026" in plain(found["text/plain"])
    assert "<div" in found["text/html"] and "Signées" in found["text/html"]


def test_since_the_last_report_its_records_are_compared_with_todays() -> None:
    before = deals(("raised", 1_000, "2026-05-01"), ("deleted", 50, "2026-05-01"))
    earlier = kt.from_frames(deals=before, as_of="2026-07-06T12:00")
    report = Report("pipeline", period="2026-Q3", crm=crm_of({"deals": DEALS}), language="en")
    report._session.reference = SimpleNamespace(records=SimpleNamespace(crm=earlier))
    found = report.bridge(since="last report").content
    assert found["message"] == (
        "The pipeline grew by €850, to €1.90k: entered late +€3.30k, increased +€500, won −€3.30k."
    )
    assert plain(found["subject"]) == "Open pipeline, €k · 6 Jul 2026 – 4 Oct 2026"
    assert "Removed" in found["alt"]
    assert found["note"].startswith("From the records as they stood on both days.")


def test_without_the_records_of_an_earlier_report_it_says_so(
    both: dict[str, pd.DataFrame],
) -> None:
    report = Report("pipeline", period="2026-Q3", crm=crm_of(both), language="en")
    said = "Pipeline bridge: not available (the records of an earlier report are not kept)."
    assert str(report.bridge(since="last report")) == said
    with pytest.raises(DefinitionError, match="did you mean 'last report'"):
        report.bridge(since="last reports")  # type: ignore[arg-type]


def test_each_member_has_its_parts_and_they_add_up(both: dict[str, pd.DataFrame]) -> None:
    report = Report("pipeline", period="2026-Q3", crm=crm_of(both), language="en")
    found = report.bridge_members(by="owner").content
    assert found["message"] == (
        "Ann changed most: −€2.80k, to €1.50k (increased +€500, won −€3.30k)."
    )
    assert (
        plain(found["subject"]) == "Open pipeline, €k · Q3 2026 · by owner · Owner: as known today"
    )
    assert found["heads"] == [
        "Owner", "Open, 30 Jun", "Created", "Increased", "Lost", "Won", "Open, 30 Sept", "Change",
    ]  # fmt: skip
    assert found["rows"] == [
        ["Ann", "4.30", "–", "+0.50", "–", "−3.30", "1.50", "−2.80"],
        ["Bob", "0.70", "+0.30", "–", "−0.70", "–", "0.30", "−0.40"],
    ]
    assert found["total"] == ["Total", "5.00", "+0.30", "+0.50", "−0.70", "−3.30", "1.80", "−3.20"]
    assert bridge(crm_of(both)).content["message"].startswith("The pipeline shrank by €3.20k")


def test_a_bridge_by_what_the_data_lack_is_a_sentence(both: dict[str, pd.DataFrame]) -> None:
    report = Report("pipeline", period="2026-Q3", crm=crm_of(both), language="en")
    assert str(report.bridge_members(by="team")) == (
        "Pipeline bridge by team: not available (missing: Team (Deals))."
    )


def test_where_there_is_one_member_the_bridge_of_all_is_enough(
    both: dict[str, pd.DataFrame],
) -> None:
    crm = crm_of(both)
    report = Report("pipeline", period="2026-Q3", crm=crm, language="fr", scope="owner=Ann")
    assert plain(str(report.bridge_members(by="owner"))) == (
        "Évolution du pipeline par responsable : non disponible (il n’y a que Ann)."
    )
