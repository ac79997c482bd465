"""What lies ahead, for the first page: the forecast beside its target, and the deals at risk."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals.at_risk import DealsAtRisk, worth
from kpi_toolkit.insight.deals.at_risk_words import closing, message
from kpi_toolkit.insight.forecast import ahead_words as told
from kpi_toolkit.insight.forecast.ahead import ahead as around_of
from kpi_toolkit.kpis import registry
from kpi_toolkit.report import at_risk, forecast
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.session import Session, sentence

Said = tuple[str, str]  # a claim and its evidence
# By what deals at risk are shared out on a page that many read, the first that there is: no people.
_SHARED_OUT = ("team", "region", "segment", "product")


def ahead(session: Session, months: int | None) -> Block:
    """Two sentences to act on; the sections below have the figures behind them."""
    words = session.words
    if reason := session.refusal(registry()["pipeline_value"].bind()):
        return absent(words, words.t("Ahead"), reason)
    said = [*_forecast(session, months), *_at_risk(session)]
    if not said:
        return sentence(words.t("No deal is open."))
    lines = [
        [blocks.paragraph((f"{claim}{words.colon} " if rest else f"{claim}.", True), rest)]
        for claim, rest in said
    ]
    return blocks.text(
        {"type": "list", "ordered": False, "items": lines}, title=words.t("Ahead"), opens=True
    )


def _forecast(session: Session, months: int | None) -> Iterator[Said]:
    if session.refusal(registry()["sales_forecast"].bind()):
        return
    found = forecast.of(session, months)
    if found.states.empty or found.total is None:
        return
    scope, words = session.scope, session.words
    within = {scope.dimension: scope.member} if scope.dimension else None
    around = around_of(session.crm, found, session.targets, within)
    day = forecast.last_day(session, found)
    yield told.claim(words, found, day), f"{told.evidence(words, found, around)}."


def _at_risk(session: Session) -> Iterator[Said]:
    words = session.words
    there = registry()["pipeline_value"].dimensions(session.crm)
    by = next((dimension for dimension in _SHARED_OUT if dimension in there), "")
    found = at_risk.of(session, by)
    if found.deals:
        claim = message(words, found).removesuffix(".")
        today = words.date(session.crm.calendar.local_day(session.as_of))
        known = words.t("data as of {date}", date=today)
        yield claim, f"{words.clauses([*_whose(session, found, by), known])}."


def _whose(session: Session, found: DealsAtRisk, by: str) -> Iterator[str]:
    """Which to begin with: those that nobody looks after, and those of the team with most."""
    words = session.words
    if left := found.count("left"):
        amount = worth(deal for deal in found.deals if "left" in deal.days)
        yield words.tn(
            "one to give to someone else, since its owner has left ({amount})",
            "{n} to give to someone else, since their owner has left ({amount})",
            left,
            amount=words.money(amount),
        )
    if close := closing(words, found):
        yield close
        rest = [deal for deal in found.deals if not deal.to_close]
        if 0 < len(rest) < len(found.to_close):
            yield words.tn(
                "which leaves one to take up ({amount})",
                "which leaves {n} to take up ({amount})",
                len(rest),
                amount=words.money(worth(rest)),
            )
    known = [one for one in found.members if one.member]
    if len(known) > 1:
        first = known[0]
        yield words.tn(
            "most in {dimension} {member} (one deal, {amount})",
            "most in {dimension} {member} ({n} deals, {amount})",
            len(first.deals),
            dimension=wording.column(words, by).lower(),
            member=wording.member(words, by, first.member),
            amount=words.money(first.amount),
        )
