"""What the CRM learnt and when: late entries, negotiated amounts, new owners, corrections."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import stays, workdays
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole
from kpi_toolkit.crm.sample.people import LEAVER, SELLERS
from kpi_toolkit.crm.sample.pipeline import Deals
from kpi_toolkit.crm.sample.workdays import NEVER

ENTERED_AT_ONCE = 0.2
NEGOTIATED_SHARE = 0.35
HANDED_OVER_SHARE = 0.03
HANDED_OVER = workdays.position(date(2026, 8, 31)), workdays.position(date(2026, 9, 11))
CORRECTED_SHARE, CANCELLED_SHARE = 0.004, 0.003

JUNE = workdays.position(date(2026, 6, 1)), workdays.position(date(2026, 7, 1))
RESTATED = workdays.position(date(2026, 7, 7)), workdays.position(date(2026, 9, 28))
JUNE_CANCELLED, JUNE_CORRECTED, JUNE_LATE, JUNE_UNKNOWN = 8, 5, 5, 2


@dataclass(frozen=True)
class History:
    """Working days on which the CRM learnt each fact, NEVER when it did not.

    `whole` deals were entered on `noted`, with all that was before. The amount is the first one,
    from `priced` on the agreed one, and from `corrected` on the last.
    """

    noted: Whole
    whole: Flag
    first_amount: Whole
    priced: Whole
    corrected: Whole
    last_amount: Whole
    cancelled: Whole
    handed: Whole
    next_seller: Whole


def record(draws: Draws, deals: Deals) -> History:
    """The history of every deal."""
    noted, whole = _closings(draws, deals)
    first, priced = _negotiation(draws, deals)
    cancelled, corrected = _afterthoughts(draws, deals, noted)
    factor = np.where(
        draws.chance("corrected.up", 0.25, len(noted)),
        1030 + draws.below("corrected.more", 150, len(noted)),
        600 + draws.below("corrected.less", 250, len(noted)),
    )
    handed, seller = _handovers(draws, deals)
    return History(
        noted=noted,
        whole=whole,
        first_amount=np.where(whole, deals.amount, first),
        priced=np.where(whole, NEVER, priced),
        corrected=corrected,
        last_amount=deals.amount * factor // 10_000 * 10,
        cancelled=cancelled,
        handed=np.where(whole, NEVER, handed),
        next_seller=seller,
    )


def _closings(draws: Draws, deals: Deals) -> tuple[Whole, Flag]:
    """When each end was noted; a fifth of the late ones had no record at all until then."""
    closed, size = deals.path.closed, len(deals.account)
    late = deals.path.noted > closed
    whole = draws.chance("late.whole", ENTERED_AT_ONCE, size) & late & (deals.traits.kind > 0)
    planted = _some(draws, "late.june", _won_in_june(deals, deals.path.noted), JUNE_LATE)
    noted = deals.path.noted.copy()
    noted[planted] = RESTATED[0] + draws.below("late.july", 15, JUNE_LATE)
    whole[planted[:JUNE_UNKNOWN]] = True
    return noted, whole


def _won_in_june(deals: Deals, entered: Whole) -> Flag:
    closed = deals.path.closed
    june = (closed >= JUNE[0]) & (closed < JUNE[1]) & (entered < JUNE[1])
    return deals.path.won & june & (deals.traits.kind > 0)


def _some(draws: Draws, name: str, candidates: Flag, count: int) -> Whole:
    """`count` of the candidates' positions."""
    places = np.flatnonzero(candidates)
    return places[np.argsort(draws.uniform(name, len(places)), kind="stable")[:count]]


def _negotiation(draws: Draws, deals: Deals) -> tuple[Whole, Whole]:
    """Some amounts are first the customer's wish, and change with a Proposal or Negotiation."""
    slots = (deals.path.entered >= 0) & (stays.SLOTS >= stays.PROPOSAL)
    changed = draws.chance("negotiated", NEGOTIATED_SHARE, len(slots)) & slots.any(axis=1)
    kept = 800 + draws.below("negotiated.kept", 320, len(slots))
    wish = (deals.amount * 1000 // kept + 5) // 10 * 10
    day = deals.path.entered[np.arange(len(slots)), slots.argmax(axis=1)]
    return np.where(changed, wish, deals.amount), np.where(changed, day, NEVER)


def _afterthoughts(draws: Draws, deals: Deals, noted: Whole) -> tuple[Whole, Whole]:
    """When signed deals were cancelled, and when their amount was corrected; never both."""
    size = len(noted)
    signed = deals.path.won & (deals.traits.kind > 0)
    cancelled = _afterwards(draws, "cancelled", signed, CANCELLED_SHARE, noted)
    corrected = _afterwards(draws, "corrected", deals.path.won, CORRECTED_SHARE, noted)
    large = _won_in_june(deals, noted) & (deals.traits.segment > 0)
    planted = _some(draws, "june", large, JUNE_CANCELLED + JUNE_CORRECTED)
    day = RESTATED[0] + draws.below("june.day", RESTATED[1] - RESTATED[0], len(planted))
    cancelled[planted], corrected[planted] = NEVER, NEVER
    cancelled[planted[:JUNE_CANCELLED]] = day[:JUNE_CANCELLED]
    corrected[planted[JUNE_CANCELLED:]] = day[JUNE_CANCELLED:]
    return cancelled, np.where(cancelled < NEVER, np.full(size, NEVER), corrected)


def _afterwards(draws: Draws, name: str, signed: Flag, share: float, noted: Whole) -> Whole:
    wait = 3 + draws.below(f"{name}.wait", 45, len(noted))
    return np.where(draws.chance(name, share, len(noted)) & signed, noted + wait, NEVER)


def _handovers(draws: Draws, deals: Deals) -> tuple[Whole, Whole]:
    """A few deals change hands as they enter a stage; the leaver's wait for September."""
    traits, size = deals.traits, len(deals.account)
    slot = np.array([2, 5])[draws.below("handed.slot", 2, size)]
    day = deals.path.entered[np.arange(size), slot]
    some = draws.chance("handed", HANDED_OVER_SHARE, size) & (day >= 0)
    theirs = _left_behind(deals)
    span = HANDED_OVER[1] - HANDED_OVER[0]
    september = HANDED_OVER[0] + draws.below("handed.september", span, size)
    taken = theirs & draws.chance("handed.taken", 0.65, size)
    day = np.where(theirs, np.where(taken, september, NEVER), np.where(some, day, NEVER))
    seller = lists.sellers(draws, "handed", traits.region, np.minimum(day, NEVER - 20))
    return np.where(seller == traits.seller, NEVER, day), seller


def _left_behind(deals: Deals) -> Flag:
    leaver = [seller.name for seller in SELLERS].index(LEAVER)
    return (deals.traits.seller == leaver) & (deals.path.closed > stays.LEFT)
