"""What lies ahead in words: the forecast beside the target, and what it takes to reach it."""

from __future__ import annotations

import datetime as dt

from kpi_toolkit.format import Format
from kpi_toolkit.insight.forecast.ahead import Ahead
from kpi_toolkit.insight.forecast.forecast import Forecast


def claim(words: Format, found: Forecast, day: dt.date) -> str:
    """What the deals open on a day, the last one that is known, should bring."""
    assert found.to_come is not None
    return words.t(
        "The deals open on {day} should bring {value} by the end of {month}",
        day=words.date(day),
        value=words.value(found.to_come.expected, "money"),
        month=words.period(found.to_come.period),
    )


def evidence(words: Format, found: Forecast, around: Ahead) -> str:
    """Its doubt, its target, and what new deals brought in the period before."""
    assert found.to_come is not None
    low, high = (words.value(bound, "money") for bound in found.to_come.bands[80])
    said = [
        words.t("{low} to {high} in eight of ten simulated futures", low=low, high=high),
        _under_way(words, found, around),
        _target(words, around),
        _new(words, around),
        _again(words, around),
    ]
    return words.clauses(said)


def _under_way(words: Format, found: Forecast, around: Ahead) -> str:
    if around.period is None or found.moment <= around.period.start_at:
        return ""
    return words.t(
        "with what is won already, {period} comes to {value}",
        period=words.period_short(around.period),
        value=words.value(around.comes_to, "money"),
    )


def _target(words: Format, around: Ahead) -> str:
    share, missing = around.share, around.missing
    if share is None or missing is None or around.target is None or around.period is None:
        return ""
    given = {
        "share": words.percent(share, 0),
        "target": words.value(around.target, "money"),
        "period": words.period_short(around.period),
        "missing": words.value(abs(missing), "money"),
    }
    if missing <= 0:
        return words.t("{share} of the target ({period}: {target})", **given)
    return words.t("{share} of the target ({period}: {target}), {missing} short", **given)


def _new(words: Format, around: Ahead) -> str:
    if around.new_before is None or around.won_before is None or around.before is None:
        return ""
    return words.t(
        "{when}, deals created in the period brought {new} of {won}",
        when=words.during(around.before),
        new=words.value(around.new_before, "money"),
        won=words.value(around.won_before, "money"),
    )


def _again(words: Format, around: Ahead) -> str:
    """What as much from new deals would leave, where the open ones do not reach the target."""
    missing, gap = around.missing, around.to_find
    if missing is None or gap is None or missing <= 0:
        return ""
    if gap <= 0:
        return words.t("as much again would reach the target")
    return words.t("as much again would leave {gap} to find", gap=words.value(gap, "money"))
