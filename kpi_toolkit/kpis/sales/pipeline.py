"""What is open, how far it has come, and how fast it turns into sales."""

from kpi_toolkit.kpis.facts import deal_steps, deals
from kpi_toolkit.kpis.sales.amounts import average_won_deal
from kpi_toolkit.kpis.sales.cycle import FROM, Start, sales_cycle
from kpi_toolkit.kpis.sales.rates import decided_win_rate
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.registry import kpi


@kpi(
    label="Open pipeline",
    catalogue=["S12"],
    unit="money",
    better="up",
    window="stock",
    finest_grain="week",
    reads_with=["pipeline_deals", "won_value", "sales_cycle"],
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
    label="Open deals",
    catalogue=["S12"],
    unit="count",
    better="up",
    window="stock",
    finest_grain="week",
    reads_with=["pipeline_value"],
)
def pipeline_deals() -> Node:
    """Deals open at the end of the period.

    Formula: number of open deals
    Counts: deals created before the end and not closed by then
    Empty: 0
    """
    return deals.at_end.count()


@kpi(
    label="Pipeline by stage",
    catalogue=["S13"],
    unit="money",
    better="context",
    window="stock",
    finest_grain="week",
    reads_with=["pipeline_deals_by_stage", "time_in_stage"],
    default_by="stage",
)
def pipeline_value_by_stage() -> Node:
    """Amount of the open deals, by the stage in which they were at the end of the period.

    Formula: sum of the amounts of open deals
    Counts: deals open at the end, each in the stage that it had last entered by then, at the amount
        known today; deals whose stages are not recorded do not count
    Empty: 0
    """
    return deal_steps.at_end.sum("amount")


@kpi(
    label="Open deals by stage",
    catalogue=["S13"],
    unit="count",
    better="context",
    window="stock",
    finest_grain="week",
    reads_with=["pipeline_value_by_stage", "time_in_stage"],
    default_by="stage",
)
def pipeline_deals_by_stage() -> Node:
    """Open deals, by the stage in which they were at the end of the period.

    Formula: number of open deals
    Counts: deals open at the end, each in the stage that it had last entered by then; deals whose
        stages are not recorded do not count
    Empty: 0
    """
    return deal_steps.at_end.count()


@kpi(
    label="Pipeline velocity",
    catalogue=["S14"],
    unit="money_per_day",
    better="up",
    window="stock",
    finest_grain="month",
    reads_with=["pipeline_value", "decided_win_rate", "sales_cycle"],
    says=FROM,
)
def pipeline_velocity(*, start: Start = "first_contact") -> Node:
    """What the open pipeline would bring in a day, at the pace and the success of the period.

    Formula: open deals × average won deal × win rate / sales cycle
    Counts: deals open at the end of the period; the average won deal, the win rate and the sales
        cycle ({start} to closing) are those of the deals closed in the period
    Empty: no data when no deal was won
    """
    won = average_won_deal.formula() * decided_win_rate.formula()
    return deals.at_end.count() * won / sales_cycle.formula(start=start)


@kpi(
    label="Focus opportunities",
    catalogue=["S26"],
    unit="count",
    better="context",
    window="stock",
    finest_grain="week",
    reads_with=["focus_value"],
    default_by="owner",
)
def focus_opportunities() -> Node:
    """Open deals that the team has marked as its priorities.

    Formula: number of open deals marked
    Counts: deals open at the end of the period that bear the mark today: marks have no history, so
        only an archived report tells what was marked before
    Empty: 0
    """
    return deals.at_end.count("is_focus")


@kpi(
    label="Focus value",
    catalogue=["S26"],
    unit="money",
    better="context",
    window="stock",
    finest_grain="week",
    reads_with=["focus_opportunities"],
    default_by="owner",
)
def focus_value() -> Node:
    """Amount of the open deals that the team has marked as its priorities.

    Formula: sum of the amounts of open deals marked
    Counts: the same deals as the focus opportunities, at the amount known today
    Empty: 0
    """
    return deals.at_end.sum("amount", "is_focus")
