"""How a target stands, worked out by hand on a few deals."""

import datetime as dt

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.format import Format
from kpi_toolkit.insight.targets.pace import Progress, is_additive, is_level, progress
from kpi_toolkit.insight.targets.targets import Target, Targets
from kpi_toolkit.insight.targets.words import message, sentence, state_word
from kpi_toolkit.kpis import find
from kpi_toolkit.measures.evaluate import Evaluation
from tests.insight.readings import period, value

# 22 business days in September 2026, ten of them over on the morning of the 15th.
MID = dt.datetime.fromisoformat("2026-09-15")
END = dt.datetime.fromisoformat("2026-10-05")
ENGLISH = Format("en", "EUR")


def crm() -> Crm:
    """Ann won 60 and 40 by the 15th, Bob 20 after it; one deal was lost."""
    deals = pd.DataFrame(
        {
            "deal_id": ["1", "2", "3", "4"],
            "owner": ["Ann", "Ann", "Bob", "Bob"],
            "status": ["won", "won", "won", "lost"],
            "amount": [60.0, 40.0, 20.0, 10.0],
            "created_at": pd.to_datetime(["2026-08-01"] * 4),
            "closed_at": pd.to_datetime(["2026-09-02", "2026-09-14", "2026-09-20", "2026-09-03"]),
        }
    )
    return from_frames(as_of=END, time_zone="UTC", deals=deals)


def standing(moment: dt.datetime = MID, **facts: object) -> Progress:
    given = {"kpi": "won_value", "text": "2026-09", "value": 220.0} | facts
    target = Target(period=period(str(given["text"])), **given)  # type: ignore[arg-type]
    (found,) = progress([target], moment, Evaluation(crm(), END))
    return found


def test_a_sum_is_expected_by_its_share_of_the_business_days() -> None:
    found = standing()
    assert (found.elapsed, found.days) == (10, 22)
    assert found.value.value == 100
    assert found.expected == pytest.approx(100.0)  # 220 * 10 / 22
    assert found.attainment == pytest.approx(100 / 220)
    assert (found.on_pace, found.state) == (True, "on_pace")
    assert (found.rate, found.needed) == (10.0, 10.0)  # 120 left in twelve days
    assert found.landing is not None
    assert found.landing.value == pytest.approx(220.0)


def test_in_the_first_tenth_of_the_days_it_is_too_early_to_judge() -> None:
    """Two of 22 business days are over, then three."""
    third, fourth = (dt.datetime.fromisoformat(f"2026-09-0{day}") for day in (3, 4))
    assert (standing(third).state, standing(fourth).state) == ("early", "on_pace")
    assert standing(third, value=60.0).state == "reached"
    assert standing(third).on_pace is True


def test_a_target_just_above_is_behind() -> None:
    assert standing(value=220.5).state == "behind"


def test_a_rate_is_expected_whole() -> None:
    found = standing(kpi="decided_win_rate", value=0.7)
    assert found.value.value == pytest.approx(2 / 3)
    assert (found.expected, found.state, found.needed) == (0.7, "behind", None)
    assert found.landing is not None
    assert found.landing.value == found.value.value


@pytest.mark.parametrize(("aim", "state"), [(120.0, "reached"), (120.5, "missed")])
def test_a_period_that_is_over_is_reached_or_missed(aim: float, state: str) -> None:
    found = standing(END, value=aim)
    assert (found.value.value, found.expected, found.state) == (120, aim, state)
    assert (found.landing, found.needed, found.best) == (None, None, None)


def test_a_sum_may_reach_its_target_early() -> None:
    found = standing(value=100.0)
    assert (found.state, found.needed) == ("reached", None)


def test_a_members_target_is_measured_by_the_member() -> None:
    assert standing(END, dimension="owner", member="Bob", value=30.0).value.value == 20
    assert standing(END, dimension="owner", member="Nobody").value.value == 0


def test_what_smart_finds_fault_with_is_left_out() -> None:
    bad = [
        Target("won_valeu", "2026-09", period("2026-09"), 1.0),
        Target("won_value", "soon", None, 1.0),
        Target("won_value", "2026-09", period("2026-09"), None),
        Target("won_value", "2026-09", period("2026-09"), 1.0, "ownr", "Ann"),
    ]
    assert progress(bad, MID, Evaluation(crm(), END)) == []


