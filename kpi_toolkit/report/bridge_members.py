"""What became of the open pipeline of each member of a dimension, in parts that add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import NO_DATA, Format, Scale
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals import bridge_words
from kpi_toolkit.insight.deals.bridge import Bridge, Part
from kpi_toolkit.insight.deals.bridging import member_bridges
from kpi_toolkit.insight.deals.moves import ZERO
from kpi_toolkit.kpis import registry
from kpi_toolkit.report import drawing
from kpi_toolkit.report.absent import absent
from kpi_toolkit.report.bridge import refusal
from kpi_toolkit.report.session import Session, sentence


def bridge_members(session: Session, by: str, n: int) -> Block:
    """The `n` members of a dimension whose pipeline changed most in the period, with its parts."""
    if n < 1:
        raise DefinitionError(f"n = {n!r}: expected a number of rows from 1 on")
    words, scope = session.words, session.scope
    by_it = words.t("by {dimension}", dimension=wording.column(words, by).lower())
    what = f"{words.t('Pipeline bridge')} {by_it}"
    if reason := refusal(session, "period", dated=False, by=by):
        return absent(words, what, reason)
    within = {scope.dimension: scope.member} if scope.dimension not in ("", by) else None
    found = member_bridges(session.crm, session.period, by=by, within=within, as_of=session.as_of)
    if scope.dimension == by:
        found = tuple(each for each in found if each.within[0][1] == scope.member)
    if not found:
        return sentence(words.t("No deal is open."))
    if len(found) == 1:  # the bridge of all says the same
        only = words.t("there is only {member}", member=_name(words, found[0], by))
        return absent(words, what, only)
    return _table(session, found, by, n)


def _table(session: Session, found: Sequence[Bridge], by: str, n: int) -> Block:
    words = session.words
    parts = _parts(found)
    scale = words.money_scale([each for one in found for each in (one.start, one.end)])
    start, end = (words.date_short(day) for day in bridge_words.last_days(found[0]))
    return blocks.table(
        message=_message(words, found[0], by),
        subject=_subject(session, found, (by, scale.unit), n),
        heads=[
            wording.column(words, by),
            words.t("Open, {date}", date=start),
            *(bridge_words.name(words, part) for part in parts),
            words.t("Open, {date}", date=end),
            words.t("Change"),
        ],
        rows=[[_name(words, one, by), *_amounts(words, scale, [one], parts)] for one in found[:n]],
        align=blocks.aligned(1, len(parts) + 3),
        strong=[len(parts) + 3],
        total=[words.t("Total"), *_amounts(words, scale, found, parts)],
        phone=[0, len(parts) + 2, len(parts) + 3],
    )


def _parts(found: Sequence[Bridge]) -> list[Part]:
    """The parts that any member has and the data know of, in the order of the bridge."""
    usual = [part for one in found for part in one.parts if part.known and part.deals]
    order = list(bridge_words.NAMES)
    return sorted({part.name: part for part in usual}.values(), key=lambda p: order.index(p.name))


def _name(words: Format, one: Bridge, by: str) -> str:
    return words.named(wording.member(words, by, one.within[0][1]))


def _amounts(words: Format, scale: Scale, of: Sequence[Bridge], parts: list[Part]) -> list[str]:
    """Start, parts, end and change of some members together."""
    start, end = (sum((getattr(one, at) for one in of), ZERO) for at in ("start", "end"))
    moved = [sum((one[part.name].amount for one in of), ZERO) for part in parts]

    def shown(amount: Decimal, *, sign: bool) -> str:
        if sign and not amount:
            return NO_DATA
        return words.number(float(amount) / scale.divisor, scale.digits, sign)

    signed = [shown(amount, sign=True) for amount in moved]
    return [
        shown(start, sign=False),
        *signed,
        shown(end, sign=False),
        shown(end - start, sign=True),
    ]


def _message(words: Format, first: Bridge, by: str) -> str:
    """Who changed most, and by what."""
    given = {
        "member": _name(words, first, by),
        "change": words.money(first.end - first.start, sign=True),
        "end": words.money(first.end),
        "parts": bridge_words.greatest(words, first),
    }
    return words.t("{member} changed most: {change}, to {end} ({parts}).", **given)


def _subject(session: Session, found: Sequence[Bridge], shown: tuple[str, str], n: int) -> str:
    words, (by, unit) = session.words, shown
    bound = registry()["pipeline_value"].bind()
    about = drawing.subject(session, bound, words.period(session.period), by, unit=unit)
    doubts = " ".join(bridge_words.of_scope(words, found[0]))
    left_out = drawing.left_out(session, len(found) - n)
    return " · ".join(filter(None, [about, doubts.removesuffix("."), left_out]))
