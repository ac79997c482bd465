"""What the CRM knows one morning: all that was entered before, under its records' ids."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from kpi_toolkit.crm.sample import columns, workdays
from kpi_toolkit.crm.sample.draws import Flag, Text, Whole
from kpi_toolkit.crm.sample.world import World

ACCOUNT_CLOCK, ACCOUNT_SPAN = 8 * 3600, 1_700


@dataclass(frozen=True)
class Morning:
    """A world before an instant, in seconds since 1970 UTC; ids count records as entered."""

    world: World
    day: date
    cutoff: int
    account_created: Whole
    account_ids: Text
    deal_ids: Text
    lead_ids: Text

    def knows(self, seconds: Whole) -> Flag:
        """What had happened, or been noted, before."""
        return seconds < self.cutoff

    @property
    def ended(self) -> Flag:
        """Deals whose end was noted."""
        return self.knows(self.world.moments.noted)

    @property
    def won(self) -> Flag:
        """Deals that stood as won."""
        return self.ended & self.world.deals.path.won & ~self.knows(self.world.moments.cancelled)


def wake(world: World, day: date) -> Morning:
    """The start of a local day."""
    created = world.accounts.created
    clock = ACCOUNT_CLOCK + world.draws.below("accounts.clock", ACCOUNT_SPAN, len(created))
    opened = workdays.instants(created, clock)
    return Morning(
        world=world,
        day=day,
        cutoff=workdays.utc_seconds(day),
        account_created=opened,
        account_ids=columns.ids("A", np.argsort(opened, kind="stable")),
        deal_ids=columns.ids("D", np.argsort(world.moments.recorded, kind="stable")),
        lead_ids=columns.ids("L", np.argsort(world.leads.created, kind="stable")),
    )
