"""Deals at risk in words: how many, why to worry about one, and what to do with it."""

from kpi_toolkit.format import NO_DATA, Format
from kpi_toolkit.format.card import card
from kpi_toolkit.insight.deals.at_risk import REASONS, DealsAtRisk, OpenDeal, worth

MOST = 10  # deals that a card lists


def message(words: Format, found: DealsAtRisk) -> str:
    """How many open deals are at risk, and what they are worth."""
    return words.tn(
        "One of {all} open deals is at risk, worth {amount} of {total}.",
        "{n} of {all} open deals are at risk, worth {amount} of {total}.",
        len(found.deals),
        all=words.count(found.open_deals),
        amount=words.money(found.amount),
        total=words.money(found.open_amount),
    )


def closing(words: Format, found: DealsAtRisk) -> str:
    """How many are to be closed, and why; empty where there is none."""
    close = found.to_close
    if not close or found.longest_days is None:
        return ""
    return words.tn(
        "one to close ({amount}), open for more than {days}, longer than any deal won in twelve "
        "months took",
        "{n} to close ({amount}), open for more than {days}, longer than any deal won in twelve "
        "months took",
        len(close),
        amount=words.money(worth(close)),
        days=words.duration(found.longest_days, 0),
    )


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
    if deal.to_close:
        return words.t("close, unless it has a new date")
    if "silent" in deal.days:
        late = "overdue" in deal.days
        return words.t("call, then date or close") if late else words.t("call")
    return words.t("date or close") if "overdue" in deal.days else words.t("go on or close")


def bundle(found: DealsAtRisk) -> dict[str, str]:
    """Deals at risk in a notebook and in a console: the first of them, with their reasons."""
    words = Format(found.language, found.currency)  # type: ignore[arg-type]
    title = words.t("Deals at risk")
    lead = message(words, found) if found.deals else words.t("No open deal is at risk.")
    facts = [(deal.deal_id, _fact(words, deal)) for deal in found.deals[:MOST]]
    if more := len(found.deals) - len(facts):
        facts.append((words.tn("{n} other", "{n} others", more), ".frame"))
    lines = [f"  {deal}  {why}" for deal, why in facts]
    page = card(title, lead=lead, facts=facts)
    return {"text/plain": "\n".join([title, lead, *lines]), "text/html": page}


def _fact(words: Format, deal: OpenDeal) -> str:
    amount = NO_DATA if deal.amount is None else words.money(deal.amount)
    return f"{amount} · {reasons(words, deal)}"
