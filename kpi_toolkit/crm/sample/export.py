"""`frames`, the sample's one door."""

from datetime import date
from typing import TYPE_CHECKING

from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas

SEED = 2026
AS_OF = date(2026, 10, 5)
FIRST, LAST = date(2023, 10, 3), date(2027, 1, 4)


def frames(seed: int = SEED, as_of: date = AS_OF) -> "dict[str, pandas.DataFrame]":
    """The canonical tables."""
    if not FIRST <= as_of <= LAST:
        raise DataError(f"as_of {as_of}: the sample has exports from {FIRST} to {LAST}")
    from kpi_toolkit.crm.sample import customer_tables, deal_tables, morning, reference_tables
    from kpi_toolkit.crm.sample.world import happen

    at = morning.wake(happen(seed), as_of)
    return {
        "accounts": customer_tables.accounts(at),
        "leads": customer_tables.leads_table(at),
        "deals": deal_tables.deals(at),
        "stages": reference_tables.stages(at),
        "deal_stages": deal_tables.deal_stages(at),
        "record_changes": deal_tables.record_changes(at),
        "orders": customer_tables.orders_table(at),
        "subscriptions": customer_tables.subscriptions_table(at),
        "users": reference_tables.users(at),
        "products": reference_tables.products(at),
        "exchange_rates": reference_tables.exchange_rates(at),
        "targets": reference_tables.targets(at),
    }
