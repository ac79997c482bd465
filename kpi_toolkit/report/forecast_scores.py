"""How the report's earlier forecasts turned out."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_toolkit import blocks
from kpi_toolkit import config as configuration
from kpi_toolkit.blocks import Block
from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.recomputed import recomputed
from kpi_toolkit.insight.forecast.scores import Chances, MonthScore, Scores, Told, archived, scores
from kpi_toolkit.kpis import registry
from kpi_toolkit.report import drawing
from kpi_toolkit.report.session import Session, sentence

MOST_MONTHS = 24


def forecast_scores(session: Session) -> Block:
    """Earlier forecasts of this report against what came, a row a month that has ended: as they
    were published, else computed again.
    """
    words = session.words
    if refused := drawing.refused(session, session.bound(registry()["sales_forecast"])):
        return refused
    found = scores(_told(session), session.crm, session.as_of)
    if not found.months and not found.published and not found.recomputed:
        return sentence(words.t("No earlier forecast of this report can be judged yet."))
    if not found.months:
        return sentence(_of_chances(words, found))
    heads = [
        words.t("Report"),
        words.t("Month"),
        words.t("Forecast"),
        words.t("{share} band", share=words.percent(0.8, 0)),
        words.t("Came"),
        words.t("Outcome"),
        words.t("Origin"),
    ]
    return blocks.table(
        message=_message(words, found.months),
        subject=" ".join(
            filter(
                None,
                [
                    _again(words, found.months),
                    _of_sums(words, found.months),
                    _of_chances(words, found),
                ],
            )
        ),
        heads=heads,
        rows=[_row(words, month) for month in found.months[:MOST_MONTHS]],
        align=["left", "left", "right", "right", "right", "left", "left"],
        phone=[1, 5],
    )


def _told(session: Session) -> list[Told]:
    """What was published, and what nobody published of the latest periods."""
    config = configuration.load() if configuration.find_config() else None
    crm, scope, as_of = session.crm, session.scope, session.as_of
    found = archived(config, session.name, str(scope), crm, as_of) if config else []
    known = {one.period.key for one in found if one.rows}
    within = {scope.dimension: scope.member} if scope.dimension else None
    return [*found, *recomputed(crm, session.period, known, as_of, within)]


def _message(words: Format, months: Sequence[MonthScore]) -> str:
    if any(month.published for month in months):
        return _of_published(words, months)
    return _of_recomputed(words, months)


def _again(words: Format, months: Sequence[MonthScore]) -> str:
    """How many of the months nobody published, where others were."""
    again = sum(not month.published for month in months)
    if again in (0, len(months)):
        return ""
    return words.tn(
        "The forecast of one month was not published: it is computed again from what was known "
        "then.",
        "The forecasts of {n} months were not published: they are computed again from what was "
        "known then.",
        again,
    )


def _of_published(words: Format, months: Sequence[MonthScore]) -> str:
    return words.tn(
        "One month that was forecast is over; what came lay within the 80% band in {inside} of 1.",
        "{n} months that were forecast are over; what came lay within the 80% band in {inside} of "
        "them.",
        len(months),
        inside=words.count(sum(month.is_inside for month in months)),
    )


def _of_recomputed(words: Format, months: Sequence[MonthScore]) -> str:
    return words.tn(
        "One month is forecast again from what was known then; what came lay within the 80% band "
        "in {inside} of 1.",
        "{n} months are forecast again from what was known then; what came lay within the 80% "
        "band in {inside} of them.",
        len(months),
        inside=words.count(sum(month.is_inside for month in months)),
    )


def _of_sums(words: Format, months: tuple[MonthScore, ...]) -> str:
    return words.t(
        "In all {came} came of {expected} expected.",
        came=words.value(sum(month.came for month in months), "money"),
        expected=words.value(sum(month.expected for month in months), "money"),
    )


def _of_chances(words: Format, found: Scores) -> str:
    """What became of the deals, of each kind of forecast."""
    if not found.published and not found.recomputed:
        return words.t("No deal of theirs is decided yet.")
    said = [_scored(words, found.published)] if found.published else []
    if found.recomputed:
        said.append((_scored_again if said else _scored)(words, found.recomputed))
    return " ".join(said)


def _scored(words: Format, chances: Chances) -> str:
    return words.t(
        "Of {deals} deals decided since, {won} were won where the probabilities made {expected}; "
        "Brier score {score} (0 is perfect; the same probability for all: {plain}).",
        **_figures(words, chances),
    )


def _scored_again(words: Format, chances: Chances) -> str:
    return words.t(
        "Of {deals} deals decided since in the forecasts computed again, {won} were won where the "
        "probabilities made {expected}; Brier score {score} (the same probability for all: "
        "{plain}).",
        **_figures(words, chances),
    )


def _figures(words: Format, chances: Chances) -> dict[str, str]:
    return {
        "deals": words.count(chances.decided),
        "won": words.count(chances.won),
        "expected": words.count(round(chances.expected)),
        "score": words.number(chances.brier, 3),
        "plain": words.number(chances.plain, 3),
    }


def _row(words: Format, month: MonthScore) -> list[str]:
    if month.is_inside:
        judged = words.t("within")
    else:
        judged = words.t("above") if month.came > month.high else words.t("below")
    return [
        words.period(month.forecast_of),
        words.period(month.month),
        words.value(month.expected, "money"),
        words.interval(month.low, month.high, "money"),
        words.value(month.came, "money"),
        judged,
        words.t("published") if month.published else words.t("computed again"),
    ]
