"""How long sales take: cycles, stages, answers to leads."""

from typing import Literal

from kpi_toolkit.kpis.facts import deal_steps, deals, leads
from kpi_toolkit.kpis.hours import HOURS, Hours, between
from kpi_toolkit.kpis.sales.words import WON
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.options import Says
from kpi_toolkit.measures.registry import kpi

Start = Literal["first_contact", "creation"]
FROM: Says = {
    "start": {
        "first_contact": "from first contact (else creation)",
        "creation": "from creation",
    }
}
CONTACTED = "first_contacted_at"


def _start(start: Start) -> str:
    return {"first_contact": "coalesce(first_contact_at, created_at)", "creation": "created_at"}[
        start
    ]


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
    label="Time in stage, median",
    catalogue=["S09"],
    unit="days",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["time_in_stage", "stage_conversion_rate"],
    default_by="stage",
)
def time_in_stage_median() -> Node:
    """Median number of days that deals stay in a stage of the pipeline.

    Formula: median of the days in the stage
    Counts: the same stays as the time in stage, each by itself
    Empty: no data when no stay ended
    """
    return deal_steps.median("days(entered_at, left_at)")


@kpi(
    label="Lead response time",
    catalogue=["S25"],
    unit="hours",
    better="down",
    window="event",
    finest_grain="day",
    reads_with=["lead_response_median", "lead_conversion_rate"],
    says=HOURS,
    label_says=["hours"],
)
def lead_response_time(*, hours: Hours = "elapsed") -> Node:
    """Mean number of hours from the creation of a lead to the first contact with it.

    Formula: sum of the hours from creation to first contact / leads contacted
    Counts: leads first contacted in the period, {hours}; those never contacted do not count, nor do
        those contacted before they were recorded
    Empty: no data when no lead was contacted for the first time
    """
    waited = between(hours, "created_at", CONTACTED)
    return leads.mean(waited, f"{CONTACTED} >= created_at", time=CONTACTED)


@kpi(
    label="Lead response time, median",
    catalogue=["S25"],
    unit="hours",
    better="down",
    window="event",
    finest_grain="day",
    reads_with=["lead_response_time"],
    says=HOURS,
    label_says=["hours"],
)
def lead_response_median(*, hours: Hours = "elapsed") -> Node:
    """Median number of hours from the creation of a lead to the first contact with it.

    Formula: median of the hours from creation to first contact
    Counts: the same leads as the lead response time, {hours}
    Empty: no data when no lead was contacted for the first time
    """
    waited = between(hours, "created_at", CONTACTED)
    return leads.median(waited, f"{CONTACTED} >= created_at", time=CONTACTED)
