"""How a deal moves through the stages: what it visits, how long it stays, and how it ends."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import season, workdays
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole, lognormal
from kpi_toolkit.crm.sample.people import LEAVER, LEAVES, SELLERS
from kpi_toolkit.crm.sample.traits import KINDS, PARTNER, PARTNER_PROGRAMME, Traits

STAGES = ("Qualification", "Discovery", "Proposal", "Negotiation")
PROBABILITIES = (0.10, 0.25, 0.50, 0.75)
PROPOSAL = STAGES.index("Proposal")
# Every deal walks these eight slots and skips most of the repeated ones, which are steps back.
SLOTS = np.array([0, 1, 2, 1, 2, 3, 2, 3])
MEAN_DAYS = np.array([6, 10, 13, 3, 5, 11, 4, 4])  # working days
LOST_REASONS = ("price", "no decision", "competitor", "timing", "missing feature", "cancelled")
REASON_WEIGHTS = (33, 26, 19, 13, 9)
CANCELLED = LOST_REASONS.index("cancelled")

LEGAL_REVIEW = workdays.position(date(2026, 8, 3))
LEGAL_REVIEW_DAYS = 4  # to 6 working days: six to eight days with the week-ends
LEFT = workdays.position(LEAVES)
STALL_DAYS = 55

SOURCE_ODDS = np.array([390, 290, 390, 335, 450])  # thousandths
PARTNER_ODDS = 90
KIND_ODDS = np.array([-25, 130, 40, -10])
SEGMENT_ODDS = np.array([10, 0, -40])
SKILL_ODDS = 12
SEGMENT_PACE = np.array([85, 112, 150])  # per cent of the mean stay
KIND_PACE = np.array([112, 88, 98, 98])
GIVEN_UP_PACE = 160
WON_RUSH, LOST_RUSH = 380, 150
LATE_SHARE = 0.015
LATE_DAYS = (4, 26)  # working days: 5 to 40 days


@dataclass(frozen=True)
class Path:
    """Working days: `entered` has a column a slot, -1 where it was skipped; `noted` is when the CRM
    was told of the end."""

    entered: Whole
    closed: Whole
    noted: Whole
    won: Flag
    reason: Whole


def walk(draws: Draws, name: str, traits: Traits) -> Path:
    """The way of every deal from its creation to its end, whenever that is."""
    size = len(traits.created)
    won = draws.below(f"{name}.won", 1000, size) < _odds(traits)
    visited = _visited(draws, name, traits, won)
    entered, closed = _pace(draws, name, traits, visited, won)
    closed = season.rush(draws, name, closed, np.where(won, WON_RUSH, LOST_RUSH))
    reason = draws.choice(f"{name}.reason", REASON_WEIGHTS, size)
    late = draws.chance(f"{name}.late", LATE_SHARE, size)
    wait = LATE_DAYS[0] + draws.below(f"{name}.late_days", LATE_DAYS[1] - LATE_DAYS[0] + 1, size)
    noted = np.where(late, closed + wait, closed)
    return Path(np.where(visited, entered, -1), closed, noted, won, reason)


def _odds(traits: Traits) -> Whole:
    skill = np.array([seller.skill for seller in SELLERS])[traits.seller]
    partner = (traits.source == PARTNER) & (traits.created >= PARTNER_PROGRAMME)
    odds = SOURCE_ODDS[traits.source] + KIND_ODDS[traits.kind] + SEGMENT_ODDS[traits.segment]
    return odds + SKILL_ODDS * skill + np.where(partner, PARTNER_ODDS, 0)


def _visited(draws: Draws, name: str, traits: Traits, won: Flag) -> Flag:
    """Slots of each deal: some skip Discovery, a few step back, lost ones stop on their way."""
    size = len(won)
    renewal = traits.kind == KINDS.index("renewal")
    skips = draws.chance(f"{name}.skip", np.where(renewal, 0.55, 0.09), size)
    back = draws.chance(f"{name}.back_to_discovery", 0.04, size) & ~skips
    again = draws.chance(f"{name}.back_to_proposal", 0.05, size)
    lost_in = draws.choice(f"{name}.lost_in", (24, 30, 30, 16), size)
    last = np.where(won, np.where(draws.chance(f"{name}.short", 0.12, size), 2, 3), lost_in)
    yes = np.ones(size, dtype=bool)
    slots = (yes, ~skips | (last == 1), yes, back, back, yes, again, again)
    return np.stack(slots, axis=1) & _reached(last)


def _reached(last: Whole) -> Flag:
    slots = np.arange(len(SLOTS))
    return slots[None, :] < np.array([1, 2, 5, 8])[last][:, None]


def _pace(draws: Draws, name: str, traits: Traits, visited: Flag, won: Flag) -> tuple[Whole, Whole]:
    """Slot after slot: the day it is entered, and the day the last is left."""
    days = _days(draws, name, traits, visited, won)
    review = LEGAL_REVIEW_DAYS + draws.below(f"{name}.review", 3, len(won))
    stall = STALL_DAYS + draws.below(f"{name}.stall", 60, len(won))
    theirs = traits.seller == [seller.name for seller in SELLERS].index(LEAVER)
    entered, now = np.empty_like(days), traits.created
    for slot, stage in enumerate(SLOTS):
        entered[:, slot] = now
        leaves = now + days[:, slot]
        if stage == PROPOSAL:
            leaves = leaves + np.where(leaves >= LEGAL_REVIEW, review, 0)
        stalls = theirs & (now <= LEFT) & (leaves > LEFT)
        now = np.where(visited[:, slot], leaves + np.where(stalls, stall, 0), now)
    return entered, now


def _days(draws: Draws, name: str, traits: Traits, visited: Flag, won: Flag) -> Whole:
    """Working days of each stay, one at least; a deal is given up later than it is won."""
    skew = draws.skewed(f"{name}.stay", lognormal(0.6), *visited.shape)
    pace = SEGMENT_PACE[traits.segment] * KIND_PACE[traits.kind] * np.where(won, 100, GIVEN_UP_PACE)
    return np.maximum(1, (skew * MEAN_DAYS * pace[:, None] + 500_000_000) // 1_000_000_000)
