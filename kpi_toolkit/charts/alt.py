"""What a chart shows in one or two sentences, for readers who do not see it."""

import pandas as pd

from kpi_toolkit.charts.axis import periods_of
from kpi_toolkit.charts.fan import Outlook, outlook_of
from kpi_toolkit.charts.limits import Stretch, limits_at, newest_limits, stretches
from kpi_toolkit.charts.published import differing
from kpi_toolkit.charts.references import Limits
from kpi_toolkit.charts.shown import chosen, is_known
from kpi_toolkit.charts.stages import stages_of
from kpi_toolkit.charts.steps import steps_of
from kpi_toolkit.charts.text import plain
from kpi_toolkit.format import Format, Unit


def trend_alt(  # noqa: PLR0913 - the arguments of trend() that have words
    values: pd.Series,
    *,
    limits: Limits | pd.DataFrame | None = None,
    shifts: pd.Series | None = None,
    target: float | None = None,
    reported: pd.Series | None = None,
    under_way: bool = False,
    unit: Unit = "count",
    words: Format | None = None,
    fiscal_year_starts: int = 1,
) -> str:
    """The span, the last value, the values outside the limits, the target, restated values."""
    words = chosen(words)
    names = [words.period(p) for p in periods_of(values.index, fiscal_year_starts)]
    known = [(i, v) for i, v in enumerate(values) if is_known(v)]
    if not known:
        return words.t("Trend without data.")
    judged = stretches(limits, values.index)
    opening = words.t(
        "Trend, {first} to {last}: last value {value}.",
        first=names[0],
        last=names[known[-1][0]],
        value=words.value(float(known[-1][1]), unit),
    )
    facts = [words.t("the last period is not complete")] if under_way else []
    facts += _limit_facts(newest_limits(judged, len(values) - under_way), unit, words)
    if judged and any(one.limits[1] < one.limits[2] for one in judged):
        facts.append(_outside(dict(known), judged, names, unit, words))
    for start, name in () if shifts is None else shifts.items():
        if start in values.index:
            period = names[int(values.index.get_indexer(pd.Index([start]))[0])]
            facts.append(words.t("shift in {period}: {name}", period=period, name=plain(name)))
    if is_known(target):
        facts.append(words.t("target {target}", target=words.value(target, unit)))
    restated = len(differing(values, reported))
    if restated:
        facts.append(words.tn("{n} value was restated", "{n} values were restated", restated))
    return " ".join([opening, *(f"{fact[0].upper()}{fact[1:]}." for fact in facts)])


def fan_alt(  # noqa: PLR0913 - the arguments of fan() that have words
    values: pd.Series,
    forecast: pd.DataFrame,
    *,
    target: float | pd.Series | None = None,
    earlier: pd.Series | None = None,
    unit: Unit = "count",
    words: Format | None = None,
    fiscal_year_starts: int = 1,
) -> str:
    """The last value, each expected one with its bounds and target, and earlier forecasts."""
    words = chosen(words)
    outlook = outlook_of(values, forecast, target)
    names = [words.period(p) for p in periods_of(outlook.index, fiscal_year_starts)]
    said = []
    if outlook.last is not None:
        value = words.value(float(outlook.actual.iloc[outlook.last]), unit)
        said.append(
            words.t("Last value {period}: {value}.", period=names[outlook.last], value=value)
        )
    expected = [
        f"{names[i]} {_with_bounds(outlook, i, unit, words)}"
        for i, value in enumerate(outlook.expected)
        if is_known(value)
    ]
    if expected:
        said.append(words.t("Forecast: {values}.", values=words.clauses(expected)))
    before = len(differing(outlook.actual.fillna(outlook.expected), earlier))
    if before:
        text = words.tn("{n} earlier forecast differed", "{n} earlier forecasts differed", before)
        said.append(f"{text}.")
    return " ".join(said) or words.t("Forecast without data.")


def variance_alt(
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    words: Format | None = None,
    fiscal_year_starts: int = 1,
) -> str:
    """The value of each period, with its change on the value beside it."""
    words = chosen(words)
    periods = periods_of(frame.index, fiscal_year_starts)
    names = [words.period_short(period) for period in periods]
    return words.t("Columns: {values}.", values=_listed(names, frame, "actual", unit, words))


