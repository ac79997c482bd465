"""The open deals that need a word, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.format import NO_DATA, Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals.at_risk import DealsAtRisk, OpenDeal, deals_at_risk, reasons
from kpi_toolkit.kpis import registry
from kpi_toolkit.report.session import Session, sentence

_COLUMNS = ("deal_id", "owner", "stage", "amount")


def at_risk(session: Session, n: int, silent_days: int) -> Block:
    """The first `n` open deals that are overdue, silent or old, as of the report's date."""
    words, scope = session.words, session.scope
    if reason := session.refusal(registry()["pipeline_value"].bind()):
        label = words.t("Deals at risk")
        return sentence(words.t("{kpi}: not available ({reason}).", kpi=label, reason=reason))
    within = {scope.dimension: scope.member} if scope.dimension else None
    found = deals_at_risk(session.crm, within=within, silent_days=silent_days, as_of=session.as_of)
    if not found.deals:
        return sentence(" ".join([words.t("No open deal is at risk."), *_unknown(words, found)]))
    scale = words.money_scale([deal.amount for deal in found.deals[:n]])
    heads = [wording.column(words, column) for column in _COLUMNS]
    heads[_COLUMNS.index("amount")] += f", {scale.unit}"
    return blocks.table(
        message=_message(words, found),
        subject=" ".join([_subject(session, found, n), *_unknown(words, found)]),
        heads=[*heads, words.t("Why")],
        rows=[_row(words, deal, scale.divisor, scale.digits) for deal in found.deals[:n]],
        align=["left", "left", "left", "right", "left"],
        strong=[_COLUMNS.index("amount")],
        phone=[0, _COLUMNS.index("amount"), len(heads)],
    )


def _message(words: Format, found: DealsAtRisk) -> str:
    return words.tn(
        "One of {all} open deals is at risk, worth {amount} of {total}.",
        "{n} of {all} open deals are at risk, worth {amount} of {total}.",
        len(found.deals),
        all=words.count(found.open_deals),
        amount=words.money(found.amount),
        total=words.money(found.open_amount),
    )


def _subject(session: Session, found: DealsAtRisk, n: int) -> str:
    """Why, how many each, and how many are listed."""
    words, shown = session.words, min(n, len(found.deals))
    told = words.clauses(_counts(words, found))
    day = words.date(session.crm.calendar.local_day(found.as_of))
    listed = words.tn("The first of them", "The first {n} of them", shown)
    if shown == len(found.deals):
        listed = words.t("All of them")
    return f"{listed}, {day}{words.colon} {told}."


def _counts(words: Format, found: DealsAtRisk) -> Iterator[str]:
    if overdue := found.count("overdue"):
        yield words.tn("one past its expected closing", "{n} past their expected closing", overdue)
    if silent := found.count("silent"):
        days = words.duration(found.silent_days, 0)
        yield words.tn(
            "one of which nothing was recorded for more than {days}",
            "{n} of which nothing was recorded for more than {days}",
            silent,
            days=days,
        )
    if (old := found.count("old")) and found.usual_days:
        days = words.duration(found.usual_days, 0)
        yield words.tn(
            "one open for more than {days}, longer than nine of ten won deals took",
            "{n} open for more than {days}, longer than nine of ten won deals took",
            old,
            days=days,
        )


def _unknown(words: Format, found: DealsAtRisk) -> Iterator[str]:
    if "overdue" in found.unknown:
        yield words.t("When deals are expected to close is not known.")
    if "silent" in found.unknown:
        yield words.t("What happens to deals is not recorded.")
    if "old" in found.unknown:
        yield words.t("Too few deals were won in twelve months to tell an unusual age.")


def _row(words: Format, deal: OpenDeal, divisor: float, digits: int) -> list[str]:
    amount = NO_DATA if deal.amount is None else words.number(float(deal.amount) / divisor, digits)
    owner, stage = (text or NO_DATA for text in (deal.owner, deal.stage))
    return [deal.deal_id, owner, stage, amount, reasons(words, deal)]
