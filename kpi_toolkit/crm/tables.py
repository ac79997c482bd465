"""The canonical tables: the columns that KPIs are defined on, whatever the CRM calls them.

Every table and every column is optional. A name says its type: `_at` is an instant (UTC), `_on` and
`day` a local day; others are text unless a type stands behind the colon. `*` is personal data, `?`
a column that may be absent without making a KPI unavailable, `!` the id, of which a table has one
row each, so that joins to it are many-to-one; an id of several columns may lack those that are `?`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "instant", "date", "money", "number", "whole", "boolean"]

SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "instant": "TIMESTAMP",
    "date": "DATE",
    "money": "DECIMAL(18,4)",
    "number": "DOUBLE",
    "whole": "BIGINT",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One canonical column."""

    name: str
    type: ColumnType
    personal: bool = False
    optional: bool = False
    allowed: tuple[str, ...] = ()

    @property
    def sql_type(self) -> str:
        """The type it has in the engine."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One canonical table; `money_day` is the SQL expression of the day whose exchange rate a row
    takes.
    """

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...] = ()
    money_day: str | None = None

    def id_of(self, given: Collection[str]) -> tuple[str, ...]:
        """Those of some columns that identify a row; none where a part of the id is missing."""
        missing = [name for name in self.key if name not in given]
        if any(not self.columns[name].optional for name in missing):
            return ()
        return tuple(name for name in self.key if name in given)

    def is_required(self, column: str) -> bool:
        """Whether a row without a value in this column cannot be identified."""
        return column in self.key and not self.columns[column].optional

    @property
    def money(self) -> tuple[str, ...]:
        """The columns that hold amounts."""
        return tuple(c.name for c in self.columns.values() if c.type == "money")


_ALLOWED = {
    ("deals", "status"): ("open", "won", "lost"),
    ("deals", "kind"): ("new", "renewal", "upsell", "cross_sell"),
    ("activities", "kind"): ("call", "email", "message", "meeting", "demo", "task"),
    ("activities", "direction"): ("in", "out"),
    ("subscriptions", "kind"): ("new", "renewal", "upgrade", "downgrade"),
    ("subscriptions", "end_reason"): ("renewed", "changed", "cancelled"),
    ("tickets", "kind"): ("request", "complaint"),
    ("surveys", "kind"): ("nps", "csat", "ces"),
    ("spend", "kind"): ("marketing", "sales"),
    ("mentions", "sentiment"): ("positive", "neutral", "negative"),
}

_MONEY_DAY = {
    "deals": "coalesce(closed_at, created_at)",
    "orders": "ordered_at",
    "subscriptions": "started_at",
    "spend": "day",
    "market": "starts_on",
}

_DECLARED = {
    "accounts": """
        account_id! name* segment industry region country owner source channel campaign_id plan
        created_at became_customer_at churned_at churn_reason at_risk_since:instant
        onboarding_started_at onboarded_at""",
    "contacts": """
        contact_id! account_id owner name* email* phone* created_at updated_at merged_into?""",
    "list_members": "list contact_id subscribed_at unsubscribed_at",
    "leads": """
        lead_id! account_id source channel campaign_id segment owner score:number created_at
        updated_at first_contacted_at qualified_at opportunity_at became_customer_at deal_id
        merged_into?""",
    "deals": """
        deal_id! account_id lead_id owner team territory region source segment product pipeline?
        kind stage status amount:money currency? commission:money is_focus:boolean
        quality:number created_at first_contact_at? updated_at expected_close_on closed_at
        close_reason""",
    "stages": "pipeline?! stage! position:whole probability:number",
    "deal_stages": "deal_id stage entered_at",
    "record_changes": "object record_id changed_at user_id field old new",
    "activities": """
        activity_id! kind direction? owner account_id contact_id lead_id deal_id channel
        created_at due_at done_at cancelled_at? minutes:number replied:boolean quality:number""",
    "users": "user_id! team active_from:instant active_to:instant",
    "user_days": "user_id day logins:whole updates:whole overtime_minutes:number",
    "products": "product! range launched_on",
    "orders": """
        order_id line account_id deal_id product channel campaign_id variant quantity:whole
        amount:money refunded:money? cost:money currency? ordered_at""",
    "subscriptions": """
        subscription_id! account_id plan kind mrr:money currency? started_at ended_at end_reason
        renewal_due_at renewed_at""",
    "tickets": """
        ticket_id! account_id agent team channel category product priority kind
        interactions:whole reopened:boolean? escalated:boolean sla_due_at? met_sla:boolean?
        created_at first_response_at resolved_at""",
    "surveys": """
        response_id! kind score:number scale_min:number scale_max:number high_is_good:boolean
        account_id ticket_id agent product segment channel touchpoint responded_at""",
    "campaigns": "campaign_id! name channel kind launched_at",
    "spend": "day channel campaign_id kind amount:money currency?",
    "mailings": """
        campaign_id variant channel segment day sent:whole delivered:whole opened:whole
        clicked:whole answered:whole shared:whole engaged:whole unsubscribed:whole
        converted:whole""",
    "touches": "touch_id! lead_id deal_id channel campaign_id activity touched_at",
    "web_days": "day channel page sessions:whole page_views:whole bounces:whole seconds:number",
    "web_visits": "visitor_id* channel page started_at",
    "events": "event_id! name campaign_id held_at invited:whole registered:whole attended:whole",
    "content": "content_id! kind channel published_at reach:whole engagements:whole",
    "mentions": "mention_id! channel sentiment mentioned_at",
    "market": "starts_on ends_on product region size:money currency?",
    "exchange_rates": "day! currency! rate:number",
    "targets": "kpi! period! starts_at ends_at dimension?! member?! value:number owner",
}


def _column(table: str, text: str) -> Column:
    name, _, kind = text.partition(":")
    marks = "*?!"
    bare = name.strip(marks)
    return Column(
        name=bare,
        type=kind.strip(marks) or _type_of(bare),  # type: ignore[arg-type]
        personal="*" in text,
        optional="?" in text,
        allowed=_ALLOWED.get((table, bare), ()),
    )


def _type_of(name: str) -> ColumnType:
    if name.endswith("_at"):
        return "instant"
    return "date" if name == "day" or name.endswith("_on") else "text"


def _table(name: str, declared: str) -> Table:
    words = declared.split()
    columns = [_column(name, word) for word in words]
    key = tuple(c.name for c, word in zip(columns, words, strict=True) if "!" in word)
    return Table(name, {c.name: c for c in columns}, key, _MONEY_DAY.get(name))


# Dimensions whose members are people: a page of individuals is for readers who were chosen.
PEOPLE = ("owner", "agent")
TABLES: dict[str, Table] = {name: _table(name, declared) for name, declared in _DECLARED.items()}


def is_personal(table: str, column: str) -> bool:
    """Whether a column holds personal data, as any of a table that is not canonical may."""
    if table not in TABLES:
        return True
    declared = TABLES[table].columns.get(column)
    return declared is not None and declared.personal


def own(table: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Columns of the user's that a number can be broken down by."""
    return tuple(
        column
        for column, kind in columns.items()
        if column not in TABLES[table].columns
        and (kind in ("VARCHAR", "BOOLEAN") or kind.startswith("ENUM"))
        and not column.endswith("_original")
    )
