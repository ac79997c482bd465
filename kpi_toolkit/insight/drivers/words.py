"""What moved a KPI, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from kpi_toolkit.format import NO_DATA, Format, Unit
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.drivers.drivers import EFFECTS, Driver, Drivers
from kpi_toolkit.kpis import registry
from kpi_toolkit.measures.definition import Bound
from kpi_toolkit.measures.fact import Measure
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.measures.wording import label

# A member that carries half of a change is where it comes from; an effect that carries four fifths
# of what a member adds is its reason. Where others go the other way by more than half of the
# change, it comes from no one.
MAIN, REASON, OPPOSED = 0.5, 0.8, 0.5
FEWEST = 3  # members that can be called every one

_VOLUMES = {
    True: {
        "accounts": "more accounts",
        "activities": "more activities",
        "deal_stages": "more stays in the stages",
        "deals": "more deals",
        "leads": "more leads",
        "mailings": "more mailings",
        "orders": "more order lines",
        "subscriptions": "more subscriptions",
        "surveys": "more answers",
        "tickets": "more tickets",
        "": "more records",
    },
    False: {
        "accounts": "fewer accounts",
        "activities": "fewer activities",
        "deal_stages": "fewer stays in the stages",
        "deals": "fewer deals",
        "leads": "fewer leads",
        "mailings": "fewer mailings",
        "orders": "fewer order lines",
        "subscriptions": "fewer subscriptions",
        "surveys": "fewer answers",
        "tickets": "fewer tickets",
        "": "fewer records",
    },
}
_RATES = {
    True: {
        "sum": "a higher average",
        "rate": "higher rates",
        "mean": "higher averages",
        "product": "rates and averages",
    },
    False: {
        "sum": "a lower average",
        "rate": "lower rates",
        "mean": "lower averages",
        "product": "rates and averages",
    },
}
_OWN_RATES = {
    True: {"sum": "a higher average", "rate": "a higher rate", "mean": "a higher average"},
    False: {"sum": "a lower average", "rate": "a lower rate", "mean": "a lower average"},
}
_ALL = "all of it {member}"
_ALL_OF_IT = "all of it {member} ({part})"
_ALONE = "{member} alone ({part}), the others {rest}"
_MOSTLY = "mostly {member} ({part})"


def message(found: Drivers, words: Format) -> str:
    """The change, what it is made of, and the member that it mostly comes from."""
    kpi, lacking = found.now.name(words), found.lacking
    if lacking is not None:
        when = words.during(lacking.period)
        return words.t("{kpi}: no data {when}.", kpi=kpi, when=when)
    against = found.compared.on(words)
    said = words.t(
        "{kpi}: {change} on {period}", kpi=kpi, change=_change(found, words), period=against
    )
    main = cause(found, words, with_reason=False)
    if not main or main == _everywhere(found, words):
        main = ", ".join(filter(None, (main, _greatest(found, words))))
    why = found.caution.said(words) if found.caution else ""
    doubt = words.t("to be taken with caution ({reason})", reason=why) if why else ""
    return words.clauses([said, _made_of(found, words), main, doubt]) + "."


def cause(found: Drivers, words: Format, *, with_reason: bool = True) -> str:
    """The member that carries at least half of the change, and by what where one effect is most of
    it; where none does, or others go far the other way, that all of them moved, if they did.
    """
    change, unit = found.change or 0.0, found.now.unit
    top = max(found.members, key=lambda d: d.change * change, default=None)
    if top is None or top.member is None or not change or len(found.members) < 2:
        return ""
    if top.change / change < MAIN or _opposed(found, top) > OPPOSED * abs(change):
        return _everywhere(found, words)
    reason = _reason(found, top, words) if with_reason else ""
    name = words.named(wording.member(words, found.by, top.member))
    part, whole = added(words, top.change, unit), added(words, change, unit)
    if part == whole and not with_reason:
        return words.t(_ALL, member=name)
    if part == whole:
        return words.t(_ALL_OF_IT, member=name, part=_with(part, reason))
    if abs(top.change) > abs(change):
        rest = added(words, change - top.change, unit)
        return words.t(_ALONE, member=name, part=_with(part, reason), rest=rest)
    said = words.t("{part} of {whole}", part=part, whole=whole)
    return words.t(_MOSTLY, member=name, part=_with(said, reason))


def _change(found: Drivers, words: Format) -> str:
    """'−3.3% (−€163k)'; without the brackets where the change is in the unit of its parts."""
    change, unit = found.compared.change(words).text, found.now.unit
    whole = added(words, found.change or 0.0, unit)
    if change == NO_DATA or unit in ("percent", "days", "hours"):
        return whole if change == NO_DATA else change
    return f"{change} ({whole})" if found.change else change


def _everywhere(found: Drivers, words: Format) -> str:
    """'in every region', where none of three or more goes the other way, by its own values."""
    change, named = found.change or 0.0, [d for d in found.members if d.member is not None]
    own = [(d.value or 0.0) - (d.previous or 0.0) for d in named]
    if len(named) < FEWEST or any(moved * change <= 0 for moved in own):
        return ""
    return words.t("in every {dimension}", dimension=_dimension(found, words))


def _dimension(found: Drivers, words: Format) -> str:
    """What a breakdown is called within a sentence; a kind alone would not say of what."""
    if (found.table, found.by) == ("deals", "kind"):
        return words.t("kind of deal")
    return wording.column(words, found.by).lower()


def _opposed(found: Drivers, top: Driver) -> float:
    """How much others add against the change; all of them together where one goes beyond it, whose
    rest is told.
    """
    change = found.change or 0.0
    if abs(top.change) > abs(change):
        return 0.0
    return sum(abs(d.change) for d in found.members if d.change * change < 0)


def _greatest(found: Drivers, words: Format) -> str:
    """The two members that add most, whichever way."""
    named = [d for d in found.members if d.member is not None and d.change]
    first = sorted(named, key=lambda d: -abs(d.change))[:2]
    if len(named) < 3:
        return ""
    one, other = (
        f"{wording.member(words, found.by, d.member)} ({added(words, d.change, found.now.unit)})"
        for d in first
    )
    return words.t("most of all {one} and {other}", one=one, other=other)


def added(words: Format, effect: float, unit: Unit) -> str:
    """What a member adds to a change, with its sign: rates in points, a part of a record in
    tenths.
    """
    if unit == "count":
        return words.number(effect, 0 if float(effect).is_integer() else 1, sign=True)
    return words.difference(effect, unit)


def reasons(found: Drivers, words: Format) -> dict[str, str]:
    """What each effect of all members together is for a reader: 'fewer deals', 'mix by region',
    'a lower average'.
    """
    dimension = _dimension(found, words)
    return {
        "volume": _more(words, found.table, up=found.total("volume") > 0),
        "mix": words.t("mix by {dimension}", dimension=dimension),
        "rate": words.t(_RATES[found.total("rate") > 0][found.shape]),
    }


def factors(found: Drivers, words: Format) -> list[tuple[str, float]]:
    """What each factor of a product adds to the change, by its name; none where one has no name."""
    options = found.now.options
    named = [(_factor(node, effect, options, words), effect) for node, effect in found.factors]
    return named if all(name for name, _ in named) else []


def _made_of(found: Drivers, words: Format) -> str:
    """What the change is made of, the greatest first: 'fewer deals (−€410k)'."""
    said = []
    for name, amount in sorted(_causes(found, words), key=lambda cause: -abs(cause[1])):
        text = added(words, amount, found.now.unit)
        if any(figure in text for figure in "123456789"):
            said.append((name, text))
    alone = len(said) == 1  # then its figure is that of the change
    return ", ".join(name if alone else f"{name} ({text})" for name, text in said)


def _causes(found: Drivers, words: Format) -> list[tuple[str, float]]:
    """The factors of a product where all have a name, else volume, mix and rate."""
    named = reasons(found, words)
    return factors(found, words) or [(named[effect], found.total(effect)) for effect in EFFECTS]


def _factor(node: Node, effect: float, options: Mapping[str, object], words: Format) -> str:
    """What a factor of a product is called: the KPI that it is, with what has to be said of its
    options, or its records; else empty.
    """
    for kpi in registry().values():
        for bound in _variants(kpi, options):
            if bound.node.structure() == node.structure():
                return wording.inside(label(words, kpi.label, bound.phrases))
    if isinstance(node, Measure) and node.aggregate == "count":
        return _more(words, node.fact.table, up=effect > 0)
    return ""


def _variants(kpi: Kpi, options: Mapping[str, object]) -> Iterator[Bound]:
    """A KPI with each of its options, the usual ones first, and with the numbers among `options`,
    those of the product.
    """
    values = {
        name: (option.default, *(option.choices or _number(options.get(name))))
        for name, option in kpi.options.items()
    }
    for chosen in product(*values.values()):
        yield kpi.bind(**dict(zip(values, chosen, strict=True)))


def _number(given: object) -> tuple[int, ...]:
    return (given,) if isinstance(given, int) else ()


def _reason(found: Drivers, top: Driver, words: Format) -> str:
    """By what a member adds most of what it adds: its number of records or its share of them, or
    what they amount to.
    """
    records, rate = top.volume + top.mix, top.rate
    most = REASON * (abs(records) + abs(rate))
    if found.shape == "product" or not most:
        return ""
    if abs(rate) >= most:
        return words.t(_OWN_RATES[rate > 0][found.shape])
    if abs(records) < most:
        return ""
    if found.shape != "sum":
        return words.t("by its weight")
    return _more(words, found.table, up=records > 0)


def _with(part: str, reason: str) -> str:
    return f"{part}, {reason}" if reason else part


def _more(words: Format, table: str, *, up: bool) -> str:
    known = table if table in _VOLUMES[True] else ""
    return words.t(_VOLUMES[up][known])
