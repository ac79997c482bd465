"""What readers are told of a forecast: the sentence, and how it was made."""

from __future__ import annotations

import datetime as dt

from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.forecast import Forecast, Month
from kpi_toolkit.models.win_probability import FEWEST_OF_EACH
from kpi_toolkit.period import Period


def message(words: Format, found: Forecast, day: dt.date) -> str:
    """What is expected by when, and how far off it may be; `day` is the last one that is known."""
    when = words.date(day)
    if found.states.empty:
        return words.t("No deal is open on {day}.", day=when)
    if found.to_come is None:
        return words.t(
            "The deals open on {day} are worth {value}, each by its chance.",
            day=when,
            value=words.value(found.weighted, "money"),
        )
    return words.t(
        "The deals open on {day} should bring {value} by the end of {month}: between {low} and "
        "{high} in eight of ten simulated futures.",
        day=when,
        value=words.value(found.to_come.expected, "money"),
        month=words.period(found.to_come.period),
        low=words.value(found.to_come.bands[80][0], "money"),
        high=words.value(found.to_come.bands[80][1], "money"),
    )


def reached(words: Format, quarter: Period, month: Month) -> str:
    """What a quarter under way should come to, with all that is won in it already."""
    low, high = (words.value(bound, "money") for bound in month.bands[80])
    return words.t(
        "With what is won already, {period} comes to {value} ({low} to {high}).",
        period=words.period_short(quarter),
        value=words.value(month.expected, "money"),
        low=low,
        high=high,
    )


def against(words: Format, month: Month, period: Period, target: float) -> str:
    """The target of a period, and what of it new deals have to bring by its last month."""
    when, aim = words.period_short(period), words.value(target, "money")
    left = target - month.expected
    if left <= 0:
        return words.t("Target of {period}: {target}, which this covers.", period=when, target=aim)
    return words.t(
        "Target of {period}: {target}, of which {left} has to come from deals that are not open "
        "yet.",
        period=when,
        target=aim,
        left=words.value(left, "money"),
    )


def notes(words: Format, found: Forecast, old: float = 0) -> list[str]:
    """What does not count, how the chances were estimated, and where the months come from; `old` is
    the weighted amount of deals open for longer than any won deal took.
    """
    said = [way(words, found)]
    if found.total is None:
        said.append(words.t("The past is too short to say in which months they will close."))
    else:
        said.insert(
            0,
            words.t(
                "What is to come counts only the deals that are open already; past quarters count "
                "all deals."
            ),
        )
        said.append(
            words.t("The months are those in which earlier deals in the same position were won.")
        )
        said.append(_worth(words, found))
        if old:
            said.append(
                words.t(
                    "Of this, {value} is that of deals open for longer than any deal won in "
                    "twelve months took.",
                    value=words.value(old, "money"),
                )
            )
    if found.brought and found.total:
        month, brought = found.months[0].period, words.value(found.brought, "money")
        said.append(
            words.t(
                "{period} counts what is won in it already: {value}.",
                period=_capital(words.period(month)),
                value=brought,
            )
        )
    if found.lacking:
        said.append(
            words.tn(
                "One open deal has no amount or no probability and does not count.",
                "{n} open deals have no amount or no probability and do not count.",
                found.lacking,
            )
        )
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _worth(words: Format, found: Forecast) -> str:
    """No month can bring more than all time: where the coming ones should, chances are too low."""
    assert found.total is not None
    value = words.value(found.weighted, "money")
    if found.total.expected - found.brought < found.weighted:
        return words.t(
            "Whenever they close, the open deals are worth {value}, each by its chance.",
            value=value,
        )
    return words.t(
        "By their chances alone the open deals are worth {value}; earlier deals in the same "
        "position brought more than their chances said.",
        value=value,
    )


def way(words: Format, found: Forecast) -> str:
    """Which way of estimating was taken, and what it is worth."""
    learnt = found.learnt
    if found.way == "declared":
        return words.t(
            "Win probabilities are those that the stages declare: no deal had been decided before."
        )
    if learnt.trial is None:
        return " ".join([_plain(words, found), _too_few(words, found)])
    return " ".join([_plain(words, found), _trial(words, found)])


def _plain(words: Format, found: Forecast) -> str:
    if found.way == "share":
        return words.t("Every open deal has the same win probability, the share of past deals won.")
    if found.way == "stage_share":
        return words.t(
            "A win probability is the share won of the past deals that were in the same stage."
        )
    return words.tn(
        "Win probabilities are learnt from one decided deal, as it was known during its life.",
        "Win probabilities are learnt from {n} decided deals, as they were known during their "
        "life.",
        found.learnt.deals,
    )


def _too_few(words: Format, found: Forecast) -> str:
    return words.t(
        "Too few deals are decided to learn more (won: {won}, lost: {lost}; {least} of each are "
        "needed, and a hundred more to compare).",
        won=words.count(found.learnt.won),
        lost=words.count(found.learnt.lost),
        least=words.count(FEWEST_OF_EACH),
    )


def _trial(words: Format, found: Forecast) -> str:
    trial = found.learnt.trial
    assert trial is not None
    deals = words.count(trial.deals)
    if found.way == "share":
        return words.t(
            "On the {deals} deals decided last, no model did better (Brier score {score}).",
            deals=deals,
            score=words.number(trial.share_brier, 3),
        )
    return words.t(
        "On the {deals} deals decided last, their Brier score was {score}; the same probability "
        "for all would have had {plain} (0 is perfect).",
        deals=deals,
        score=words.number(trial.brier, 3),
        plain=words.number(trial.share_brier, 3),
    )
