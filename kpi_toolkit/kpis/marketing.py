"""Marketing: do leads come, do they become customers, and are mailings read?"""

from kpi_toolkit.kpis.facts import leads, mailings
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.registry import kpi

EMAIL = "channel = 'email' and delivered is not null"


def _of_delivered(answer: str) -> Node:
    """A share of the emails delivered, over the sendings that know both numbers."""
    known = f"{EMAIL} and {answer} is not null"
    return mailings.sum(answer, known) / mailings.sum("delivered", known)


@kpi(
    label="Leads created",
    catalogue=["M01"],
    unit="count",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["lead_conversion_rate"],
)
def leads_created() -> Node:
    """Leads created in the period.

    Formula: number of leads
    Counts: leads by their creation; one that was merged into another does not count
    Empty: 0
    """
    return leads.count()


@kpi(
    label="Email open rate",
    catalogue=["M10"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["email_click_rate"],
    default_by="campaign_id",
)
def email_open_rate() -> Node:
    """Emails opened, out of those delivered.

    Formula: opened / delivered
    Counts: emails sent in the period, each addressee once; sendings of which either number is not
        known do not count
    Empty: no data when no email was delivered
    """
    return _of_delivered("opened")


@kpi(
    label="Email click rate",
    catalogue=["M11"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["email_open_rate"],
    default_by="campaign_id",
)
def email_click_rate() -> Node:
    """Emails in which a link was clicked, out of those delivered.

    Formula: clicked / delivered
    Counts: emails sent in the period, each addressee once; sendings of which either number is not
        known do not count
    Empty: no data when no email was delivered
    """
    return _of_delivered("clicked")


@kpi(
    label="Email conversion",
    catalogue=["M12"],
    unit="percent",
    better="up",
    window="event",
    finest_grain="day",
    reads_with=["email_click_rate"],
    default_by="campaign_id",
)
def email_conversion_rate() -> Node:
    """Emails that led to what they asked for, out of those delivered.

    Formula: converted / delivered
    Counts: emails sent in the period, each addressee once; sendings of which either number is not
        known do not count
    Empty: no data when no email was delivered
    """
    return _of_delivered("converted")
