"""What a KPI's course says, in words: the signal of a scorecard, the sentence above a trend."""

from __future__ import annotations

from kpi_toolkit.format import Format
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.targets.targets import meets
from kpi_toolkit.measures.value import KpiValue

_WORDS = {
    ("outside", True): "above limits",
    ("outside", False): "below limits",
    ("run", True): "8 above",
    ("run", False): "8 below",
    ("near", True): "3 of 4 high",
    ("near", False): "3 of 4 low",
}
_LEAVES = {
    ("outside", True): "above its natural limits",
    ("outside", False): "below its natural limits",
    ("run", True): "eighth period in a row above its mean",
    ("run", False): "eighth period in a row below its mean",
    ("near", True): "third of four periods near its upper limit",
    ("near", False): "third of four periods near its lower limit",
}
_MESSAGES = {
    ("outside", True): "{kpi}: {value} {when}, above its natural limits ({low} to {high})",
    ("outside", False): "{kpi}: {value} {when}, below its natural limits ({low} to {high})",
    ("run", True): "{kpi}: {value} {when}, the eighth value in a row above the mean",
    ("run", False): "{kpi}: {value} {when}, the eighth value in a row below the mean",
    ("near", True): "{kpi}: {value} {when}, the third of four values near the upper limit",
    ("near", False): "{kpi}: {value} {when}, the third of four values near the lower limit",
}
_ORDINARY = {
    False: "{kpi}: {value} {when}, within its natural limits ({low} to {high})",
    True: "{kpi}: {value} {when}, within the natural limits of its season ({low} to {high})",
}
_CONSTANT = {
    True: "{kpi}: {value} {when}, as in every earlier period",
    False: "{kpi}: {value} {when}, where every earlier period had {earlier}",
}


def signal_word(reading: Reading, words: Format) -> str:
    """The signal as a scorecard shows it; where an earlier month of the period gives it, with its
    name: a value that fell since is not "above limits" itself.
    """
    found = reading.signal
    if reading.now.status == "not_available":
        return words.t("not available")
    if found.is_one:
        word = words.t(_WORDS[found.kind, found.above])
        one, last = reading.signalled, reading.series[-1]
        earlier = one.period.grain == "month" and one.value not in (last.value, reading.now.value)
        return f"{word}, {words.month_short(one.period.start)}" if earlier else word
    if found.kind == "ordinary":
        return words.t("ordinary")
    if reading.now.part:
        return words.t("partial")
    if reading.ended:
        return words.t("incomplete")
    if reading.now.value is None and reading.now.complete:
        return words.t("no data")
    return words.t("too few periods") if is_young(reading) else words.t("under way")


def signal_tone(reading: Reading, *, told: bool) -> str:
    """good or bad where there is a signal that findings tell, else none."""
    if reading.now.better == "context" or not told or not reading.signal.is_one:
        return "none"
    return "good" if reading.signal.above == (reading.now.better == "up") else "bad"


def is_young(reading: Reading) -> bool:
    """Whether a whole period has too few before it to be judged."""
    now, unknown = reading.now, reading.signal.kind == "unknown"
    return unknown and reading.is_whole and not now.part and now.value is not None


def left_limits(reading: Reading, words: Format) -> str:
    """What the signal is, and which of several periods gives it, unless that has the value of
    them all, as the last month's stock is the quarter's; empty where there is none.
    """
    found = reading.signal
    if not found.is_one:
        return ""
    said = words.t(_LEAVES[found.kind, found.above])
    if reading.judged == 1 or reading.signalled.value == reading.now.value:
        return said
    value = words.value(reading.signalled.value, reading.now.unit)
    when = words.during(reading.signalled.period)
    return words.t("{signal}, with {value} {when}", signal=said, value=value, when=when)


def trend_message(reading: Reading, words: Format) -> str:
    """The sentence above a trend: the value that gives a signal, or the last one, against its
    natural limits; where another gives it, then the last; and the target that is not reached.
    """
    found, last = reading.signal, reading.series[-1]
    if not found.is_one or reading.signalled is last:
        return words.clauses([_about(reading, last, -1, words), _missed(reading, words)]) + "."
    said = _about(reading, reading.signalled, found.place, words)
    value = words.value(last.value, last.unit)
    then = words.t("{value} {when}", value=value, when=words.during(last.period))
    return words.clauses([said, then, _missed(reading, words)]) + "."


def _missed(reading: Reading, words: Format) -> str:
    """The target, where the last value falls short of it."""
    value, aim = reading.series[-1].value, reading.target
    better = reading.now.better
    if value is None or aim is None or better == "context" or meets(value, aim, better):
        return ""
    return words.t("target {target}", target=words.value(aim, reading.now.unit))


def _about(reading: Reading, value: KpiValue, place: int, words: Format) -> str:
    kpi, when, unit = value.name(words), words.during(value.period), value.unit
    if value.value is None:
        return words.t("{kpi}: no data {when}", kpi=kpi, when=when)
    text = _told(value, words)
    if not reading.judges(place):
        return words.t("{kpi}: {value} {when}, not complete yet", kpi=kpi, value=text, when=when)
    limits = reading.course.limits_at(place)
    if limits is None or reading.signal.kind == "unknown":
        return words.t("{kpi}: {value} {when}", kpi=kpi, value=text, when=when)
    low, high = words.pair(limits.lower, limits.upper, unit)
    found = reading.signal
    if limits.is_constant and not reading.course.is_seasonal:
        constant = _CONSTANT[not found.is_one]
        return words.t(constant, kpi=kpi, value=text, when=when, earlier=low)
    if not found.is_one:
        ordinary = _ORDINARY[reading.course.is_seasonal]
        return words.t(ordinary, kpi=kpi, value=text, when=when, low=low, high=high)
    message = _MESSAGES[found.kind, found.above]
    return words.t(message, kpi=kpi, value=text, when=when, low=low, high=high)


def _told(value: KpiValue, words: Format) -> str:
    """The value, and that it may still grow or is of a part."""
    text = words.value(value.value, value.unit)
    if value.maturing:
        text = f"{text} {words.t('so far')}"
    return f"{text} ({value.part.said(words)})" if value.part else text
