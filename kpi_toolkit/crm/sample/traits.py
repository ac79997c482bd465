"""What a deal or a lead is like: the closed lists, their frequencies, and who sells."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import workdays
from kpi_toolkit.crm.sample.draws import Draws, Flag, Whole
from kpi_toolkit.crm.sample.people import SELLERS, TEAMS, User

SEGMENTS = ("SMB", "Mid-market", "Enterprise")
SEGMENT_WEIGHTS = (63, 29, 8)
SOURCES = ("inbound", "outbound", "partner", "event", "referral")
SOURCE_WEIGHTS = (36, 26, 10, 12, 16)
PARTNER_SOURCE_WEIGHTS = (33, 21, 21, 10, 15)
PARTNER = SOURCES.index("partner")
KINDS = ("new", "renewal", "upsell", "cross_sell")
INDUSTRIES = (
    *("Agroalimentaire", "Construction", "Distribution", "Énergie", "Industrie", "Logistique"),
    *("Santé", "Services financiers", "Technologies", "Tourisme"),
)
PARTNER_PROGRAMME = workdays.position(date(2025, 9, 1))


@dataclass(frozen=True)
class Region:
    """Where a customer is; `team` is a position in TEAMS."""

    name: str
    country: str
    team: int
    weight: int
    currency: str = "EUR"


REGIONS = (
    Region("Île-de-France", "FR", 0, 24),
    Region("Hauts-de-France", "FR", 0, 8),
    Region("Grand Est", "FR", 0, 6),
    Region("Bretagne", "FR", 0, 5),
    Region("Auvergne-Rhône-Alpes", "FR", 1, 15),
    Region("Nouvelle-Aquitaine", "FR", 1, 8),
    Region("Occitanie", "FR", 1, 6),
    Region("Provence-Alpes-Côte d’Azur", "FR", 1, 6),
    Region("United Kingdom", "GB", 2, 15, "GBP"),
    Region("Ireland", "IE", 2, 4),
    Region("Belgique", "BE", 2, 3),
)
TEAM_OF_REGION = np.array([region.team for region in REGIONS])
IN_POUNDS = np.array([region.currency == "GBP" for region in REGIONS])
ENGLISH_SPEAKING = np.array([region.country in ("GB", "IE") for region in REGIONS])


@dataclass(frozen=True)
class Traits:
    """A column each, as positions in the lists above; `created` is a working day."""

    created: Whole
    kind: Whole
    segment: Whole
    region: Whole
    source: Whole
    seller: Whole


def sources(draws: Draws, name: str, created: Whole) -> Whole:
    """Where each record came from; partners bring twice as many once their programme runs."""
    before, after = (
        draws.choice(f"{name}.source", weights, len(created))
        for weights in (SOURCE_WEIGHTS, PARTNER_SOURCE_WEIGHTS)
    )
    return np.where(created < PARTNER_PROGRAMME, before, after)


def sellers(draws: Draws, name: str, region: Whole, day: Whole) -> Whole:
    """A seller of the region's team who works there on that working day."""
    shares = np.array([seller.share for seller in SELLERS], dtype=np.int64)
    weights = np.where(_at_work(day) & _in_team(TEAM_OF_REGION[region]), shares, 0)
    edges = np.cumsum(weights, axis=1)
    point = draws.below(f"{name}.seller", edges[:, -1], len(day))
    return (edges <= point[:, None]).sum(axis=1)


def _at_work(day: Whole) -> Flag:
    arrives = np.array([workdays.position(seller.active_from) for seller in SELLERS])
    leaves = np.array([_last_intake(seller) for seller in SELLERS])
    return (day[:, None] >= arrives) & (day[:, None] < leaves)


def _last_intake(seller: User) -> int:
    """Who leaves is given no new deal in the last ten working days."""
    return workdays.position(seller.active_to or workdays.LAST_DAY) - 10


def _in_team(team: Whole) -> Flag:
    return team[:, None] == np.array([TEAMS.index(seller.team) for seller in SELLERS])
