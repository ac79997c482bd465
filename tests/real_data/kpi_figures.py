"""Which KPI gives each figure that a data set is known to hold, and why none gives the others.

`*` in a key is a part that varies. The frames are the files' own columns under canonical names.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

import kpi_toolkit as kt

Figure = Callable[..., float | None]
LATER = "no KPI of the catalogue yet"
OTHER = "not a measure of these KPIs"


def ravenstack(folder: Path) -> kt.Crm:
    """Subscriptions and tickets; an answer is a ticket that was rated."""
    terms = pd.read_csv(folder / "iso/ravenstack_subscriptions.csv")
    asked = pd.read_csv(folder / "iso/ravenstack_support_tickets.csv")
    created = pd.to_datetime(asked["submitted_at"])
    minutes = pd.to_timedelta(asked["first_response_time_minutes"], unit="min")
    tickets = pd.DataFrame(
        {
            "ticket_id": asked["ticket_id"],
            "escalated": asked["escalation_flag"],
            "created_at": created,
            "first_response_at": created + minutes,
            "resolved_at": pd.to_datetime(asked["closed_at"], format="%Y-%m-%d %H:%M"),
        }
    )
    scale = {"kind": "csat", "scale_min": 1, "scale_max": 5, "high_is_good": True}
    rated = asked[asked["satisfaction_score"].notna()]
    answers = {"response_id": rated["ticket_id"], "score": rated["satisfaction_score"]}
    subscriptions = pd.DataFrame(
        {
            "subscription_id": terms["subscription_id"],
            "mrr": terms["mrr_amount"],
            "started_at": pd.to_datetime(terms["start_date"]),
            "ended_at": pd.to_datetime(terms["end_date"]),
        }
    )
    return kt.from_frames(
        as_of="2025-02-01",
        subscriptions=subscriptions,
        tickets=tickets,
        surveys=pd.DataFrame({**answers, **scale, "responded_at": created[rated.index]}),
    )


def cdnow(folder: Path) -> kt.Crm:
    """A purchase is a line of the file."""
    names = ["account_id", "day", "quantity", "amount"]
    bought = pd.read_csv(folder / "CDNOW_master.txt", sep=r"\s+", skiprows=1, names=names)
    return kt.from_frames(
        as_of="1998-07-01",
        orders=pd.DataFrame(
            {
                "order_id": bought.index.astype(str),
                "account_id": bought["account_id"],
                "amount": bought["amount"],
                "ordered_at": pd.to_datetime(bought["day"].astype(str), format="%Y%m%d"),
            }
        ),
    )


def hillstrom_email(folder: Path) -> kt.Crm:
    """A mail a customer; who converted has an order. The data name no day."""
    day = pd.Timestamp("2008-03-20")
    people = pd.read_csv(folder / "hillstrom.csv")
    groups = people.groupby("segment", as_index=False)["conversion"]
    mailings = groups.agg(delivered="size", converted="sum").rename(columns={"segment": "variant"})
    bought = people[people["conversion"] == 1]
    return kt.from_frames(
        as_of="2008-06-01",
        mailings=mailings.assign(channel="email", day=day),
        orders=pd.DataFrame(
            {
                "order_id": bought.index.astype(str),
                "variant": bought["segment"],
                "amount": bought["spend"],
                "ordered_at": day,
            }
        ),
    )


def it_incidents(folder: Path) -> kt.Crm:
    """An incident is the last of its events; the desk says itself whether it kept its term."""
    log = pd.read_csv(folder / "incident_event_log_part.csv", na_values="?")
    last = log.loc[log.groupby("number")["sys_mod_count"].idxmax()]
    moments = {
        name: pd.to_datetime(last[column], format="%d-%m-%Y %H:%M")
        for name, column in [("created_at", "opened_at"), ("resolved_at", "resolved_at")]
    }
    tickets = pd.DataFrame({"ticket_id": last["number"], "met_sla": last["made_sla"], **moments})
    return kt.from_frames(as_of="2017-06-01", tickets=tickets)


FRAMES: dict[str, Callable[[Path], kt.Crm]] = {
    "ravenstack": ravenstack,
    "cdnow": cdnow,
    "hillstrom_email": hillstrom_email,
    "it_incidents": it_incidents,
}


def all_time(name: str, part: str = "value", times: int = 1, **options: object) -> Figure:
    """A figure of all records."""

    def figure(crm: kt.Crm, *_: str) -> float | None:
        return getattr(getattr(kt, name)(crm, "all", **options), part) * times

    return figure


def of_variant(name: str, part: str = "value") -> Figure:
    """A figure of one variant."""
    return lambda crm, variant: getattr(kt, name).by(crm, "all", "variant").loc[variant, part]


def month_before(part: str) -> Figure:
    """What runs on the first of a month ran at the end of the one before."""

    def figure(crm: kt.Crm, month: str) -> Any:
        before = str(pd.Period(month, "M") - 1)
        return getattr(kt.monthly_recurring_revenue(crm, before), part)

    return figure


ELAPSED = {"hours": "elapsed"}
FIGURES: dict[str, dict[str, Figure]] = {
    "ravenstack": {
        "mrr_first_of_month|*|mrr": month_before("value"),
        "mrr_first_of_month|*|subs": month_before("n"),
        "subscriptions|n": all_time("mrr_started", "n"),
        "subscriptions|ended": all_time("mrr_ended", "n"),
        "subscriptions|mrr_all_rows": all_time("mrr_started"),
        "subscriptions|mrr_open_ended": all_time("monthly_recurring_revenue"),
        "tickets|n": all_time("tickets_created"),
        "tickets|resolution_hours_mean": all_time("resolution_time", **ELAPSED),
        "tickets|resolution_hours_median": all_time("resolution_time_median", **ELAPSED),
        "tickets|first_response_min_mean": all_time("first_response_time", times=60, **ELAPSED),
        "tickets|rated": all_time("customer_satisfaction", "n"),
        "tickets|csat_pct_4_5": all_time("customer_satisfaction"),
        "tickets|escalation_rate": all_time("escalation_rate"),
    },
    "cdnow": {
        "master|transactions": all_time("average_purchase", "denominator"),
        "master|revenue": all_time("revenue"),
        "master|aov": all_time("average_purchase"),
        # All of them bought first in early 1997: twelve months hold each of them.
        "master|customers": lambda crm: kt.buying_customers(crm, "1997").value,
    },
    "hillstrom_email": {
        "by_segment|*|customers": of_variant("email_conversion_rate", "denominator"),
        "by_segment|*|conversions": of_variant("email_conversion_rate", "numerator"),
        "by_segment|*|conversion_rate": of_variant("email_conversion_rate"),
        "by_segment|*|spend": of_variant("revenue"),
        "by_segment|*|aov": of_variant("average_purchase"),
        "total|customers": all_time("email_conversion_rate", "denominator"),
        "total|spend": all_time("revenue"),
        "total|conversions": all_time("email_conversion_rate", "numerator"),
    },
    "it_incidents": {
        "total|tickets": all_time("tickets_created"),
        "total|resolution_hours_mean": all_time("resolution_time", **ELAPSED),
        "total|resolution_hours_median": all_time("resolution_time_median", **ELAPSED),
        "total|sla_met_rate": all_time("sla_compliance"),
        "total|resolved_missing": all_time("backlog"),
        "opened_by_day|*|n": lambda crm, day: kt.tickets_created(crm, day).value,
    },
}
WHY_NOT: dict[str, dict[str, str]] = {
    "ravenstack": {
        r"accounts\|churn_.*": "a flag without a day; churn here is dated by churned_at",
        r"accounts\|.*|signups_by_month\|.*": f"accounts signed up: {LATER}",
        r"mrr_first_of_month\|.*\|accounts": f"accounts with a running subscription: {LATER}",
        r"subscriptions\|(churn_flag|arr_.*|trial|upgrades|downgrades|auto_.*|zero_mrr)": OTHER,
        r"tickets\|first_response_(min_median|within_60min)": f"the mean is the KPI: {OTHER}",
        r"tickets\|csat_mean": "the share of satisfied answers is the KPI, not the mean score",
        r"tickets\|survey_response_rate": f"tickets that were rated: {LATER}",
    },
    "cdnow": {
        r"master\|(transactions|revenue)_per_customer": (
            "of the eighteen months; the KPI takes the twelve that end with the period"
        ),
        r"master\|repeat_.*": f"repeat customers: {LATER}",
        r"master\|(units|date_.*|zero_.*|same_.*)": OTHER,
        r"sample\|.*|sample_calibration.*": "of a sample whose file is not there",
        r"bgnbd.*": f"expected purchases: {LATER}",
    },
    "hillstrom_email": {
        r"by_segment\|.*\|visit.*": f"engagement: {LATER}",
        r"by_segment\|.*\|spend_per_customer": f"revenue of an email: {LATER}",
        r"total\|(new_customers|history_mean)": OTHER,
    },
    "it_incidents": {
        r"total\|reopen.*": f"reopened tickets: {LATER}",
        r"total\|(close_.*|.*reassign.*|updates.*|events|opened_.*|callers|unassigned)": OTHER,
        r"total\|negative_resolution": OTHER,
    },
}


def figure(name: str, crm: kt.Crm, key: str) -> float | None:
    """What the KPIs say of a key; None where no KPI expresses it."""
    for pattern, ask in FIGURES[name].items():
        if found := re.fullmatch(re.escape(pattern).replace(r"\*", "(.+)"), key):
            return ask(crm, *found.groups())
    return None


def reason(name: str, key: str) -> str:
    """Why no KPI expresses a key; "" where one does."""
    fitting = (why for pattern, why in WHY_NOT[name].items() if re.fullmatch(pattern, key))
    return next(fitting, "")
