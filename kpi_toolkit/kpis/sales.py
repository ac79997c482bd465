"""Sales: are we winning more of what we open, and faster?"""

from typing import Literal

from kpi_toolkit.kpis.facts import deal_steps, deals, orders
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.options import Says
from kpi_toolkit.measures.registry import kpi

WON = "status = 'won'"
Start = Literal["first_contact", "creation"]
NewFor = Literal["first_order", "months"]
FOLLOWED: Says = {
    "within_days": {None: "by the date of the data", int: "within {within_days} days"}
}
FROM: Says = {
    "start": {
        "first_contact": "from first contact (else creation)",
        "creation": "from creation",
    }
}
NEW: Says = {
    "new_for": {
        "first_order": "the first order of each account",
        "months": "all orders of the first {months} months of each account",
    },
    "months": {int: ""},
}


def _start(start: Start) -> str:
    return {"first_contact": "coalesce(first_contact_at, created_at)", "creation": "created_at"}[
        start
    ]


@kpi(
    label="Opportunity conversion",
    catalogue=["S04"],
    unit="percent",
    better="up",
    window="cohort",
    finest_grain="month",
    reads_with=["average_won_deal", "sales_cycle"],
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
    won = f"{WON} and closed_at < :as_of"
    if within_days is not None:
        won += f" and days(created_at, closed_at) <= {within_days}"
    return deals.count(won, time="created_at") / deals.count(time="created_at")


@kpi(
    label="Close rate",
    catalogue=["S05"],
    unit="percent",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["average_won_deal", "decided_win_rate"],
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
    label="Sales cycle",
    catalogue=["S08"],
    unit="days",
    better="down",
    window="event",
    finest_grain="month",
    reads_with=["sales_cycle_median", "sales_cycle_survival", "decided_win_rate"],
    says=FROM,
)
def sales_cycle(*, start: Start = "first_contact") -> Node:
    """Mean number of days from the start of a deal to its signature.

    Formula: sum of the days from start to signature / deals won
    Counts: deals won in the period, {start} to closing; open and lost deals do not count, nor do
        deals whose start is later than their closing
    Empty: no data when no deal was won
    """
    began = _start(start)
    return deals.mean(f"days({began}, closed_at)", f"{WON} and {began} <= closed_at")


@kpi(
    label="Sales cycle, median",
    catalogue=["S08"],
    unit="days",
    better="down",
    window="event",
    finest_grain="month",
    reads_with=["sales_cycle"],
    says=FROM,
)
def sales_cycle_median(*, start: Start = "first_contact") -> Node:
    """Median number of days from the start of a deal to its signature.

    Formula: median of the days from start to signature
    Counts: the same deals as the sales cycle, {start} to closing
    Empty: no data when no deal was won
    """
    began = _start(start)
    return deals.median(f"days({began}, closed_at)", f"{WON} and {began} <= closed_at")


@kpi(
    label="Sales cycle, open deals included",
    catalogue=["S08"],
    unit="days",
    better="down",
    window="estimate",
    finest_grain="quarter",
    reads_with=["sales_cycle"],
    says=FROM,
)
def sales_cycle_survival(*, start: Start = "first_contact") -> Node:
    """Days within which half of the deals would be signed if none were lost.

    Formula: Kaplan-Meier median of the days from start to signature
    Counts: deals created in the twelve months that end with the period, as known at its end, each
        {start} on; open and lost deals count for the time that they have lasted, so that slow deals
        are not left out
    Empty: no data while fewer than half are estimated to be signed
    """
    began, last_seen = _start(start), "least(coalesce(closed_at, :end), :end)"
    return deals.median_survival(
        duration=f"days({began}, {last_seen})",
        event=f"{WON} and closed_at < :end",
        where=f"created_at >= :since and created_at < :end and {began} <= {last_seen}",
    )


@kpi(
    label="Time in stage",
    catalogue=["S09"],
    unit="days",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["pipeline_value"],
    default_by="stage",
)
def time_in_stage() -> Node:
    """Mean number of days that deals stay in a stage of the pipeline.

    Formula: sum of the days in the stage / stays
    Counts: stays that ended in the period; a deal that returns to a stage counts again; deals still
        in the stage do not count
    Empty: no data when no stay ended
    """
    return deal_steps.mean("days(entered_at, left_at)")


@kpi(
    label="Average won deal",
    catalogue=["S11"],
    unit="money",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["decided_win_rate"],
)
def average_won_deal() -> Node:
    """Mean amount of the deals won in the period.

    Formula: amount won / deals won that have an amount
    Counts: deals won in the period; amounts in other currencies at the rate of the day of signature
    Empty: no data when no deal was won
    """
    return deals.mean("amount", WON)


@kpi(
    label="Open pipeline",
    catalogue=["S12"],
    unit="money",
    better="up",
    window="stock",
    finest_grain="week",
    reads_with=["won_value", "sales_cycle"],
)
def pipeline_value() -> Node:
    """Amount of the deals open at the end of the period.

    Formula: sum of the amounts of open deals
    Counts: deals created before the end and not closed by then, at the amount known today, not
        weighted by their chances
    Empty: 0
    """
    return deals.at_end.sum("amount")


@kpi(
    label="Won value",
    catalogue=["S16"],
    unit="money",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["average_won_deal", "decided_win_rate"],
    default_by="owner",
)
def won_value() -> Node:
    """Amount of the deals won in the period.

    Formula: sum of the amounts of deals won
    Counts: deals won in the period, by closing date; amounts in other currencies at the rate of
        that day
    Empty: 0
    """
    return deals.sum("amount", WON)


@kpi(
    label="New customer revenue",
    catalogue=["S18"],
    unit="money",
    better="up",
    window="event",
    finest_grain="month",
    reads_with=["won_value"],
    says=NEW,
    needs_history=True,
)
def new_customer_revenue(*, new_for: NewFor = "first_order", months: int = 12) -> Node:
    """Revenue from new customers.

    Formula: sum of (amount - refunds) over the orders of new customers
    Counts: {new_for}; orders without an account do not count; refunds and returns (lines of a
        negative amount) are deducted where the data have them, and a return makes nobody a customer
    Empty: 0
    """
    new = {
        "first_order": "order_id = first_order",
        "months": f"ordered_at < customer_since + interval '{months}' month",
    }[new_for]
    return orders.sum("revenue", new)
