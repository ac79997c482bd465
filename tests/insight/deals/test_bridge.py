"""The pipeline bridge on tables worked out by hand."""

from decimal import Decimal

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.remote import dialect
from kpi_toolkit.errors import DefinitionError, NotAvailable, PeriodError
from kpi_toolkit.insight.deals.bridge import Bridge
from tests.insight.deals.deal_tables import changes, deals

PERIOD, AS_OF = "2026-Q3", "2026-10-05"


def crm_of(as_of: str = AS_OF, **tables: pd.DataFrame) -> Crm:
    return kt.from_frames(as_of=as_of, time_zone="Europe/Paris", **tables)


def told(bridge: Bridge) -> dict[str, tuple[int, str]]:
    """The amount and the deals of each part that has any."""
    return {
        part.name: (int(part.amount), " ".join(part.deals)) for part in bridge.parts if part.deals
    }


def adds_up(bridge: Bridge) -> bool:
    return bridge.start + sum(part.amount for part in bridge.parts) == bridge.end


# -- all open deals

DEALS = deals(
    ("raised", 150, "2026-05-01"),
    ("lowered", 120, "2026-05-01"),
    ("won", 330, "2026-05-01", "won", "2026-08-15"),
    ("lost", 70, "2026-05-01", "lost", "2026-07-01 00:00"),
    ("new", 40, "2026-07-10"),
    ("quick", 60, "2026-07-10", "won", "2026-09-29"),
    ("back", 90, "2026-03-01"),
    ("later", 500, "2026-07-15"),
    ("before", 800, "2026-03-01", "won", "2026-06-30 21:59:59"),
    ("after", 900, "2026-10-01"),
    ("empty", None, "2026-05-01"),
)
CHANGES = changes(
    ("raised", "2026-08-01", "amount", "100", "150"),
    ("lowered", "2026-08-01", "amount", "200.00", "90"),
    ("lowered", "2026-08-02", "amount", "90", "120"),
    ("won", "2026-08-10", "amount", "300", "330"),
    ("new", "2026-07-20", "amount", "30", "40"),
    ("back", "2026-06-20", "status", "open", "lost"),
    ("back", "2026-08-20", "status", "lost", "open"),
    ("later", "2026-10-02", "amount", "450", "500"),
)


@pytest.fixture(scope="module")
def bridge() -> Bridge:
    return kt.pipeline_bridge(crm_of(deals=DEALS, record_changes=CHANGES), PERIOD)


def test_each_deal_is_in_the_parts_that_happened_to_it(bridge: Bridge) -> None:
    assert told(bridge) == {
        "created": (40 + 60 + 450, "later new quick"),
        "reopened": (90, "back"),
        "increased": (50 + 30, "raised won"),
        "decreased": (-80, "lowered"),
        "lost": (-70, "lost"),
        "won": (-330 - 60, "quick won"),
    }
    assert bridge.start == 100 + 200 + 300 + 70
    assert bridge.end == 150 + 120 + 40 + 90 + 450
    assert adds_up(bridge)


def test_deals_without_an_amount_are_counted_and_said(bridge: Bridge) -> None:
    assert bridge.start_deals == ("empty", "lost", "lowered", "raised", "won")
    assert bridge.end_deals == ("back", "empty", "later", "lowered", "new", "raised")
    assert bridge.without_amount == 1


def test_the_end_at_the_amounts_of_today_is_the_open_pipeline(bridge: Bridge) -> None:
    found = kt.pipeline_value(crm_of(deals=DEALS, record_changes=CHANGES), PERIOD)
    assert bridge.end_as_known == Decimal(str(found.value)) == 150 + 120 + 40 + 90 + 500


def test_the_start_is_the_end_of_the_period_before(bridge: Bridge) -> None:
    before = kt.pipeline_bridge(crm_of(deals=DEALS, record_changes=CHANGES), "2026-Q2")
    assert (before.end, before.end_deals) == (bridge.start, bridge.start_deals)
    # Closed and opened again later: in the spring it was lost, as it was then.
    assert told(before)["lost"] == (-90, "back")


def test_a_period_under_way_ends_with_what_is_known() -> None:
    crm = crm_of(deals=DEALS, record_changes=CHANGES)
    found = kt.pipeline_bridge(crm, PERIOD, as_of="2026-08-01T12:00")
    assert told(found) == {
        "created": (40 + 60 + 450, "later new quick"),
        "increased": (50, "raised"),
        "decreased": (-110, "lowered"),
        "lost": (-70, "lost"),
    }
    assert kt.pipeline_bridge(crm, "2026-Q4").end == 150 + 120 + 40 + 90 + 500 + 900


