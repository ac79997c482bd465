"""The instants of every deal: when things happened, and when the CRM learnt of them."""

from dataclasses import dataclass

import numpy as np

from kpi_toolkit.crm.sample import stays, workdays
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole
from kpi_toolkit.crm.sample.history import History
from kpi_toolkit.crm.sample.pipeline import Deals
from kpi_toolkit.crm.sample.workdays import NEVER

OPENS, SPAN = 8 * 3600 + 1800, 10 * 3600
NO_OWNER, NO_SOURCE, NO_EXPECTED_CLOSE = 0.01, 0.02, 0.03
FIRST_CONTACT_NOTED = 0.75
STAGE_AHEAD = np.array([40, 34, 25, 11])  # working days to the end, as sellers see it


@dataclass(frozen=True)
class Moments:
    """Seconds since 1970 UTC, a row a deal; `expected` is a working day for each slot.

    `visited` marks the slots the deal entered, `moved` those that put the expected closing off.
    """

    recorded: Whole
    entered: Whole
    visited: Flag
    expected: Whole
    moved: Flag
    closed: Whole
    noted: Whole
    priced: Whole
    corrected: Whole
    cancelled: Whole
    handed: Whole
    first_contact: Whole
    has_first_contact: Flag
    has_owner: Flag
    has_source: Flag
    has_expected: Flag


def place(draws: Draws, deals: Deals, history: History) -> Moments:
    """Every event at an hour of its working day."""
    path, size = deals.path, len(deals.account)

    def at(name: str, day: Whole) -> Whole:
        clock = OPENS + draws.below(f"clock.{name}", SPAN, *day.shape)
        return workdays.instants(np.clip(day, 0, NEVER), clock)

    entered, closed = at("entered", path.entered), at("closed", path.closed)
    noted = np.where(history.noted > path.closed, at("noted", history.noted), closed)
    expected, moved = _expected(draws, path.entered)
    return Moments(
        recorded=np.where(history.whole, noted, entered[:, 0]),
        entered=entered,
        visited=path.entered >= 0,
        expected=expected,
        moved=moved & ~history.whole[:, None],
        closed=closed,
        noted=noted,
        priced=at("priced", history.priced),
        corrected=at("corrected", history.corrected),
        cancelled=at("cancelled", history.cancelled),
        handed=at("handed", history.handed),
        first_contact=at("first_contact", path.entered[:, 0] - 1 - draws.below("contact", 4, size)),
        has_first_contact=draws.chance("contact.noted", FIRST_CONTACT_NOTED, size),
        has_owner=~draws.chance("deals.no_owner", NO_OWNER, size),
        has_source=~draws.chance("deals.no_source", NO_SOURCE, size),
        has_expected=~draws.chance("deals.no_expected", NO_EXPECTED_CLOSE, size),
    )


def _expected(draws: Draws, entered: Whole) -> tuple[Whole, Flag]:
    """The expected closing noted at creation, and put off at half of the later stages."""
    ahead = (
        STAGE_AHEAD[stays.SLOTS] * (60 + draws.below("expected.ahead", 90, *entered.shape)) // 100
    )
    moved = draws.chance("expected.moved", 0.5, *entered.shape) & (entered >= 0)
    moved[:, 0] = False
    expected = np.empty_like(entered)
    now = expected[:, 0] = entered[:, 0] + ahead[:, 0]
    for slot in range(1, entered.shape[1]):
        later = entered[:, slot] + ahead[:, slot]
        moved[:, slot] &= later != now
        now = expected[:, slot] = np.where(moved[:, slot], later, now)
    return expected, moved
