"""The open deals, each with its chance and what speaks for it and against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import NO_DATA, Format, Scale
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals.won_ages import outlasting
from kpi_toolkit.insight.forecast import words as forecast_words
from kpi_toolkit.insight.forecast.forecast import Forecast
from kpi_toolkit.kpis import registry
from kpi_toolkit.models.reasons import Reason, reasons
from kpi_toolkit.report import drawing
from kpi_toolkit.report.forecast import last_day, of_deals
from kpi_toolkit.report.session import Session, sentence

MOST_DEALS = 500
MOST_REASONS = 2
_SHOWN = ("deal_id", "owner", "stage")
_IN_COLUMNS = ("owner", "stage", "amount", "age")
_WEIGHTED = "Weighted amount"
_DAY = 86_400


def open_deals(session: Session, n: int) -> Block:
    """The `n` open deals from which most is to be expected."""
    if not 1 <= n <= MOST_DEALS:
        raise DefinitionError(f"n = {n!r}: expected a number of deals from 1 to {MOST_DEALS}")
    value = session.bound(registry()["sales_forecast"])
    if refused := drawing.refused(session, value):
        return refused
    found, words = of_deals(session), session.words
    if found.states.empty:
        return sentence(forecast_words.message(words, found, last_day(session, found)))
    now_open = _still_open(session, found)
    old = {*outlasting(session.crm, found.moment, found.states)["deal_id"]} & now_open
    top = found.states[found.states["deal_id"].isin(now_open - old)].head(n)
    if top.empty:
        return sentence(words.t("No deal is open."))
    columns = _columns(session, found, top)
    why = words.t("For and against")
    texts = (*(wording.column(words, c) for c in _SHOWN), why)
    numbers = [head for head in columns if head not in texts]
    weighted = next(n for n, head in enumerate(columns) if head.startswith(words.t(_WEIGHTED)))
    return blocks.table(
        message=_message(session, found, top),
        subject=_subject(
            session, found, (len(found.states) - len(now_open), len(old)), explained=why in columns
        ),
        heads=list(columns),
        rows=[list(row) for row in zip(*columns.values(), strict=True)],
        align=["right" if head in numbers else "left" for head in columns],
        phone=[0, 1, weighted],
    )


def _message(session: Session, found: Forecast, top: pd.DataFrame) -> str:
    words = session.words
    share = top["weight"].sum() / found.weighted if found.weighted else 0
    return words.tn(
        "One open deal of {all} holds {share} of the weighted pipeline.",
        "{n} open deals of {all} hold {share} of the weighted pipeline.",
        len(top),
        all=words.count(len(found.states)),
        share=words.percent(share, 0),
    )


def _subject(
    session: Session, found: Forecast, without: tuple[int, int], *, explained: bool
) -> str:
    """What the table shows, and how many are left out: closed since, and older than won deals."""
    words, (closed, old) = session.words, without
    label = words.t("Open deals by amount × win probability")
    told = [label, words.date(last_day(session, found))]
    if explained:
        told.append(words.t("▲ for, ▼ against a win"))
    if found.way == "share":
        told.append(words.t("the same probability for all"))
    if closed:
        told.append(words.tn("without one closed since", "without {n} closed since", closed))
    if old:
        told.append(
            words.tn(
                "without one open for longer than any won deal took",
                "without {n} open for longer than any won deal took",
                old,
            )
        )
    return " · ".join(told)


def _still_open(session: Session, found: Forecast) -> set[str]:
    """The deals of a forecast that are open at the report's date: the others need nothing more."""
    gone = session.crm.query(
        f"SELECT deal_id FROM deals WHERE closed_at < {instant(session.as_of)}"
    )
    return {*found.states["deal_id"]} - {deal for (deal,) in gone}


def _columns(session: Session, found: Forecast, top: pd.DataFrame) -> dict[str, list[str]]:
    words = session.words
    told = {wording.column(words, c): _texts(words, c, top[c]) for c in _SHOWN if c in top}
    scale = words.money_scale([*top["amount"].dropna().astype(float), *top["weight"].dropna()])
    amounts, weights = (_amounts(words, top[c], scale) for c in ("amount", "weight"))
    told[f"{words.t('Amount')}, {scale.unit}"] = amounts
    told[words.t("Probability")] = [
        NO_DATA if p != p else words.percent(p, 0) for p in top["probability"]
    ]
    told[f"{words.t(_WEIGHTED)}, {scale.unit}"] = weights
    ages = (found.moment - top["created_at"]).dt.total_seconds() / _DAY
    told[f"{words.t('Age')}, {words.days_unit}"] = [
        NO_DATA if days != days else words.number(days, 0) for days in ages
    ]
    why = reasons(found.learnt.chances, top, MOST_REASONS, without=_IN_COLUMNS)
    if any(why):
        rows = zip(why, top.to_dict("records"), strict=True)
        told[words.t("For and against")] = [_why(words, each, deal) for each, deal in rows]
    return told


def _amounts(words: Format, column: pd.Series, scale: Scale) -> list[str]:
    return [
        NO_DATA
        if value is None or value != value
        else words.number(float(value) / scale.divisor, scale.digits)
        for value in column
    ]


def _texts(words: Format, name: str, column: pd.Series) -> list[str]:
    return [
        NO_DATA
        if value is None or value != value
        else words.named(wording.member(words, name, str(value)))
        for value in column
    ]


def _why(words: Format, found: Sequence[Reason], deal: dict) -> str:
    """ "▲ referral · ▼ put off 2 times": beside what has a column of its own."""
    return " · ".join(
        f"{'▲' if reason.effect > 0 else '▼'} {_said(words, reason.feature, deal)}"
        for reason in found
    )


def _said(words: Format, feature: str, deal: dict) -> str:
    """A property of a deal in words."""
    if feature == "days_in_stage":
        days = _days(deal["seen_at"], deal["entered_at"])
        return words.t("{days} in its stage", days=words.duration(days, 0))
    if feature == "pushes":
        return words.tn("put off once", "put off {n} times", int(deal["pushes"]))
    if feature == "days_to_close":
        return _due(words, deal)
    member = deal.get(feature)
    if member is None or member != member:
        return words.t("no {column}", column=wording.column(words, feature).lower())
    return words.named(wording.member(words, feature, str(member)))


def _due(words: Format, deal: dict) -> str:
    if pd.isna(deal["expected_close_on"]):
        return words.t("no expected date")
    days = _days(deal["expected_close_on"], deal["seen_at"])
    if days < 0:
        return words.t("overdue by {days}", days=words.duration(-days, 0))
    return words.t("expected in {days}", days=words.duration(days, 0))


def _days(later: dt.datetime, earlier: dt.datetime) -> float:
    return (later - earlier) / dt.timedelta(days=1)