def test_all_open_deals_are_neither_pulled_in_nor_pushed_out(bridge: Bridge) -> None:
    assert bridge["pulled in"].deals == bridge["pushed out"].deals == ()
    assert "pulled in" not in [part.name for part in bridge.parts]


# -- deals expected to close in a window

DATED = deals(
    ("stays", 10, "2026-05-01", "open", None, "2026-09-30"),
    ("slips", 25, "2026-05-01", "open", None, "2026-10-01"),
    ("undated", 30, "2026-05-01", "open", None, None),
    ("comes", 45, "2026-05-01", "open", None, "2026-07-01"),
    ("new", 50, "2026-07-10", "open", None, "2026-08-01"),
    ("newer", 60, "2026-07-10", "open", None, "2026-12-01"),
    ("early", 70, "2026-05-01", "won", "2026-08-15", "2026-11-15"),
    ("quick", 80, "2026-07-10", "lost", "2026-07-20", "2026-12-24"),
    ("due", 90, "2026-05-01", "won", "2026-09-10", "2026-08-31"),
    ("swings", 100, "2026-05-01", "open", None, "2026-11-11"),
    ("at once", 5, "2026-05-01", "lost", "2026-07-01 00:00", "2026-11-01"),
    ("next", 6, "2026-05-01", "lost", "2026-10-01 00:00", "2026-11-01"),
)
MOVED = changes(
    ("stays", "2026-08-01", "expected_close_on", "2026-07-01", "2026-09-30"),
    ("slips", "2026-08-01", "expected_close_on", "2026-09-30", "2026-10-01"),
    ("slips", "2026-08-03", "amount", "20", "25"),
    ("undated", "2026-08-01", "expected_close_on", "2026-08-15", ""),
    ("comes", "2026-08-01", "expected_close_on", "2026-10-01T10:00:00", "2026-07-01"),
    ("comes", "2026-08-02", "amount", "40", "45"),
    ("swings", "2026-08-01", "expected_close_on", "2026-11-11", "2026-09-01"),
    ("swings", "2026-08-08", "expected_close_on", "2026-09-01", "2026-11-11"),
)


def test_a_window_holds_what_is_expected_to_close_in_it() -> None:
    crm = crm_of(deals=DATED, record_changes=MOVED)
    found = kt.pipeline_bridge(crm, PERIOD, closing=PERIOD)
    assert told(found) == {
        "created": (50 + 80, "new quick"),
        # One whose closing lies in the window was pulled in by closing, whatever was expected.
        "pulled in": (5 + 45 + 70, "at once comes early"),
        # What leaves open leaves at its amount of the start: 20, not 25.
        "pushed out": (-20 - 30, "slips undated"),
        "lost": (-5 - 80, "at once quick"),
        "won": (-70 - 90, "due early"),
    }
    assert (found.start, found.end) == (10 + 20 + 30 + 90, 10 + 45 + 50)
    assert adds_up(found)


def test_a_window_after_the_period_loses_what_is_closed_early() -> None:
    crm = crm_of(deals=DATED, record_changes=MOVED)
    found = kt.pipeline_bridge(crm, PERIOD, closing="2026-Q4")
    assert told(found) == {
        "created": (60, "newer"),
        "pulled in": (25, "slips"),
        "pushed out": (-40, "comes"),
        "lost": (-5, "at once"),
        "won": (-70, "early"),
    }
    assert (found.start, found.end) == (5 + 6 + 40 + 70 + 100, 6 + 60 + 25 + 100)
    assert adds_up(found)


# -- members


def test_a_deal_that_changes_hands_is_taken_over_or_handed_over() -> None:
    table = deals(
        ("given", 10, "2026-05-01"),
        ("taken", 20, "2026-05-01"),
        ("taken and won", 30, "2026-05-01", "won", "2026-09-01"),
        ("given and won", 40, "2026-05-01", "won", "2026-09-01"),
        ("kept", 50, "2026-05-01"),
    ).assign(owner=["Bob", "Ann", "Ann", "Bob", "Ann"])
    log = changes(
        ("given", "2026-08-01", "owner", "Ann", "Bob"),
        ("taken", "2026-08-01", "owner", "Bob", "Ann"),
        ("taken and won", "2026-08-01", "owner", "Bob", "Ann"),
        ("given and won", "2026-08-01", "owner", "Ann", "Bob"),
    )
    found = kt.pipeline_bridge(
        crm_of(deals=table, record_changes=log), PERIOD, within={"owner": "Ann"}
    )
    assert told(found) == {
        "moved in": (20 + 30, "taken taken and won"),
        "moved out": (-10 - 40, "given given and won"),
        "won": (-30, "taken and won"),
    }
    assert (found.start, found.end, adds_up(found)) == (100, 70, True)
    assert found.knowledge.unrecorded == ("amount",)


