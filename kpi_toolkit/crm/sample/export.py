"""`frames`, the sample's one door.

An invented company, Ardane Systèmes, sells software, devices and services in France, Belgium,
Britain and Ireland: 20 700 deals, 27 000 leads and 6 200 accounts from October 2023 to October
2026, in EUR and GBP (15 % of the deals). Nine sellers stay throughout, two leave, two arrive.
Customers of the time before the CRM come with their dates, but without the deals that won them.

What is ordinary: a trough in August, closings heaped at quarters' ends and in December, 8 % more
deals a year, 40 to 45 % of decided deals won, 3 to 4 % of customers lost in a quarter. 1.5 % of
closings are entered 5 to 40 days late, a fifth of these with the whole deal. 2 % of deals have no
source, 1 % no owner, 3 % no expected closing; 7 % of accounts have no industry.

What was planted, for a report to find:

1. Legal review: Proposal stays that end from 2026-08-03 on take six to eight days more. The
   sales cycle of August and September 2026 leaves its limits, and some closings slip out of Q3.
2. Prices rise by 8 % for deals opened from 2026-02-02 on; the average won deal follows by April.
3. A partner programme from 2025-09-01 doubles the partners' share of new deals, and nine more of
   a hundred are won. Siobhán Fitzgerald-Murray arrives for it.
4. Nathalie D’Hondt (North) leaves on 2026-06-30. Her open deals stand still for 55 working days or
   more; two in three are handed over between 2026-08-31 and 2026-09-11, the others keep her name.
5. Restatements: of the deals that stood as won in June 2026 on 2026-07-06, eight are cancelled
   (lost) and five get another amount between 2026-07-07 and 2026-09-25; five more wins of June are
   entered only between 2026-07-07 and 2026-07-28, two of them with the whole deal. With the usual
   late entries and corrections, Q2 2026 read on 2026-10-05 has two wins and some 60 000 EUR less
   than read on 2026-07-06.
"""

from datetime import date
from typing import TYPE_CHECKING

from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DataError

if TYPE_CHECKING:
    import pandas

SEED = 2026
AS_OF = date(2026, 10, 5)
FIRST, LAST = date(2023, 10, 3), date(2027, 1, 4)


def frames(seed: int = SEED, as_of: date = AS_OF) -> "dict[str, pandas.DataFrame]":
    """The canonical tables, as this CRM would have exported them on a morning in Paris.

    Only what was entered before the local day `as_of` is in them, so that two mornings agree but
    for what was recorded between them. Instants are naive UTC; amounts are in the row's currency.
    The same seed gives the same bytes on every machine.

    Raises DataError when the sample has no export of that day.
    """
    if not FIRST <= as_of <= LAST:
        raise DataError(f"as_of {as_of}: the sample has exports from {FIRST} to {LAST}")
    from kpi_toolkit.crm.sample import customer_tables, deal_tables, morning, reference_tables
    from kpi_toolkit.crm.sample.world import happen

    at = morning.wake(happen(seed), as_of)
    tables = {
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
    return {name: _in_order(name, table) for name, table in tables.items()}


def _in_order(name: str, table: "pandas.DataFrame") -> "pandas.DataFrame":
    """The columns in the order of the canonical table."""
    return table[[column for column in TABLES[name].columns if column in table]]