def ranking_alt(
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    words: Format | None = None,
    total: tuple[float, float | None] | None = None,
) -> str:
    """The value of each member, with its change on the value before, and the total."""
    words = chosen(words)
    names = [plain(member) for member in frame.index]
    text = words.t("Bars: {values}.", values=_listed(names, frame, "value", unit, words))
    if total is None:
        return text
    value = _with_change(float(total[0]), total[1], unit, words)
    return f"{text} {words.t('Total: {value}.', value=value)}"


def funnel_alt(frame: pd.DataFrame, *, unit: Unit = "count", words: Format | None = None) -> str:
    """How many reached each stage, what share moved on, and after how many days."""
    words = chosen(words)
    said = []
    for stage in stages_of(frame):
        facts = []
        if is_known(stage.share.now):
            share = words.percent(stage.share.now, 0)
            facts.append(words.t("{share} moved on", share=share))
        if is_known(stage.days.now):
            facts.append(_with_change(stage.days.now, stage.days.before, "days", words))
        value = words.value(stage.reached.now, unit)
        said.append(f"{stage.name} {value}" + (f" ({', '.join(facts)})" if facts else ""))
    if not said:
        return words.t("Funnel without data.")
    return words.t("Funnel: {stages}.", stages=words.clauses(said))


def waterfall_alt(
    frame: pd.DataFrame, *, unit: Unit = "count", words: Format | None = None, most: int = 12
) -> str:
    """Each total and each change between them, in their order."""
    words = chosen(words)
    said = []
    for step in steps_of(frame, most, words):
        value = words.value(step.value, unit, not step.is_total)
        if unit == "percent" and not step.is_total and is_known(step.value):
            value = words.points(step.value)
        said.append(f"{step.name} {value}")
    if not said:
        return words.t("Bridge without data.")
    return words.t("Bridge: {steps}.", steps=", ".join(said))


def _with_bounds(outlook: Outlook, position: int, unit: Unit, words: Format) -> str:
    """'€1.55m (80%: €1.40m to €1.70m, target €1.60m)'."""
    facts = [
        words.t(
            "{level}: {low} to {high}",
            level=words.percent(level / 100, 0),
            low=words.value(float(low.iloc[position]), unit),
            high=words.value(float(high.iloc[position]), unit),
        )
        for level, (low, high) in reversed(outlook.bounds.items())
        if is_known(low.iloc[position]) and is_known(high.iloc[position])
    ]
    aim = outlook.target.iloc[position]
    if is_known(aim):
        facts.append(words.t("target {target}", target=words.value(float(aim), unit)))
    value = words.value(float(outlook.expected.iloc[position]), unit)
    return f"{value} ({', '.join(facts)})" if facts else value


def _limit_facts(newest: Limits | None, unit: Unit, words: Format) -> list[str]:
    """The mean and the limits that hold at the end."""
    if newest is None:
        return []
    texts = {
        name: words.value(float(value), unit)
        for name, value in zip(("mean", "lower", "upper"), newest, strict=True)
    }
    _, lower, upper = newest
    if lower == upper:
        return [words.t("mean {mean}", **texts)]
    return [words.t("mean {mean}, limits {lower} and {upper}", **texts)]


def _outside(
    known: dict[int, float], judged: list[Stretch], names: list[str], unit: Unit, words: Format
) -> str:
    """The values that leave the limits of their own period."""
    outside = [
        f"{names[i]} ({words.value(float(value), unit)})"
        for i, value in known.items()
        if (limits := limits_at(judged, i)) and not limits[1] <= value <= limits[2]
    ]
    if not outside:
        return words.t("no value outside the limits")
    return words.t("outside the limits: {periods}", periods=", ".join(outside))


def _listed(names: list[str], frame: pd.DataFrame, column: str, unit: Unit, words: Format) -> str:
    values = frame[column].astype(float)
    before = frame["previous"] if "previous" in frame else [None] * len(frame)
    rows = zip(names, values, before, strict=True)
    return ", ".join(f"{name} {_with_change(now, old, unit, words)}" for name, now, old in rows)


def _with_change(now: float, old: float | None, unit: Unit, words: Format) -> str:
    """'742 k€ (+23,5 %)'; no brackets where there is nothing to compare."""
    value = words.value(now, unit)
    if not (is_known(now) and is_known(old)):
        return value
    change = words.change(now, old, unit)
    return value if change.favourable is None else f"{value} ({change.text})"