# -- two exports


def test_two_exports_show_what_was_deleted_and_what_was_entered_late() -> None:
    before = deals(
        ("deleted", 10, "2026-05-01"),
        ("cheaper", 50, "2026-05-01"),
        ("noted late", 30, "2026-05-01"),
    )
    after = deals(
        ("cheaper", 20, "2026-05-01"),
        ("noted late", 30, "2026-05-01", "won", "2026-06-15"),
        ("forgotten", 40, "2026-04-01"),
        ("forgotten and won", 70, "2026-04-01", "won", "2026-07-31"),
        ("long gone", 80, "2026-04-01", "lost", "2026-05-01"),
        ("new", 60, "2026-09-30"),
        ("done", 90, "2026-08-01", "", "2026-09-01"),
    )
    found = kt.snapshot_bridge(
        crm_of("2026-07-01", deals=before), crm_of("2026-10-01", deals=after)
    )
    assert told(found) == {
        "created": (90 + 60, "done new"),
        "entered late": (40 + 70, "forgotten forgotten and won"),
        "decreased": (-30, "cheaper"),
        "removed": (-10, "deleted"),
        "closed": (-90, "done"),
        "won": (-70 - 30, "forgotten and won noted late"),
    }
    assert (found.start, found.end, adds_up(found)) == (90, 120, True)
    assert found.records("removed")["amount_at_start"].tolist() == [10]


def test_another_day_s_exchange_rate_is_apart_from_a_new_amount() -> None:
    rates = pd.DataFrame(
        {
            "day": ["2026-05-01", "2026-09-01"],
            "currency": "GBP",
            "rate": [1.1, 1.3],
        }
    )
    opened = deals(("a", 100, "2026-05-01"), ("b", 100, "2026-05-01")).assign(currency="GBP")
    closed = deals(
        ("a", 100, "2026-05-01", "won", "2026-09-01"),
        ("b", 120, "2026-05-01", "lost", "2026-09-02"),
    ).assign(currency="GBP")
    found = kt.snapshot_bridge(
        crm_of("2026-07-01", deals=opened, exchange_rates=rates),
        crm_of("2026-10-01", deals=closed, exchange_rates=rates),
    )
    assert told(found) == {
        "increased": (26, "b"),  # 20 more, at 1.3
        "exchange rates": (40, "a b"),
        "won": (-130, "a"),
        "lost": (-156, "b"),
    }
    assert (found.start, found.end, adds_up(found)) == (220, 0, True)


def test_recorded_amounts_are_converted_as_their_deal_is() -> None:
    rates = pd.DataFrame({"day": ["2026-05-01"], "currency": "GBP", "rate": [1.15]})
    table = deals(("a", 130.01, "2026-05-01")).assign(currency="GBP")
    log = changes(("a", "2026-08-01", "amount", "100.01", "130.01"))
    crm = crm_of(deals=table, record_changes=log, exchange_rates=rates)
    found = kt.pipeline_bridge(crm, PERIOD)
    assert found.start == Decimal("115.0115")
    assert found["increased"].amount == Decimal("34.5")
    assert found["exchange rates"].deals == ()


# -- what is not known


def test_without_changes_nothing_is_said_of_amounts() -> None:
    found = kt.pipeline_bridge(crm_of(deals=DEALS), PERIOD)
    assert found.knowledge.source == "today"
    assert not found["increased"].known and not found["decreased"].known
    assert found["created"].known
    assert (found.start, found.end) == (150 + 120 + 330 + 70 + 90, 150 + 120 + 40 + 90 + 500)
    assert adds_up(found)
    assert "not known" in str(found._repr_mimebundle_()["text/plain"])


