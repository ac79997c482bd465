"""Open deals that need a word: overdue, silent, or open for longer than nine of ten won deals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.format import Format
from kpi_toolkit.insight.deals.courses import Row, require_dimensions, rows
from kpi_toolkit.insight.deals.moves import ZERO
from kpi_toolkit.measures.ask import Moment
from kpi_toolkit.period import parse_as_of

if TYPE_CHECKING:
    import pandas as pd

Reason = Literal["overdue", "silent", "old"]
REASONS: tuple[Reason, ...] = get_args(Reason)
FEWEST_WON = 20  # below it no tenth of them can be told
DAY = dt.timedelta(days=1)
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
    since anything was recorded of it, since it was created.
    """

    deal_id: str
    owner: str | None
    stage: str | None
    amount: Decimal | None
    expected_on: dt.date | None
    days: Mapping[Reason, int]


@dataclass(frozen=True)
class DealsAtRisk:
    """The open deals with a reason to worry, those with most reasons and the greatest first.

    `usual_days` are what nine of ten deals won in the twelve months before took at most, None where
    too few were won; `unknown` are reasons that the data cannot give; `open_deals` and
    `open_amount` are all open deals.
    """

    deals: tuple[OpenDeal, ...]
    open_deals: int
    open_amount: Decimal
    silent_days: int
    usual_days: float | None
    unknown: tuple[Reason, ...]
    as_of: dt.datetime
    currency: str
    language: str

    @property
    def amount(self) -> Decimal:
        """What they are worth together."""
        return sum((deal.amount or ZERO for deal in self.deals), ZERO)

    def count(self, reason: Reason) -> int:
        """How many have a reason."""
        return sum(reason in deal.days for deal in self.deals)

    @property
    def frame(self) -> pd.DataFrame:
        """A DataFrame with a row a deal: deal_id, owner, stage, amount, expected_close_on, reasons
        in words.
        """
        import pandas as pd

        words = Format(self.language, self.currency)  # type: ignore[arg-type]
        told = [
            (d.deal_id, d.owner, d.stage, d.amount, d.expected_on, reasons(words, d))
            for d in self.deals
        ]
        columns = ["deal_id", "owner", "stage", "amount", "expected_close_on", "reasons"]
        return pd.DataFrame(told, columns=columns).astype({"amount": float})


def deals_at_risk(
    data: Any,
    *,
    within: Mapping[str, str | None] | None = None,
    silent_days: int = 30,
    as_of: Moment = None,
) -> DealsAtRisk:
    """The DealsAtRisk of a Crm or of a dict of frames, `within` some members.

    A deal is overdue past the day of its expected closing, silent when nothing was recorded of it
    for more than `silent_days`, old when it has been open for longer than nine of ten of the deals
    won in the twelve months before took from creation to closing. Raises NotAvailable,
    DefinitionError and PeriodError.
    """
    crm, within = Crm.of(data), within or {}
    moment = parse_as_of(as_of, crm.calendar, crm.as_of)
    usual = _usual_days(crm, moment)
    traces = _last_traces(crm, moment)
    found = list(_open(crm, within, moment))
    judged = [
        _judged(crm, row, shown, moment, (traces, silent_days, usual)) for row, shown in found
    ]
    kept = [deal for deal in judged if deal.days]
    dated = any(row.now.expected_on for row, _ in found)
    known = {"overdue": dated or not found, "silent": traces is not None, "old": usual is not None}
    return DealsAtRisk(
        deals=tuple(sorted(kept, key=lambda d: (-len(d.days), -(d.amount or ZERO), d.deal_id))),
        open_deals=len(found),
        open_amount=sum((row.now.worth for row, _ in found), ZERO),
        silent_days=silent_days,
        usual_days=usual,
        unknown=tuple(reason for reason in REASONS if not known[reason]),
        as_of=moment,
        currency=crm.currency,
        language=crm.language,
    )


def reasons(words: Format, deal: OpenDeal) -> str:
    """Why to worry about a deal, in words: 'due 46 d ago; silent for 61 d; open for 190 d'."""
    told = {reason: words.duration(days, 0) for reason, days in deal.days.items()}
    said = {
        "overdue": words.t("due {days} ago", days=told.get("overdue")),
        "silent": words.t("silent for {days}", days=told.get("silent")),
        "old": words.t("open for {days}", days=told.get("old")),
    }
    return words.clauses(said[reason] for reason in REASONS if reason in told)


def _open(
    crm: Crm, within: Mapping[str, str | None], moment: dt.datetime
) -> Iterator[tuple[Row, Mapping[str, str | None]]]:
    """The open deals of some members, with what is shown of them."""
    has = crm.columns.get("deals", frozenset())
    read = (*require_dimensions(crm, within), *(column for column in _SHOWN if column in has))
    at = instant(moment)
    where = f"WHERE began_at < {at} AND (closed_at IS NULL OR closed_at >= {at})"
    for row in rows(crm, read, where):
        if row.now.members[: len(within)] == tuple(within.values()):
            yield row, dict(zip(read, row.now.members, strict=True))


def _judged(
    crm: Crm,
    row: Row,
    shown: Mapping[str, str | None],
    moment: dt.datetime,
    limits: tuple[Mapping[str, dt.datetime] | None, int, float | None],
) -> OpenDeal:
    traces, silent_days, usual = limits
    today, created = crm.calendar.local_day(moment), row.created_at
    last = max(filter(None, [created, (traces or {}).get(row.deal_id)]), default=None)
    since: dict[Reason, int] = {}
    if row.now.expected_on:
        since["overdue"] = (today - row.now.expected_on).days
    if traces is not None and last:
        since["silent"] = (today - crm.calendar.local_day(last)).days
    if usual is not None and created:
        since["old"] = (today - crm.calendar.local_day(created)).days
    least = {"overdue": 0, "silent": silent_days, "old": usual or 0}
    days = {reason: n for reason, n in since.items() if n > least[reason]}
    owner, stage = shown.get("owner"), shown.get("stage")
    return OpenDeal(row.deal_id, owner, stage, row.now.amount, row.now.expected_on, days)


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


def _usual_days(crm: Crm, moment: dt.datetime) -> float | None:
    """The 90th percentile of the days from creation to closing of deals won in twelve months."""
    year = moment - 365 * DAY
    if not {"status", "created_at", "closed_at"} <= crm.columns.get("deals", frozenset()):
        return None
    taken = sorted(
        (closed - created) / DAY
        for created, closed in crm.query(
            "SELECT created_at, closed_at FROM deals WHERE status = 'won' AND created_at <= "
            f"closed_at AND closed_at >= {instant(year)} AND closed_at < {instant(moment)}"
        )
    )
    if len(taken) < FEWEST_WON:
        return None
    place = 0.9 * (len(taken) - 1)
    low = int(place)
    high = min(low + 1, len(taken) - 1)
    return taken[low] + (taken[high] - taken[low]) * (place - low)
