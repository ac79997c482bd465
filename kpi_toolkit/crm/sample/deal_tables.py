"""`deals`, `deal_stages` and `record_changes` of one morning."""

from typing import TYPE_CHECKING, Any

import numpy as np

from kpi_toolkit.crm.sample import reference, stays, workdays
from kpi_toolkit.crm.sample import traits as lists
from kpi_toolkit.crm.sample.changes import PEOPLE
from kpi_toolkit.crm.sample.columns import frame, instants, local_days, numbers, only, words
from kpi_toolkit.crm.sample.draws import Flag, Whole
from kpi_toolkit.crm.sample.morning import Morning

if TYPE_CHECKING:
    import pandas

PIPELINE = "Sales"
TEAMS = [seller.team for seller in lists.SELLERS]
REGIONS = [region.name for region in lists.REGIONS]
CURRENCIES = [region.currency for region in lists.REGIONS]
PRODUCTS = [product.name for product in reference.PRODUCTS]
COMMISSION_PER_MILLE = np.array([60, 20, 40, 40])
QUALITY_WEIGHTS = (6, 16, 36, 29, 13)
FOCUS_SHARE, RATED_SHARE = 0.12, 0.85


def deals(morning: Morning) -> "pandas.DataFrame":
    """One row a deal, in order of entry, with its values as they stood."""
    made = _lasting_columns(morning) | _changing_columns(morning)
    table = frame(morning.knows(morning.world.moments.recorded), made)
    return table.sort_values("deal_id", ignore_index=True)


def _lasting_columns(morning: Morning) -> dict[str, Any]:
    world, moments = morning.world, morning.world.moments
    traits, size = world.deals.traits, len(world.deals.account)
    lead, contact, contacted = _of_leads(morning)
    quality = 1.0 + world.draws.choice("deals.quality", QUALITY_WEIGHTS, size)
    return {
        "deal_id": morning.deal_ids,
        "account_id": morning.account_ids[world.deals.account],
        "lead_id": only(morning.lead_ids[lead], lead >= 0),
        "region": words(REGIONS, traits.region),
        "source": words(lists.SOURCES, traits.source, moments.has_source),
        "segment": words(lists.SEGMENTS, traits.segment),
        "product": words(PRODUCTS, world.deals.product),
        "pipeline": np.full(size, PIPELINE, dtype=object),
        "kind": words(lists.KINDS, traits.kind),
        "currency": words(CURRENCIES, traits.region),
        "is_focus": world.draws.chance("deals.focus", FOCUS_SHARE, size),
        "quality": numbers(quality, world.draws.chance("deals.rated", RATED_SHARE, size)),
        "created_at": instants(moments.entered[:, 0]),
        "first_contact_at": instants(contact, contacted),
    }


def _of_leads(morning: Morning) -> tuple[Whole, Whole, Flag]:
    """Each deal's lead, -1 for none, and its first contact: the lead's, else the seller's note."""
    moments, leads = morning.world.moments, morning.world.leads
    lead = np.full(len(moments.noted), -1)
    linked = np.flatnonzero(leads.deal >= 0)
    lead[leads.deal[linked]] = linked
    contact = np.where(lead >= 0, leads.contacted[lead], moments.first_contact)
    return lead, contact, (lead >= 0) | moments.has_first_contact


def _changing_columns(morning: Morning) -> dict[str, Any]:
    world, moments = morning.world, morning.world.moments
    path, kind = world.deals.path, world.deals.traits.kind
    seen = moments.visited & morning.knows(moments.entered)
    slot = np.where(seen, np.arange(len(stays.SLOTS)), 0).max(axis=1)
    owner = np.where(
        morning.knows(moments.handed), world.history.next_seller, world.deals.traits.seller
    )
    reason = np.where(morning.knows(moments.cancelled), stays.CANCELLED, path.reason)
    amount, ended, won = _amount(morning), morning.ended, morning.won
    return {
        "owner": words(PEOPLE.tolist(), owner, moments.has_owner),
        "team": words(TEAMS, owner),
        "stage": words(stays.STAGES, stays.SLOTS[slot]),
        "status": words(("open", "lost", "won"), ended * 1 + won),
        "amount": amount.astype(np.float64),
        "commission": numbers(amount * COMMISSION_PER_MILLE[kind] // 10 / 100, won),
        "updated_at": instants(_updated(morning)),
        "expected_close_on": local_days(
            moments.expected[np.arange(len(slot)), slot], moments.has_expected
        ),
        "closed_at": instants(moments.closed, ended),
        "close_reason": words(stays.LOST_REASONS, reason, ended & ~won),
    }


def _amount(morning: Morning) -> Whole:
    world, moments = morning.world, morning.world.moments
    agreed = morning.knows(moments.priced) | (world.history.priced == workdays.NEVER)
    amount = np.where(agreed, world.deals.amount, world.history.first_amount)
    return np.where(morning.knows(moments.corrected), world.history.last_amount, amount)


def _updated(morning: Morning) -> Whole:
    updated = morning.world.moments.recorded.copy()
    changes = morning.world.changes
    known = morning.knows(changes.changed)
    np.maximum.at(updated, changes.deal[known], changes.changed[known])
    return updated


def deal_stages(morning: Morning) -> "pandas.DataFrame":
    """One row a stay, in order of time."""
    moments = morning.world.moments
    told = np.maximum(moments.entered, moments.recorded[:, None])
    deal, slot = np.nonzero(moments.visited & morning.knows(told))
    at = moments.entered[deal, slot]
    order: Whole = np.lexsort((slot, deal, at)).astype(np.int64)
    return frame(
        order,
        {
            "deal_id": morning.deal_ids[deal],
            "stage": words(stays.STAGES, stays.SLOTS[slot]),
            "entered_at": instants(at),
        },
    )


def record_changes(morning: Morning) -> "pandas.DataFrame":
    """One row a change of a deal, in order of time."""
    changes = morning.world.changes
    return frame(
        morning.knows(changes.changed),
        {
            "object": np.full(len(changes.changed), "deals", dtype=object),
            "record_id": morning.deal_ids[changes.deal],
            "changed_at": instants(changes.changed),
            "user_id": changes.user,
            "field": changes.field,
            "old": changes.old,
            "new": changes.new,
        },
    )
