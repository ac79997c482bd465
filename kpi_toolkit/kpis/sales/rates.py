"""Of what begins, how much is won: leads, opportunities, deals."""

from typing import Literal

from kpi_toolkit.kpis.facts import deal_steps, deals, leads, product_deals
from kpi_toolkit.kpis.sales.words import FOLLOWED, WON, reached
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.options import Says
from kpi_toolkit.measures.registry import kpi

NEW_PRODUCTS: Says = {
    "new_months": {int: "products launched less than {new_months} months before"},
    **FOLLOWED,
}
ADVANCED: Says = {
    "advance": {
        "any": "reached a later stage or were won",
        "in_order": "went straight on to the stage that follows (from the last one: were won)",
    }
}
Advance = Literal["any", "in_order"]


@kpi(
    label="Lead conversion",
    catalogue=["S01"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="month",
    reads_with=["leads_created", "sales_cycle"],
    matures="days(created_at, became_customer_at)",
    says=FOLLOWED,
)
def lead_conversion_rate(*, within_days: int | None = None) -> Node:
    """Leads created in the period that have become customers since.

    Formula: customers so far / leads
    Counts: leads created in the period, and of these the ones that became customers {within_days};
        recent periods may still rise and are marked so
    Empty: no data when no lead was created
    """
    became = f"became_customer_at >= created_at and {reached('became_customer_at', within_days)}"
    return leads.count(became) / leads.count()


@kpi(
    label="Lead to opportunity",
    catalogue=["S03"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="month",
    reads_with=["leads_created", "opportunity_to_customer_rate"],
    matures="days(created_at, opportunity_at)",
    says=FOLLOWED,
)
def lead_to_opportunity_rate(*, within_days: int | None = None) -> Node:
    """Leads created in the period that have become opportunities since.

    Formula: opportunities so far / leads
    Counts: leads created in the period, and of these the ones that became an opportunity
        {within_days}; recent periods may still rise and are marked so
    Empty: no data when no lead was created
    """
    became = f"opportunity_at >= created_at and {reached('opportunity_at', within_days)}"
    return leads.count(became) / leads.count()


@kpi(
    label="Opportunity conversion",
    catalogue=["S04"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="month",
    reads_with=["opportunities_created", "average_won_deal", "sales_cycle"],
    matures="days(created_at, closed_at)",
    says=FOLLOWED,
)
def opportunity_to_customer_rate(*, within_days: int | None = None) -> Node:
    """Deals created in the period that have been won since, out of all deals created in it.

    Formula: won so far / created
    Counts: deals created in the period, and of these the ones won {within_days}; recent periods may
        still rise and are marked so
    Empty: no data when no deal was created
    """
    won = f"{WON} and {reached('closed_at', within_days)}"
    return deals.count(won, time="created_at") / deals.count(time="created_at")


@kpi(
    label="Close rate",
    catalogue=["S05"],
    unit="percent",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["average_won_deal", "decided_win_rate", "sales_cycle"],
)
def close_rate() -> Node:
    """Deals won in the period, out of all deals that were in the pipeline during it.

    Formula: won in the period / (open at its start + created in it)
    Counts: deals open at the start or created in the period; the rate of a month is therefore lower
        than that of a quarter
    Empty: no data when no deal was in the pipeline
    """
    return (
        deals.during.count(f"{WON} and closed_at >= :start and closed_at < :end")
        / deals.during.count()
    )


@kpi(
    label="Win rate",
    catalogue=["S05"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["average_won_deal", "close_rate"],
)
def decided_win_rate() -> Node:
    """Deals won, out of the deals decided in the period.

    Formula: won / (won + lost)
    Counts: deals won or lost in the period, by closing date; open deals do not count
    Empty: no data when no deal was decided
    """
    return deals.count(WON) / deals.count("status in ('won', 'lost')")


@kpi(
    label="Lead success by source",
    catalogue=["S06"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="month",
    reads_with=["leads_created", "lead_conversion_rate"],
    default_by="source",
    matures="days(created_at, became_customer_at)",
    says=FOLLOWED,
)
def lead_source_success_rate(*, within_days: int | None = None) -> Node:
    """Leads of known source created in the period that have become customers since.

    Formula: customers so far / leads of known source
    Counts: leads created in the period whose source is known, and of these the ones that became
        customers {within_days}; recent periods may still rise and are marked so
    Empty: no data when no lead of known source was created
    """
    became = f"became_customer_at >= created_at and {reached('became_customer_at', within_days)}"
    known = "source is not null"
    return leads.count(f"{known} and {became}") / leads.count(known)


@kpi(
    label="New product conversion",
    catalogue=["S07"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="month",
    reads_with=["close_rate", "opportunities_created"],
    default_by="product",
    matures="days(created_at, closed_at)",
    says=NEW_PRODUCTS,
)
def new_product_conversion_rate(*, new_months: int = 12, within_days: int | None = None) -> Node:
    """Deals for new products created in the period that have been won since.

    Formula: won so far / created
    Counts: deals created in the period for {new_months}, or not launched yet, and of these the ones
        won {within_days}; recent periods may still rise and are marked so
    Empty: no data when no deal was created for a new product
    """
    new = f"local_day(created_at) < launched_on + interval '{new_months}' month"
    won = f"{new} and {WON} and {reached('closed_at', within_days)}"
    return product_deals.count(won) / product_deals.count(new)


@kpi(
    label="Stage conversion",
    catalogue=["S02"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="week",
    reads_with=["time_in_stage", "decided_win_rate"],
    default_by="stage",
    matures="days(entered_at, advanced_at)",
    says=ADVANCED,
)
def stage_conversion_rate(*, advance: Advance = "any") -> Node:
    """Deals that entered a stage in the period and have come further since.

    Formula: come further so far / entered
    Counts: deals that entered the stage for the first time in the period, and of these the ones
        that {advance} by the date of the data; a second stay in a stage does not count; recent
        periods may still rise and are marked so
    Empty: no data when no deal entered a stage
    """
    further = {"any": "advanced_at", "in_order": "went_on_at"}[advance]
    # Both parts follow deals up to now, so that one query makes the stays for both.
    entered = "visit = 1 and entered_at < :as_of"
    return deal_steps.count(
        f"{entered} and {further} < :as_of", time="entered_at"
    ) / deal_steps.count(entered, time="entered_at")
