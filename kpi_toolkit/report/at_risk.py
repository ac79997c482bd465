"""The open deals that need a word: why, what to do, and who has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import NO_DATA, Format, Scale
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals.at_risk import (
    REASONS,
    AtRisk,
    DealsAtRisk,
    OpenDeal,
    Reason,
    deals_at_risk,
)
from kpi_toolkit.insight.deals.at_risk_words import closing, message, next_step
from kpi_toolkit.kpis import registry
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.session import Session, sentence

# The heads of columns of days, and of columns that count deals.
_DAYS = {"overdue": "Overdue", "silent": "Silent", "old": "Age"}
_COUNTS = {
    "overdue": "Past due",
    "silent": "No activity",
    "old": "Too old",
    "left": "Owner left",
}
_COLUMNS = ("deal_id", "owner", "stage", "amount")


def at_risk(session: Session, by: str | None, n: int, silent_days: int) -> Block:
    """The first `n` open deals that are overdue, silent, old or left behind, as of the report's
    date; `by` a dimension, how many each of its members has.
    """
    words = session.words
    if n < 1:
        raise DefinitionError(f"n = {n!r}: expected a number of rows from 1 on")
    if reason := session.refusal(registry()["pipeline_value"].bind(), by):
        return absent(words, words.t("Deals at risk"), reason)
    found = of(session, by or "", silent_days)
    if not found.deals:
        return sentence(" ".join([words.t("No open deal is at risk."), *_unknown(words, found)]))
    return _of_members(session, found, by, n) if by else _of_deals(session, found, n)


def of(session: Session, by: str = "", silent_days: int = 30) -> DealsAtRisk:
    """The deals at risk within the report's scope."""
    scope = session.scope
    within = {scope.dimension: scope.member} if scope.dimension else None
    return deals_at_risk(
        session.crm, within=within, by=by, silent_days=silent_days, as_of=session.as_of
    )


# -- deal by deal


def _of_deals(session: Session, found: DealsAtRisk, n: int) -> Block:
    words, shown = session.words, found.deals[:n]
    scale = words.money_scale([deal.amount for deal in shown])
    there = session.crm.columns.get("deals", frozenset())
    columns = [column for column in _COLUMNS if column in there]
    heads = [wording.column(words, column) for column in columns]
    heads[columns.index("amount")] += f", {scale.unit}"
    dated = [reason for reason in REASONS if reason in _DAYS]
    reasons = [reason for reason in dated if any(reason in deal.days for deal in shown)]
    days = [f"{words.t(_DAYS[reason])}, {words.days_unit}" for reason in reasons]
    return blocks.table(
        message=message(words, found),
        subject=" ".join([_subject(session, found, n), *_unknown(words, found)]),
        heads=[*heads, *days, words.t("To do")],
        rows=[[*_told(words, deal, columns, scale), *_why(words, deal, reasons)] for deal in shown],
        align=[*blocks.aligned(len(columns) - 1, 1 + len(days)), "left"],
        strong=[columns.index("amount")],
        phone=[0, columns.index("amount"), len(heads) + len(days)],
    )


def _told(words: Format, deal: OpenDeal, columns: Sequence[str], scale: Scale) -> list[str]:
    """What a deal is: of the columns that the data have."""
    stage = wording.member(words, "stage", deal.stage) if deal.stage else NO_DATA
    told = {
        "deal_id": words.named(deal.deal_id),
        "owner": words.named(deal.owner or NO_DATA),
        "stage": words.named(stage),
        "amount": _amount(words, deal, scale),
    }
    return [told[column] for column in columns]


def _why(words: Format, deal: OpenDeal, reasons: Sequence[Reason]) -> list[str]:
    """Days only where they are a reason, and what to do."""
    days = [words.count(deal.days[reason]) if reason in deal.days else "" for reason in reasons]
    return [*days, next_step(words, deal)]


def _amount(words: Format, deal: OpenDeal, scale: Scale) -> str:
    if deal.amount is None:
        return NO_DATA
    return words.number(float(deal.amount) / scale.divisor, scale.digits)


