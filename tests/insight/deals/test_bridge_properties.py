"""Whatever happens to deals, the parts of a bridge add up, and both sources tell the same."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import kpi_toolkit as kt
from kpi_toolkit.insight.deals.bridge import Bridge
from kpi_toolkit.insight.deals.bridging import member_bridges
from kpi_toolkit.insight.deals.moves import Course, Perimeter, State, moves
from kpi_toolkit.period import Calendar, parse_period
from tests.insight.deals.deal_tables import changes, deals

FIRST, LAST = dt.datetime(2026, 5, 1), dt.datetime(2026, 11, 27)  # noqa: DTZ001 - naive UTC
START, END = dt.datetime(2026, 7, 1), dt.datetime(2026, 10, 1)  # noqa: DTZ001
DAYS = (LAST - FIRST).days
OWNERS = ("Ann", "Bob")
OUTCOMES = ("won", "lost")
WINDOWS = (None, "2026-Q3", "2026-Q4")


# -- one deal, looked at twice

CALENDAR = Calendar("UTC")
amounts = st.none() | st.decimals(0, 1000, places=2)
instants = st.integers(-1, DAYS).map(lambda days: FIRST + dt.timedelta(days))
states = st.builds(
    State,
    amount=amounts,
    expected_on=st.none() | instants.map(dt.datetime.date),
    outcome=st.sampled_from([None, "won", "lost", ""]),
    closed_at=instants,
    members=st.sampled_from([("Ann",), ("Bob",)]),
    original=amounts,
)
courses = st.builds(
    Course, st.just("d"), instants, before=st.none() | states, after=st.none() | states
)


@settings(max_examples=120)
@given(courses, st.sampled_from(WINDOWS))
def test_the_parts_of_a_deal_add_up_to_its_change(course: Course, window: str | None) -> None:
    closing = parse_period(window, CALENDAR, END) if window else None
    perimeter = Perimeter(START, END, closing, ("Ann",))
    before, after = (
        state.worth if state and perimeter.holds(state) else Decimal(0)
        for state in (course.before, course.after)
    )
    found = list(moves(course, perimeter))
    assert sum((move.amount for move in found), before) == after
    assert len({move.part for move in found}) == len(found) <= 3


# -- histories, as changes and as two exports


@dataclass(frozen=True)
class Life:
    """A deal's creation and its later events, each at a day of its own."""

    created: int
    amount: int
    expected: int | None
    owner: str
    events: Sequence[tuple[int, str, object]]


def history(seed: int, size: int = 40) -> list[Life]:
    """The lives of some deals; much happens on the first days of the period and after it."""
    chance = random.Random(seed)
    turns = [(START - FIRST).days, (END - FIRST).days] * 15

    def life() -> Life:
        days = sorted(set(chance.choices([*range(DAYS), *turns], k=chance.randint(1, 7))))
        events = []
        for at in days[1:]:
            field = chance.choice(("amount", "expected_close_on", "owner", "status"))
            events.append((at, field, value(field)))
        first = (value(field) for field in ("amount", "expected_close_on", "owner"))
        return Life(days[0], *first, events)  # type: ignore[arg-type]

    def value(field: str) -> object:
        if field == "amount":
            return chance.randrange(100)
        if field == "owner":
            return chance.choice(OWNERS)
        days = [None, *turns, *range(DAYS)]
        return chance.choice(days) if field == "expected_close_on" else chance.choice(OUTCOMES)

    return [life() for _ in range(size)]


def day(offset: int | None) -> str | None:
    return None if offset is None else str((FIRST + dt.timedelta(offset)).date())


