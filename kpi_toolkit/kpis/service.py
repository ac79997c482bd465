"""Service: are customers answered soon, helped well, and satisfied?"""

from kpi_toolkit.kpis.facts import surveys, tickets
from kpi_toolkit.kpis.hours import HOURS, Hours, between
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.registry import kpi


@kpi(
    label="Tickets created",
    catalogue=["R13"],
    unit="count",
    better="down",
    window="event",
    finest_grain="day",
    reads_with=["backlog"],
)
def tickets_created() -> Node:
    """Tickets created in the period.

    Formula: number of tickets
    Counts: tickets of every kind, by their creation
    Empty: 0
    """
    return tickets.count()


@kpi(
    label="Open tickets",
    catalogue=["R10"],
    unit="count",
    better="down",
    window="stock",
    finest_grain="day",
    reads_with=["resolution_time", "tickets_created"],
)
def backlog() -> Node:
    """Tickets open at the end of the period.

    Formula: number of open tickets
    Counts: tickets created before the end and not resolved by then; a reopened ticket is open
    Empty: 0
    """
    return tickets.at_end.count()


@kpi(
    label="First response time",
    catalogue=["R05"],
    unit="hours",
    better="down",
    window="event",
    finest_grain="day",
    reads_with=["backlog"],
    says=HOURS,
    label_says=["hours"],
)
def first_response_time(*, hours: Hours = "business") -> Node:
    """Mean number of hours from the creation of a ticket to its first answer.

    Formula: sum of the hours from creation to first answer / tickets answered
    Counts: tickets first answered in the period, {hours}; those still waiting do not count
    Empty: no data when no ticket was answered
    """
    answered = "first_response_at"
    return tickets.mean(
        between(hours, "created_at", answered), f"{answered} is not null", time=answered
    )


@kpi(
    label="Resolution time",
    catalogue=["R06"],
    unit="hours",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["resolution_time_median", "backlog", "customer_satisfaction"],
    says=HOURS,
    label_says=["hours"],
)
def resolution_time(*, hours: Hours = "business") -> Node:
    """Mean number of hours from the creation of a ticket to its resolution.

    Formula: sum of the hours from creation to resolution / tickets resolved
    Counts: tickets resolved in the period, up to the last resolution, {hours}; those still open do
        not count
    Empty: no data when no ticket was resolved
    """
    resolved = "resolved_at"
    return tickets.mean(
        between(hours, "created_at", resolved), f"{resolved} is not null", time=resolved
    )


@kpi(
    label="Resolution time, median",
    catalogue=["R06"],
    unit="hours",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["resolution_time"],
    says=HOURS,
    label_says=["hours"],
)
def resolution_time_median(*, hours: Hours = "business") -> Node:
    """Median number of hours from the creation of a ticket to its resolution.

    Formula: median of the hours from creation to resolution
    Counts: the same tickets as the resolution time, {hours}
    Empty: no data when no ticket was resolved
    """
    resolved = "resolved_at"
    return tickets.median(
        between(hours, "created_at", resolved), f"{resolved} is not null", time=resolved
    )


@kpi(
    label="SLA compliance",
    catalogue=["R09"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["backlog"],
)
def sla_compliance() -> Node:
    """Tickets handled within the time agreed, out of those whose time was up in the period.

    Formula: handled in time / due
    Counts: tickets whose term fell due in the period, or that were resolved in it where no term is
        known; overdue and still open is a breach; the help desk's own verdict holds where there is
        one
    Empty: no data when no ticket was due
    """
    return tickets.count("in_sla", time="sla_at") / tickets.count(
        "in_sla is not null", time="sla_at"
    )


@kpi(
    label="Escalation rate",
    catalogue=["R11"],
    unit="percent",
    better="down",
    window="event",
    finest_grain="week",
    reads_with=["first_response_time"],
)
def escalation_rate() -> Node:
    """Tickets created in the period that have been escalated since.

    Formula: escalated / created
    Counts: tickets created in the period, as marked at the date of the data, so recent periods may
        still rise; no mark means not escalated
    Empty: no data when no ticket was created
    """
    return tickets.count("escalated") / tickets.count()


@kpi(
    label="Customer satisfaction",
    catalogue=["R01"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="week",
    reads_with=["first_response_time", "resolution_time"],
)
def customer_satisfaction() -> Node:
    """Satisfied answers, out of the answers to satisfaction surveys.

    Formula: satisfied / answers
    Counts: answers of the period; satisfied is the top quarter of the survey's scale (4 and 5 of 5,
        6 and 7 of 7); surveys whose direction is not declared do not count
    Empty: no data when nobody answered
    """
    answered = "kind = 'csat' and satisfaction is not null"
    return surveys.count(f"{answered} and satisfaction >= 0.75") / surveys.count(answered)
