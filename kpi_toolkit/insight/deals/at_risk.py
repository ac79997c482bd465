"""Open deals that need a word: overdue, silent, open for longer than nine of ten won deals, or
kept by somebody who has left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.errors import called
from kpi_toolkit.format import Format
from kpi_toolkit.insight.deals.courses import Row, require_dimensions, rows, slice_of
from kpi_toolkit.insight.deals.moves import ZERO
from kpi_toolkit.insight.deals.won_ages import WonAges, won_ages
from kpi_toolkit.measures.ask import Moment
from kpi_toolkit.period import parse_as_of

if TYPE_CHECKING:
    import pandas as pd

Reason = Literal["overdue", "silent", "old", "left"]
REASONS: tuple[Reason, ...] = get_args(Reason)
_SHOWN = ("owner", "stage")
# Where something that happened to a deal leaves its time.
_TRACES = (
    ("deal_stages", "deal_id", "entered_at", ""),
    ("record_changes", "record_id", "changed_at", " AND object = 'deals'"),
    ("activities", "deal_id", "done_at", ""),
    ("activities", "deal_id", "created_at", ""),
    ("deals", "deal_id", "updated_at", ""),
)


@dataclass(frozen=True)
class OpenDeal:
    """An open deal with the days behind each reason to worry about it: past its expected closing,
    since anything was recorded of it, since it was created, since its owner left; `members` are
    its members of some dimensions.

    It is `to_close` where somebody has it and it has been open for longer than any deal won in
    the twelve months before took.
    """

    deal_id: str
    owner: str | None
    stage: str | None
    amount: Decimal | None
    expected_on: dt.date | None
    days: Mapping[Reason, int]
    members: Mapping[str, str | None]
    to_close: bool = False


@dataclass(frozen=True)
class AtRisk:
    """The deals at risk, and what is open in all; of a `member`, None where it is not filled in."""

    member: str | None
    deals: tuple[OpenDeal, ...]
    open_deals: int
    open_amount: Decimal

    @property
    def amount(self) -> Decimal:
        """What they are worth together."""
        return worth(self.deals)

    @property
    def to_close(self) -> tuple[OpenDeal, ...]:
        """Those that are older than any won deal was."""
        return tuple(deal for deal in self.deals if deal.to_close)

    def count(self, reason: Reason) -> int:
        """How many have a reason."""
        return sum(reason in deal.days for deal in self.deals)


@dataclass(frozen=True)
class DealsAtRisk(AtRisk):
    """The open deals with a reason to worry, the greatest first, those to close last.

    `usual_days` are what nine of ten deals won in the twelve months before took at most and
    `longest_days` what none exceeded, None where too few were won; `unknown` are reasons that the
    data cannot give (that of owners who left is not among them: many a CRM keeps no such dates);
    `members` has those of each member of the dimension that was asked for.
    """

    members: tuple[AtRisk, ...]
    silent_days: int
    usual_days: float | None
    longest_days: float | None
    unknown: tuple[Reason, ...]
    as_of: dt.datetime
    currency: str
    language: str

    @property
    def frame(self) -> pd.DataFrame:
        """A DataFrame with a row a deal: deal_id, owner, stage, amount, expected_close_on, the days
        behind each reason (overdue, silent, old, left), reasons in words.
        """
        import pandas as pd

        from kpi_toolkit.insight.deals.at_risk_words import reasons

        words = Format(self.language, self.currency)  # type: ignore[arg-type]
        told = [
            (d.deal_id, d.owner, d.stage, d.amount, d.expected_on)
            + tuple(d.days.get(reason) for reason in REASONS)
            + (reasons(words, d),)
            for d in self.deals
        ]
        columns = ["deal_id", "owner", "stage", "amount", "expected_close_on", *REASONS, "reasons"]
        types = {"amount": "float64", "expected_close_on": "datetime64[us]"}
        days = dict.fromkeys(REASONS, "Int64")
        return pd.DataFrame(told, columns=columns).astype(types | days)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from kpi_toolkit.insight.deals import at_risk_words

        return at_risk_words.bundle(self)


@called
def deals_at_risk(
    data: Any,
    *,
    within: Mapping[str, str | None] | None = None,
    by: str = "",
    silent_days: int = 30,
    as_of: Moment = None,
) -> DealsAtRisk:
    """The DealsAtRisk of a Crm or of a dict of frames, `within` some members; `by` a dimension of
    which each deal's member is told.

    A deal is overdue past the day of its expected closing, silent when nothing was recorded of it
    for more than `silent_days`, old when it has been open for longer than nine of ten of the deals
    won in the twelve months before took from creation to closing, left when `users` say that its
    owner is there no more. Raises NotAvailable, DefinitionError and PeriodError.
    """
    crm, within = Crm.of(data), slice_of(within)
    moment = parse_as_of(as_of, crm.calendar, crm.as_of)
    ages = won_ages(crm, moment)
    traces = _last_traces(crm, moment)
    members, dimensions = tuple(within.values()), (*within, *([by] if by else ()))
    found = list(_open(crm, members, dimensions, moment))
    limits = _Limits(traces, silent_days, ages, _left(crm, moment))
    judged = [_judged(crm, row, shown, moment, limits) for row, shown in found]
    kept = sorted(
        (deal for deal in judged if deal.days),
        key=lambda d: (d.to_close, -(d.amount or ZERO), -len(d.days), d.deal_id),
    )
    dated = any(row.now.expected_on for row, _ in found)
    known = {
        "overdue": dated or not found,
        "silent": traces is not None,
        "old": ages is not None,
        "left": True,
    }
    return DealsAtRisk(
        member=None,
        deals=tuple(kept),
        open_deals=len(found),
        open_amount=sum((row.now.worth for row, _ in found), ZERO),
        members=tuple(_by_member(judged, by)) if by else (),
        silent_days=silent_days,
        usual_days=ages.usual if ages else None,
        longest_days=ages.longest if ages else None,
        unknown=tuple(reason for reason in REASONS if not known[reason]),
        as_of=moment,
        currency=crm.currency,
        language=crm.language,
    )


@dataclass(frozen=True)
class _Limits:
    """What deals are judged by: their last traces, the days of silence and those that won deals
    took, and when those who are there no more left.
    """

    traces: Mapping[str, dt.datetime] | None
    silent_days: int
    ages: WonAges | None
    left: Mapping[str, dt.datetime]


def _open(
    crm: Crm, members: tuple[str | None, ...], dimensions: tuple[str, ...], moment: dt.datetime
) -> Iterator[tuple[Row, Mapping[str, str | None]]]:
    """The open deals of some members of the first dimensions, with what is shown of them."""
    has = crm.columns.get("deals", frozenset())
    shown = (column for column in _SHOWN if column in has)
    read = tuple(dict.fromkeys((*require_dimensions(crm, dimensions), *shown)))
    at = instant(moment)
    where = f"WHERE began_at < {at} AND (closed_at IS NULL OR closed_at >= {at})"
    for row in rows(crm, read, where):
        if row.now.members[: len(members)] == members:
            yield row, dict(zip(read, row.now.members, strict=True))


def _by_member(judged: Sequence[OpenDeal], by: str) -> list[AtRisk]:
    """The members with deals at risk, those with the greatest amount first."""
    found: dict[str | None, list[OpenDeal]] = {}
    for deal in judged:
        found.setdefault(deal.members[by], []).append(deal)
    every = [
        AtRisk(
            member=member,
            deals=tuple(deal for deal in deals if deal.days),
            open_deals=len(deals),
            open_amount=worth(deals),
        )
        for member, deals in found.items()
    ]
    return sorted(
        (one for one in every if one.deals), key=lambda one: (-one.amount, str(one.member))
    )


def _left(crm: Crm, moment: dt.datetime) -> dict[str, dt.datetime]:
    """When the users who are there no more left."""
    if not {"user_id", "active_to"} <= crm.columns.get("users", frozenset()):
        return {}
    return dict(
        crm.query(f"SELECT user_id, active_to FROM users WHERE active_to < {instant(moment)}")
    )


def _judged(
    crm: Crm,
    row: Row,
    shown: Mapping[str, str | None],
    moment: dt.datetime,
    limits: _Limits,
) -> OpenDeal:
    day, owner = crm.calendar.local_day, shown.get("owner")
    last = max(filter(None, [row.created_at, (limits.traces or {}).get(row.deal_id)]), default=None)
    since: dict[Reason, dt.date | None] = {
        "overdue": row.now.expected_on,
        "silent": day(last) if limits.traces is not None and last else None,
        "old": day(row.created_at) if limits.ages and row.created_at else None,
        "left": day(limits.left[owner]) if owner and owner in limits.left else None,
    }
    usual, longest = (limits.ages.usual, limits.ages.longest) if limits.ages else (0, 0)
    least = {"silent": limits.silent_days, "old": usual, "left": -1}
    days = {reason: (day(moment) - at).days for reason, at in since.items() if at}
    kept = {reason: n for reason, n in days.items() if n > least.get(reason, 0)}
    stage, expected = shown.get("stage"), row.now.expected_on
    close = kept.get("old", 0) > longest and "left" not in kept
    return OpenDeal(row.deal_id, owner, stage, row.now.amount, expected, kept, shown, close)


def worth(deals: Iterable[OpenDeal]) -> Decimal:
    """What deals are worth together."""
    return sum((deal.amount or ZERO for deal in deals), ZERO)


def _last_traces(crm: Crm, moment: dt.datetime) -> dict[str, dt.datetime] | None:
    """When anything was last recorded of each deal; None where the data would not show it."""
    found: dict[str, dt.datetime] | None = None
    for table, key, at, condition in _TRACES:
        if not {key, at} <= crm.columns.get(table, frozenset()):
            continue
        found = {} if found is None else found
        sql = (
            f"SELECT {key}, max({at}) FROM {table} WHERE {at} < {instant(moment)}{condition} "
            f"GROUP BY {key}"
        )
        for deal, last in crm.query(sql):
            found[deal] = max(last, found.get(deal, last))
    return found
