"""The records that an earlier run saw, from the snapshot that it was made of."""

import datetime as dt
from dataclasses import dataclass

from kpi_toolkit.config import Config
from kpi_toolkit.crm import snapshot
from kpi_toolkit.crm.building import Home
from kpi_toolkit.crm.connect import Crm, attached
from kpi_toolkit.crm.kept import Snapshot
from kpi_toolkit.errors import DataError


@dataclass(frozen=True)
class Past:
    """A snapshot, and its records as they were known then."""

    snapshot: Snapshot
    crm: Crm


def past(config: Config, input_hash: str | None, as_of: dt.datetime) -> Past | None:
    """The records of an input hash, known at `as_of` (aware or UTC); None where they are no longer
    kept, or were read where they are and never kept.
    """
    found = snapshot.named(config, input_hash or "")
    if found is None:
        return None
    moment = as_of.astimezone(dt.UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
    try:
        connection = attached(found)
    except DataError:
        return None  # a damaged snapshot is as good as none, and no reason to stop a report
    home = Home(config.calendar, config.project.currency)
    crm = Crm(
        connection,
        found.tables,
        home=home,
        as_of=moment,
        reading=found.reading,
        input_hash=found.input_hash,
    )
    return Past(found, crm)
