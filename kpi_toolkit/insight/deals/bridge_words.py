"""What a pipeline bridge says: the names of its parts, what became of the pipeline, and what the
data cannot tell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kpi_toolkit.format import NO_DATA, Format
from kpi_toolkit.format.card import card
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.deals.bridge import Bridge, Part

NAMES = {
    "created": "Created",
    "entered late": "Entered late",
    "reopened": "Re-opened",
    "moved in": "Taken over",
    "pulled in": "Pulled in",
    "increased": "Increased",
    "decreased": "Decreased",
    "exchange rates": "Exchange rate",
    "pushed out": "Pushed out",
    "moved out": "Handed over",
    "removed": "Removed",
    "closed": "No outcome",
    "lost": "Lost",
    "won": "Won",
}
MOST = 3  # parts that a sentence names


def name(words: Format, part: Part) -> str:
    """A part's name for readers."""
    return words.t(NAMES[part.name])


def subject(words: Format, bridge: Bridge) -> str:
    """Which deals a bridge is about."""
    deals = (
        words.t("Open pipeline")
        if bridge.closing is None
        else words.t("Pipeline expected to close {when}", when=words.during(bridge.closing))
    )
    scopes = [wording.scope(words, d, m or NO_DATA) for d, m in bridge.within]
    return " · ".join([deals, *scopes])


def last_days(bridge: Bridge) -> tuple[dt.date, dt.date]:
    """The local days at whose end the pipeline is looked at; of an export, the day before it."""
    calendar, instant = bridge.crms[0].calendar, dt.timedelta(microseconds=1)
    first, last = (calendar.local_day(at - instant) for at in (bridge.start_at, bridge.end_at))
    return first, last


def span(words: Format, bridge: Bridge) -> str:
    """The period, or the days between two exports."""
    if bridge.period:
        return words.period(bridge.period)
    return " – ".join(words.date(day) for day in last_days(bridge))


def message(words: Format, bridge: Bridge) -> str:
    """What became of the pipeline, and its greatest parts."""
    parts = greatest(words, bridge)
    if not parts:
        return words.t("The pipeline did not move: {end}.", end=words.money(bridge.end))
    change = bridge.end - bridge.start
    given = {
        "change": words.money(abs(change)),
        "end": words.money(bridge.end),
        "parts": parts,
    }
    if not change:
        return words.t("The pipeline ends where it began, at {end}: {parts}.", **given)
    if change > 0:
        return words.t("The pipeline grew by {change}, to {end}: {parts}.", **given)
    return words.t("The pipeline shrank by {change}, to {end}: {parts}.", **given)


def greatest(words: Format, bridge: Bridge) -> str:
    """The greatest parts: 'created +€5.10m, lost −€2.40m, won −€1.90m'."""
    most = sorted(bridge.parts, key=lambda part: -abs(part.amount))[:MOST]
    return ", ".join(
        f"{name(words, part).lower()} {words.money(part.amount, sign=True)}"
        for part in bridge.parts
        if part in most and part.amount
    )


def doubts(words: Format, bridge: Bridge) -> Iterator[str]:
    """What the data cannot tell, and what counts otherwise than a reader may think."""
    known = bridge.knowledge
    if known.source == "today":
        yield words.t(
            "The data have no record of changes: deals stand at the amounts known today, and "
            "what was increased or decreased is not known."
        )
    elif known.source == "snapshots":
        yield words.t("From the records as they stood on both days.")
    elif "amount" in known.unrecorded:
        yield words.t(
            "No change of an amount is on record: deals stand at the amounts known today, and "
            "what was increased or decreased is not known."
        )
    elif (value := words.money(bridge.end_as_known)) != words.money(bridge.end):
        yield words.t(
            "Deals stand at the amounts of the time; at those known today the end is {value}.",
            value=value,
        )
    yield from _of_dates(words, bridge)
    yield from of_scope(words, bridge)
    yield from _of_records(words, bridge)


def at_start(words: Format, bridge: Bridge, known: float | None) -> str:
    """Why the start is not what the KPI has for it, which knows the amounts of today only."""
    if known is None or words.money(known) == words.money(bridge.start):
        return ""
    return words.t(
        "The start is as it was known then; at the amounts of today, and with what was entered "
        "since, it is {value}.",
        value=words.money(known),
    )


def _of_dates(words: Format, bridge: Bridge) -> Iterator[str]:
    if bridge.closing is None:
        yield words.t("All open deals, whenever they are expected to close.")
    elif "expected_close_on" in bridge.knowledge.unrecorded:
        yield words.t(
            "No change of an expected closing is on record: deals count by the date known today, "
            "and what was pulled in or pushed out is not known."
        )


def of_scope(words: Format, bridge: Bridge) -> Iterator[str]:
    """Of which members and from when on the past is not on record."""
    known = bridge.knowledge
    for dimension, _ in bridge.within:
        if dimension in known.unrecorded:
            yield words.t(
                "{dimension}: as known today.", dimension=wording.column(words, dimension)
            )
    if known.since:
        day = words.date(bridge.crms[0].calendar.local_day(known.since))
        yield words.t("Changes are on record from {date} on.", date=day)


def _of_records(words: Format, bridge: Bridge) -> Iterator[str]:
    known = bridge.knowledge
    if known.unreadable:
        yield words.tn(
            "One recorded value cannot be read and counts as it is today.",
            "{n} recorded values cannot be read and count as they are today.",
            len(known.unreadable),
        )
    if known.gone:
        yield words.tn(
            "One deal with recorded changes is no longer in the data.",
            "{n} deals with recorded changes are no longer in the data.",
            known.gone,
        )
    if bridge.without_amount:
        yield words.tn(
            "One deal has no amount, or 0.",
            "{n} deals have no amount, or 0.",
            bridge.without_amount,
        )


def counted(words: Format, deals: int) -> str:
    """A number of deals."""
    return words.tn("one deal", "{n} deals", deals)


def table(words: Format, bridge: Bridge) -> tuple[list[str], list[list[str]]]:
    """The heads and the rows of the start, the parts and the end: name, amount, deals; a dash for
    what is not known.
    """
    ends = [
        [
            words.t("Open, {date}", date=words.date(day)),
            words.money(amount),
            words.count(len(deals)),
        ]
        for day, amount, deals in zip(
            last_days(bridge),
            (bridge.start, bridge.end),
            (bridge.start_deals, bridge.end_deals),
            strict=True,
        )
    ]
    rows = [ends[0], *(_row(words, part) for part in bridge.parts), ends[1]]
    return [words.t("Part"), words.t("Amount"), words.t("Deals")], rows


def _row(words: Format, part: Part) -> list[str]:
    if not part.known:
        return [name(words, part), NO_DATA, NO_DATA]
    amount = words.money(part.amount, sign=True)
    return [name(words, part), amount, words.count(len(part.deals))]


def bundle(bridge: Bridge) -> dict[str, str]:
    """A bridge in a notebook and in a console."""
    words = Format(bridge.language, bridge.currency)  # type: ignore[arg-type]
    title = f"{subject(words, bridge)}, {span(words, bridge)}"
    lead, told = message(words, bridge), " ".join(doubts(words, bridge))
    heads, rows = table(words, bridge)
    lines = [f"  {label:<24}{amount:>12}{deals:>8}" for label, amount, deals in [heads, *rows]]
    facts = [(label, f"{amount} · {deals}") for label, amount, deals in rows]
    page = card(title, lead=lead, facts=[*facts, ("", told)])
    return {"text/plain": "\n".join([title, lead, *lines, told]), "text/html": page}
