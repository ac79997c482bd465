"""How the report's earlier forecasts turned out."""

from __future__ import annotations

from kpi_toolkit import blocks
from kpi_toolkit import config as configuration
from kpi_toolkit.blocks import Block
from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.scores import MonthScore, Scores, scores
from kpi_toolkit.kpis import registry
from kpi_toolkit.report import drawing
from kpi_toolkit.report.session import Session, sentence

MOST_MONTHS = 24


def forecast_scores(session: Session) -> Block:
    """Archived forecasts of this report against what came, a row a month that has ended."""
    words = session.words
    if refused := drawing.refused(session, session.bound(registry()["sales_forecast"])):
        return refused
    config = configuration.load() if configuration.find_config() else None
    if config is None:
        return sentence(words.t("Without kpi.toml there is no archive of earlier forecasts."))
    found = scores(config, session.name, str(session.scope), session.crm, session.as_of)
    if not found.months and not found.decided:
        return sentence(words.t("No earlier forecast of this report can be judged yet."))
    if not found.months:
        return sentence(_of_chances(words, found))
    return blocks.table(
        message=_of_months(words, found.months),
        subject=" ".join([_of_sums(words, found.months), _of_chances(words, found)]),
        heads=[
            words.t("Report"),
            words.t("Month"),
            words.t("Forecast"),
            words.t("{share} band", share=words.percent(0.8, 0)),
            words.t("Came"),
            words.t("Outcome"),
        ],
        rows=[_row(words, month) for month in found.months[:MOST_MONTHS]],
        align=["left", "left", "right", "right", "right", "left"],
    )


def _of_months(words: Format, months: tuple[MonthScore, ...]) -> str:
    inside = sum(month.is_inside for month in months)
    return words.tn(
        "One month was forecast earlier; what came lay within the 80% band in {inside} of 1.",
        "{n} months were forecast earlier; what came lay within the 80% band in {inside} of them.",
        len(months),
        inside=words.count(inside),
    )


def _of_sums(words: Format, months: tuple[MonthScore, ...]) -> str:
    return words.t(
        "In all {came} came of {expected} expected.",
        came=words.value(sum(month.came for month in months), "money"),
        expected=words.value(sum(month.expected for month in months), "money"),
    )


def _of_chances(words: Format, found: Scores) -> str:
    if found.brier is None or found.plain is None:
        return words.t("No deal of theirs is decided yet.")
    return words.t(
        "Of {deals} deals decided since, {won} were won where the probabilities made {expected}; "
        "Brier score {score} (0 is perfect; the same probability for all: {plain}).",
        deals=words.count(found.decided),
        won=words.count(found.won),
        expected=words.count(round(found.expected)),
        score=words.number(found.brier, 3),
        plain=words.number(found.plain, 3),
    )


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
    ]