def test_changes_of_other_fields_tell_nothing_of_amounts_and_dates() -> None:
    log = changes(("stays", "2026-06-01", "stage", "A", "B"))
    found = kt.pipeline_bridge(crm_of(deals=DATED, record_changes=log), PERIOD, closing=PERIOD)
    assert found.knowledge.source == "changes"
    assert found.knowledge.unrecorded == ("amount", "expected_close_on")
    unknown = [part.name for part in found.parts if not part.known]
    assert unknown == ["pulled in", "increased", "decreased", "pushed out"]
    assert found["pulled in"].deals == ("at once", "early")  # by closing, which is known
    assert adds_up(found)


def test_a_record_of_changes_that_begins_late_is_dated() -> None:
    log = changes(("raised", "2026-08-01", "amount", "100", "150"))
    found = kt.pipeline_bridge(crm_of(deals=DEALS, record_changes=log), PERIOD)
    assert str(found.knowledge.since) == "2026-07-31 22:00:00"


def test_a_value_that_cannot_be_read_is_counted_and_not_guessed() -> None:
    log = changes(
        ("raised", "2026-08-01", "amount", "1.000,00 €", "150"),
        ("lowered", "2026-08-01", "amount", "NaN", "120"),
        ("gone", "2026-08-01", "amount", "7", "8"),
    )
    found = kt.pipeline_bridge(crm_of(deals=DEALS, record_changes=log), PERIOD)
    assert found.knowledge.unreadable == (
        ("lowered", "amount", "NaN"),
        ("raised", "amount", "1.000,00 €"),
    )
    assert found.knowledge.gone == 1
    assert found.start == 150 + 120 + 330 + 70 + 90


def test_of_changes_at_one_instant_the_one_that_none_of_them_made_is_the_first() -> None:
    log = changes(
        ("raised", "2026-08-01", "amount", "130", "150"),
        ("raised", "2026-08-01", "amount", "100", "130"),
    )
    found = kt.pipeline_bridge(crm_of(deals=DEALS, record_changes=log), PERIOD)
    assert found["increased"].amount == 50


# -- the deals behind


@pytest.mark.parametrize("part", ["created", "increased", "decreased", "won", "lost", "reopened"])
def test_adding_the_effects_of_the_records_up_gives_the_part(bridge: Bridge, part: str) -> None:
    rows = bridge.records(part)
    assert rows["effect"].sum() == bridge[part].amount
    assert tuple(rows["deal_id"]) == bridge[part].deals
    assert rows["created_at"].notna().all()


def test_all_records_add_up_to_the_change(bridge: Bridge) -> None:
    assert bridge.records()["effect"].sum() == bridge.end - bridge.start
    assert bridge.records("start")["effect"].sum() == bridge.start
    assert tuple(bridge.records("end")["deal_id"]) == bridge.end_deals


def test_the_frame_has_a_row_a_part(bridge: Bridge) -> None:
    frame = bridge.frame
    assert frame.index[0] == "start" and frame.index[-1] == "end"
    assert frame.loc["won"].tolist() == [-390.0, 2, True]


# -- mistakes


def test_a_mistake_is_one_sentence(bridge: Bridge) -> None:
    crm = crm_of(deals=DEALS, record_changes=CHANGES)
    with pytest.raises(DefinitionError, match="part 'incresed'.*did you mean 'increased'"):
        bridge.records("incresed")
    with pytest.raises(DefinitionError, match="did you mean 'pulled in'"):
        bridge["pulled on"]
    with pytest.raises(DefinitionError, match=r"within 'ownr'"):
        kt.pipeline_bridge(crm, PERIOD, within={"ownr": "Ann"})
    with pytest.raises(PeriodError, match="'all'"):
        kt.pipeline_bridge(crm, "all")
    with pytest.raises(PeriodError, match="the later one"):
        kt.snapshot_bridge(crm, crm)
    with pytest.raises(NotAvailable, match=r"lack deals\.amount"):
        kt.pipeline_bridge(crm_of(deals=DEALS.drop(columns="amount")), PERIOD)
    with pytest.raises(NotAvailable, match=r"lack deals\.expected_close_on"):
        table = DEALS.drop(columns="expected_close_on")
        kt.pipeline_bridge(crm_of(deals=table), PERIOD, closing=PERIOD)


def test_its_queries_mean_the_same_in_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    crm = crm_of(deals=DEALS.assign(owner="Ann"), record_changes=CHANGES)
    asked: list[str] = []
    query = crm.query
    monkeypatch.setattr(crm, "query", lambda sql: asked.append(sql) or query(sql))
    kt.pipeline_bridge(crm, PERIOD, closing=PERIOD, within={"owner": "Ann"})
    assert len(asked) >= 5
    assert all(dialect.postgresql(sql) for sql in asked)