def told(lives: Sequence[Life], until: dt.datetime) -> dict[str, pd.DataFrame]:
    """The tables as they stood at an instant, with the changes up to it."""
    known = (until - FIRST).days
    rows, owners, log = [], [], []
    for number, life in enumerate(lives):
        if life.created >= known:
            continue
        now = {"amount": life.amount, "expected_close_on": day(life.expected)}
        now |= {"owner": life.owner, "status": "open"}
        closed = None
        for at, field, new in (event for event in life.events if event[0] < known):
            reopens = field == "status" and now["status"] != "open"
            new = day(new) if field == "expected_close_on" else "open" if reopens else new
            old, now[field] = now[field], new
            log.append(
                (f"d{number}", day(at), field, *(v if v is None else str(v) for v in (old, new)))
            )
            if field == "status":
                closed = None if reopens else day(at)
        rows.append(
            (f"d{number}", now["amount"], day(life.created), now["status"], closed)
            + (now["expected_close_on"],)
        )
        owners.append(now["owner"])
    return {"deals": deals(*rows).assign(owner=owners), "record_changes": changes(*log)}


def parts(bridge: Bridge) -> dict[str, tuple[Decimal, tuple[str, ...]]]:
    return {part.name: (part.amount, part.deals) for part in bridge.parts if part.deals}


@settings(max_examples=12, phases=[Phase.generate])
@given(
    st.builds(history, st.integers(0, 10**6)),
    st.sampled_from(WINDOWS),
    st.sampled_from([None, {"owner": "Ann"}]),
)
def test_changes_and_exports_tell_the_same(
    found: list[Life], closing: str | None, within: dict[str, str] | None
) -> None:
    at = {moment: kt.from_frames(as_of=moment, **told(found, moment)) for moment in (START, END)}
    today = kt.from_frames(as_of=LAST, **told(found, LAST))
    given = {"closing": closing, "within": within}
    by_changes = kt.pipeline_bridge(today, "2026-Q3", **given)
    by_exports = kt.snapshot_bridge(at[START], at[END], **given)
    assert parts(by_changes) == parts(by_exports)
    assert by_changes.start_deals == by_exports.start_deals
    assert by_changes.end_deals == by_exports.end_deals
    for bridge in (by_changes, by_exports):
        assert bridge.start + sum(part.amount for part in bridge.parts) == bridge.end
        assert_every_deal_adds_up(bridge)


def assert_every_deal_adds_up(bridge: Bridge) -> None:
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for move in bridge.moves:
        moved[move.deal_id] += move.amount
    for course in bridge.courses:
        before, after = (
            state.worth if state and course.deal_id in deals else 0
            for state, deals in (
                (course.before, bridge.start_deals),
                (course.after, bridge.end_deals),
            )
        )
        assert before + moved[course.deal_id] == after


@settings(max_examples=5, phases=[Phase.generate])
@given(st.builds(history, st.integers(0, 10**6)), st.sampled_from(WINDOWS))
def test_a_period_begins_where_the_one_before_ended(found: list[Life], closing: str | None) -> None:
    today = kt.from_frames(as_of=LAST, **told(found, LAST))
    months = [
        kt.pipeline_bridge(today, month, closing=closing)
        for month in ("2026-07", "2026-08", "2026-09")
    ]
    quarter = kt.pipeline_bridge(today, "2026-Q3", closing=closing)
    assert [b.start for b in months[1:]] == [b.end for b in months[:-1]]
    assert [b.start_deals for b in months[1:]] == [b.end_deals for b in months[:-1]]
    assert (quarter.start, quarter.end) == (months[0].start, months[-1].end)


@settings(max_examples=20, phases=(Phase.explicit, Phase.generate))
@given(st.builds(history, st.integers(0, 10**6)))
def test_the_bridges_of_all_members_are_together_that_of_all_deals(found: list[Life]) -> None:
    crm = kt.from_frames(**told(found, LAST), as_of=LAST)
    whole = kt.pipeline_bridge(crm, "2026-Q3")
    each = member_bridges(crm, "2026-Q3", by="owner")
    assert sum(one.start for one in each) == whole.start
    assert sum(one.end for one in each) == whole.end
    assert sum(sum(part.amount for part in one.parts) for one in each) == whole.end - whole.start
    for one in each:
        alone = kt.pipeline_bridge(crm, "2026-Q3", within=dict(one.within))
        assert parts(one) == parts(alone)
        assert_every_deal_adds_up(one)
