"""Leads: those that became a deal, and the many that did not."""

from dataclasses import dataclass

import numpy as np

from kpi_toolkit.crm.sample import season, workdays
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole, exponential
from kpi_toolkit.crm.sample.history import History
from kpi_toolkit.crm.sample.pipeline import Deals
from kpi_toolkit.crm.sample.workdays import NEVER

OTHER_LEADS = 17_500
NEW_DEALS_WITH, LATER_DEALS_WITH = 0.88, 0.13
CHANNELS = {
    "inbound": ("website", "search", "social"),
    "outbound": ("phone", "email", "phone"),
    "partner": ("partner", "partner", "marketplace"),
    "event": ("trade show", "webinar", "trade show"),
    "referral": ("word of mouth", "word of mouth", "social"),
}
OPENS, CLOSES = 8 * 3600, 19 * 3600
ANSWER_SECONDS = 5_400


@dataclass(frozen=True)
class Leads:
    """A column each, in order of creation; instants in seconds since 1970 UTC, `deal` -1 for none.

    `merged_into` is a position among the leads, or -1.
    """

    created: Whole
    contacted: Whole
    qualified: Whole
    merged: Whole
    merged_into: Whole
    deal: Whole
    source: Whole
    channel: Whole
    segment: Whole
    seller: Whole
    score: Whole


def generate(draws: Draws, deals: Deals, history: History) -> Leads:
    """Leads of deals come days before them; of the others most are contacted, a third qualified."""
    odds = np.where(deals.traits.kind == 0, NEW_DEALS_WITH, LATER_DEALS_WITH)
    linked = np.flatnonzero(draws.chance("leads.linked", odds, len(odds)) & ~history.whole)
    others = season.openings(draws, "leads", OTHER_LEADS)
    lag = 5 + draws.skewed("leads.lag", exponential(), len(linked)) * 3 // 1000
    day = np.concatenate([deals.traits.created[linked] - lag, others])
    order = np.argsort(day, kind="stable")
    deal = np.concatenate([linked, np.full(len(others), -1)])[order]
    return _lives(draws, deals, day[order], deal)


def _lives(draws: Draws, deals: Deals, day: Whole, deal: Whole) -> Leads:
    size, mine = len(day), deal >= 0
    traits = deals.traits
    region = np.where(
        mine,
        traits.region[deal],
        draws.choice("leads.region", [region.weight for region in lists.REGIONS], size),
    )
    source = np.where(mine, traits.source[deal], lists.sources(draws, "leads", day))
    segment = draws.choice("leads.segment", lists.SEGMENT_WEIGHTS, size)
    seller = np.where(mine, traits.seller[deal], lists.sellers(draws, "leads", region, day))
    seconds = OPENS + draws.below("leads.hour", CLOSES - OPENS, size)
    reached = draws.chance("leads.reached", 0.82, size) | mine
    wait, contacted = _first_contact(draws, day, seconds)
    merged, into = _merges(draws, day, mine)
    qualified = day + wait + 1 + draws.below("leads.qualified_after", 6, size)
    qualified = np.where(mine, traits.created[deal] - 1, qualified)
    fit = mine | (reached & (merged == NEVER) & draws.chance("leads.fit", 0.3, size))
    clock = draws.below("leads.clock", CLOSES - OPENS, size) + OPENS
    never = workdays.instants(np.full(size, NEVER), clock)
    return Leads(
        created=workdays.instants(day, seconds),
        contacted=np.where(reached & (merged == NEVER), contacted, never),
        qualified=np.where(fit, workdays.instants(np.minimum(qualified, NEVER), clock), never),
        merged=np.where(merged < NEVER, workdays.instants(merged, clock), never),
        merged_into=into,
        deal=deal,
        source=source,
        channel=draws.below("leads.channel", 3, size),
        segment=np.where(mine, traits.segment[deal], segment),
        seller=seller,
        score=15 + draws.below("leads.score", 55, size) + np.where(fit, 25, 0),
    )


def _first_contact(draws: Draws, day: Whole, seconds: Whole) -> tuple[Whole, Whole]:
    """Three in five are called back the same day, the others within three working days."""
    size = len(day)
    answer = (
        seconds + 300 + draws.skewed("leads.answer", exponential(), size) * ANSWER_SECONDS // 1000
    )
    today = draws.chance("leads.today", 0.65, size) & (answer < CLOSES)
    wait = np.where(today, 0, 1 + draws.below("leads.wait", 3, size))
    later = OPENS + draws.below("leads.contact_hour", CLOSES - OPENS, size)
    return wait, workdays.instants(day + wait, np.where(today, answer, later))


def _merges(draws: Draws, day: Whole, mine: Flag) -> tuple[Whole, Whole]:
    """One in 28 leads that led to nothing is found to be an earlier one, itself not merged."""
    size = len(day)
    into = np.arange(size) - 1 - draws.below("leads.twin", 300, size)
    twin = draws.chance("leads.merged", 0.035, size) & ~mine & (into >= 0)
    twin &= ~twin[into]
    after = day + 1 + draws.below("leads.merged_after", 10, size)
    return np.where(twin, after, NEVER), np.where(twin, into, -1)
