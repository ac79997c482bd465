"""What a target's progress is called, and the sentence above several of them."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.targets.pace import Progress

MOST_NAMED = 3
_STATES = {
    "reached": "reached",
    "missed": "missed",
    "on_pace": "on pace",
    "behind": "behind",
    "early": "too early",
    "open": "so far",
    "part": "partial",
    "cut": "incomplete",
    "unknown": "no data",
    "refused": "not available",
}
_GOOD, _BAD = ("reached", "on_pace"), ("missed", "behind")


def state_word(found: Progress, words: Format) -> str:
    """The verdict in a word or two."""
    return words.t(_STATES[found.state])


def tone(found: Progress) -> str:
    """good, bad or none."""
    return "good" if found.state in _GOOD else "bad" if found.state in _BAD else "none"


def target_name(found: Progress, words: Format) -> str:
    """Whose target it is: the KPI, or the KPI's member."""
    label = found.value.name(words)
    if not found.target.dimension:
        return label
    return f"{label}, {_member(found, words)}"


def landing_text(found: Progress, words: Format) -> str:
    """Where the period will end, with the interval where there is one."""
    if found.landing is None:
        return ""
    unit, said = found.value.unit, words.value(found.landing.value, found.value.unit)
    if found.landing.interval is None:
        return said
    return f"{said} [{words.interval(*found.landing.interval, unit)}]"


def needed_text(found: Progress, words: Format) -> str:
    """What a business day of the rest has to bring, with how many times the pace so far that is."""
    if found.needed is None:
        return ""
    said = words.value(found.needed, found.value.unit)
    if not found.rate or found.rate < 0:
        return said
    times = words.number(found.needed / found.rate, 1)
    return words.t("{value} ({times}×)", value=said, times=times)


def message(progress: Sequence[Progress], words: Format) -> str:
    """How many targets are reached or on pace, and which are the furthest behind."""
    judged = [one for one in progress if tone(one) != "none"]
    if not judged:
        return words.t("It is too early to judge the targets.")
    good = [one for one in judged if tone(one) == "good"]
    said = _counted(words, len(good), len(judged), over=all(one.complete for one in judged))
    late = sorted((one for one in judged if tone(one) == "bad"), key=_share)
    if not late:
        return said + "."
    several = len({one.target.kpi for one in progress}) > 1
    named = ", ".join(_named(one, words, whole=several) for one in late[:MOST_NAMED])
    if len(late) > MOST_NAMED:
        more = words.tn("and one more", "and {n} more", len(late) - MOST_NAMED)
        named = f"{named} {more}"
    return words.clauses([said, words.t("furthest behind: {kpis}", kpis=named)]) + "."


def sentence(found: Progress, words: Format) -> str:
    """One target in a sentence: how much is reached, what was expected, what the rest needs and
    where it will land.
    """
    parts = [_reached(found, words), _expected(found, words), _rest(found, words)]
    return words.clauses(parts) + "."


def _counted(words: Format, good: int, judged: int, *, over: bool) -> str:
    if good == judged:
        return (
            words.tn("The target is reached", "All {n} targets are reached", judged)
            if over
            else words.tn(
                "The target is reached or on pace", "All {n} targets are reached or on pace", judged
            )
        )
    if not good:
        return words.t("No target is reached" if over else "No target is reached or on pace")
    whole = words.count(judged)
    if over:
        return words.tn(
            "One of {all} targets is reached", "{n} of {all} targets are reached", good, all=whole
        )
    return words.tn(
        "One of {all} targets is reached or on pace",
        "{n} of {all} targets are reached or on pace",
        good,
        all=whole,
    )


def _share(found: Progress) -> float:
    """How much of what is expected is there."""
    value, expected, up = found.value.value, found.expected, found.value.better == "up"
    above, below = (value, expected) if up else (expected, value)
    return (above or 0.0) / below if below else 0.0


def _member(found: Progress, words: Format) -> str:
    target = found.target
    return wording.member(words, target.dimension, target.member) if target.dimension else ""


def _named(found: Progress, words: Format, *, whole: bool) -> str:
    """With the share of what is expected; of one KPI's members their names are enough."""
    name = "" if whole else _member(found, words)
    return f"{name or target_name(found, words)} ({words.percent(_share(found), 0)})"


def _reached(found: Progress, words: Format) -> str:
    unit = found.value.unit
    if found.value.value is None or found.attainment is None:
        return words.t(
            "{kpi}: {value} {when}, target {target}",
            kpi=target_name(found, words),
            value=words.value(found.value.value, unit),
            when=words.during(found.period),
            target=words.value(found.aim, unit),
        )
    return words.t(
        "{kpi}: {value} {when}, {share} of the target of {target}",
        kpi=target_name(found, words),
        value=words.value(found.value.value, unit),
        when=words.during(found.period),
        share=words.percent(found.attainment, 0),
        target=words.value(found.aim, unit),
    )


def _expected(found: Progress, words: Format) -> str:
    if found.complete or not found.additive or found.expected is None:
        return state_word(found, words)
    if found.state in ("reached", "missed"):
        return words.t(
            "{state} after {n} of {all} business days",
            state=state_word(found, words),
            n=words.count(found.elapsed),
            all=words.count(found.days),
        )
    return words.t(
        "{state}, since {expected} was to be expected after {n} of {all} business days",
        state=state_word(found, words),
        expected=words.value(found.expected, found.value.unit),
        n=words.count(found.elapsed),
        all=words.count(found.days),
    )


def _rest(found: Progress, words: Format) -> str:
    if found.landing is None or not found.additive:
        return ""
    where = landing_text(found, words)
    landing = words.t("landing: {value}", value=where)
    if found.landing.of_deals:
        landing = words.t("landing, with what the open deals should bring: {value}", value=where)
    if found.needed is None or found.value.better == "down":
        return landing
    needed = words.t(
        "each business day left has to bring {value}",
        value=words.value(found.needed, found.value.unit),
    )
    return words.clauses([needed, beyond_best(found, words), landing])


def beyond_best(found: Progress, words: Format) -> str:
    """That the rest needs more a day than the best of the last twelve months brought."""
    best, needed = found.best, found.needed
    if best is None or needed is None or found.value.better == "down" or needed <= best.rate:
        return ""
    return words.t(
        "more than the best of the last twelve months brought ({month}: {value})",
        month=words.period_short(best.month),
        value=words.value(best.rate, found.value.unit),
    )