def made(number: float | None, aim: float, **facts: object) -> Progress:
    now = value(number, "2026-09", better="down", **facts)
    target = Target("won_value", "2026-09", period("2026-09"), aim)
    return Progress(target, period("2026-09"), now, True, 22, 10, False)


def test_where_lower_is_better_nothing_at_all_is_on_pace() -> None:
    """It has no attainment: no share of a target that one may only stay below."""
    found = made(0.0, 22.0)
    assert (found.attainment, found.on_pace, found.state) == (None, True, "on_pace")


def test_where_lower_is_better_a_sum_is_missed_as_soon_as_it_is_exceeded() -> None:
    assert made(10.0, 22.0).state == "on_pace"
    assert made(11.0, 22.0).state == "behind"
    assert made(23.0, 22.0).state == "missed"


def test_outcomes_to_come_leave_the_verdict_open() -> None:
    up = made(0.2, 0.3, maturing=True, unit="percent")
    rising = Progress(
        up.target, up.period, value(0.2, "2026-09", maturing=True), False, 22, 22, True
    )
    assert rising.state == "open"
    assert up.state == "open"
    assert made(0.4, 0.3, maturing=True).state == "missed"


def test_without_a_value_there_is_no_verdict() -> None:
    assert made(None, 22.0).state == "unknown"
    assert made(None, 22.0, status="not_available").state == "refused"


def test_a_period_without_a_business_day_expects_nothing_before_its_end() -> None:
    sunday = Target("won_value", "2026-09-20", period("2026-09-20"), 5.0)
    found = Progress(sunday, period("2026-09-20"), value(1.0, "2026-09-20"), True, 0, 0, False)
    assert (found.expected, found.on_pace, found.state) == (None, None, "unknown")


@pytest.mark.parametrize(
    ("kpi", "additive"),
    [
        ("won_value", True),
        ("leads_created", True),
        ("decided_win_rate", False),
        ("sales_cycle", False),
        ("pipeline_value", False),
        ("buying_customers", False),
    ],
)
def test_only_a_sum_or_count_of_events_is_additive(kpi: str, additive: bool) -> None:
    assert is_additive(find(kpi).bind()) is additive


def test_a_sentence_says_what_is_expected_and_what_the_rest_needs() -> None:
    assert sentence(standing(value=242.0), ENGLISH) == (
        "Won value: €100 in September 2026, 41% of the target of €242; behind, since €110 was to "
        "be expected after 10 of 22 business days; each business day left has to bring €11.83; "
        "landing: €220."
    )
    assert sentence(standing(END, value=150.0), ENGLISH) == (
        "Won value: €120 in September 2026, 80% of the target of €150; missed."
    )


def test_the_message_counts_and_names_the_furthest_behind() -> None:
    behind, ahead = standing(value=440.0), standing(value=200.0)
    text = message([behind, ahead], ENGLISH)
    assert text == "One of 2 targets is reached or on pace; furthest behind: Won value (50%)."
    assert message([ahead], ENGLISH) == "The target is reached or on pace."
    assert message([behind], ENGLISH).startswith("No target is reached or on pace;")
    assert state_word(behind, Format("fr", "EUR")) == "en retard"


def test_targets_are_read_with_their_owner() -> None:
    frame = pd.DataFrame(
        {"kpi": ["won_value"], "period": ["2026-09"], "value": [1.0], "owner": ["Eve"]}
    )
    assert Targets.of(from_frames(targets=frame)).rows[0].owner == "Eve"


def test_a_month_is_judged_by_its_quarters_target_where_it_means_the_same() -> None:
    """A mean, a rate, what is open at an end; no sum, and no rate that grows with its period."""
    judged = {"sales_cycle", "decided_win_rate", "average_won_deal", "pipeline_value"}
    apart = {"won_value", "opportunities_created", "retention_rate", "new_customers"}
    assert {name for name in judged | apart if is_level(find(name).bind())} == judged