def _subject(session: Session, found: DealsAtRisk, n: int) -> str:
    """Why, how many each, and which are listed."""
    words = session.words
    day = words.date(session.crm.calendar.local_day(found.as_of))
    told = f"{day}{words.colon} {words.clauses(_counts(words, found))}."
    return " ".join([told, *_majority(words, found), *_listed(words, found, n)])


def _majority(words: Format, found: DealsAtRisk) -> Iterator[str]:
    if 2 * len(found.deals) > found.open_deals:
        yield words.t("More than half of the open deals are at risk, so that alone tells little.")


def _listed(words: Format, found: DealsAtRisk, n: int) -> Iterator[str]:
    """Which of them the table has, where it has not all."""
    rest = len(found.deals) - len(found.to_close)
    if n >= len(found.deals):
        return
    if not found.to_close:
        yield words.tn("Listed: the greatest.", "Listed: the {n} greatest.", n)
    elif n < rest:
        yield words.tn(
            "Listed: the greatest of the {rest} that are not to close.",
            "Listed: the {n} greatest of the {rest} that are not to close.",
            n,
            rest=words.count(rest),
        )
    else:
        yield words.tn("Listed: the first.", "Listed: the first {n}.", n)


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
    if close := closing(words, found):
        yield close
    if left := found.count("left"):
        yield words.tn("one whose owner has left", "{n} whose owner has left", left)


def _unknown(words: Format, found: DealsAtRisk) -> Iterator[str]:
    if "overdue" in found.unknown:
        yield words.t("When deals are expected to close is not known.")
    if "silent" in found.unknown:
        yield words.t("What happens to deals is not recorded.")
    if "old" in found.unknown:
        yield words.t("Too few deals were won in twelve months to tell an unusual age.")


# -- member by member


def _of_members(session: Session, found: DealsAtRisk, by: str, n: int) -> Block:
    words, shown = session.words, found.members[:n]
    scale = words.money_scale([one.amount for one in shown])
    reasons = [reason for reason in REASONS if found.count(reason)]
    if len(reasons) == 1:  # the same as the column before
        reasons = []
    close = [words.t("To close")] if found.to_close else []
    heads = [
        wording.column(words, by),
        words.t("At risk"),
        *(words.t(_COUNTS[reason]) for reason in reasons),
        *close,
        f"{wording.column(words, 'amount')}, {scale.unit}",
        words.t("of its pipeline"),
    ]
    return blocks.table(
        message=_most(words, found, by),
        subject=words.t("Deals at risk by {dimension}", dimension=heads[0].lower()),
        heads=heads,
        rows=[_member(words, by, one, scale, (reasons, bool(close))) for one in shown],
        align=blocks.aligned(1, len(heads) - 1),
        strong=[len(heads) - 2],
        phone=[0, 1, len(heads) - 2],
    )


def _most(words: Format, found: DealsAtRisk, by: str) -> str:
    """Who has most, and with what part of the whole."""
    first = found.members[0]
    return words.tn(
        "{member} has most at risk: one deal, {amount}, {share} of the amount at risk.",
        "{member} has most at risk: {n} deals, {amount}, {share} of the amount at risk.",
        len(first.deals),
        member=words.named(wording.member(words, by, first.member)),
        amount=words.money(first.amount),
        share=words.percent(float(first.amount / found.amount), 0) if found.amount else NO_DATA,
    )


def _member(
    words: Format, by: str, one: AtRisk, scale: Scale, shown: tuple[list[Reason], bool]
) -> list[str]:
    """A row: deals by the reasons that are `shown`, and those to close where that is."""
    reasons, close = shown
    counts = [*(one.count(reason) for reason in reasons), *([len(one.to_close)] if close else [])]
    share = float(one.amount / one.open_amount) if one.open_amount else None
    return [
        words.named(wording.member(words, by, one.member)),
        words.count(len(one.deals)),
        *(words.count(count) if count else "" for count in counts),
        words.number(float(one.amount) / scale.divisor, scale.digits),
        NO_DATA if share is None else words.percent(share, 0),
    ]
