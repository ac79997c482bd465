"""Deals at risk in words: why to worry about one, and what to do with it."""

from kpi_toolkit.format import Format
from kpi_toolkit.insight.deals.at_risk import REASONS, OpenDeal


def reasons(words: Format, deal: OpenDeal) -> str:
    """Why to worry about a deal, in words: 'due 46 d ago; silent for 61 d; open for 190 d'."""
    told = {reason: words.duration(days, 0) for reason, days in deal.days.items()}
    said = {
        "overdue": words.t("due {days} ago", days=told.get("overdue")),
        "silent": words.t("silent for {days}", days=told.get("silent")),
        "old": words.t("open for {days}", days=told.get("old")),
        "left": words.t("owner left {days} ago", days=told.get("left")),
    }
    return words.clauses(said[reason] for reason in REASONS if reason in told)


def next_step(words: Format, deal: OpenDeal) -> str:
    """What to do with a deal at risk, in words."""
    if "left" in deal.days:
        return words.t("give to someone else")
    if "owner" in deal.members and deal.owner is None:
        return words.t("give to someone")
    if "silent" in deal.days:
        late = "overdue" in deal.days
        return words.t("call, then date or close") if late else words.t("call")
    return words.t("date or close") if "overdue" in deal.days else words.t("go on or close")
