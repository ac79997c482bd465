"""The facts that KPIs are measured on. Closing stages are statuses, never stages."""

from dataclasses import replace

from kpi_toolkit.measures.counted import Counted
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.models.deal_states import TRAITS as DEAL_DIMENSIONS

# A deal whose creation is not dated counts as open since the first one that is: leaving it out
# would hide open deals without a word, and before that day the data know of no pipeline.
deals = Fact(
    "deals",
    time="closed_at",
    open=("began_at", "closed_at"),
    dimensions=DEAL_DIMENSIONS,
    columns={
        "began_at": "coalesce(created_at, min(created_at) over (), timestamp '0001-01-01')",
    },
)

# Only what is settled at the closing: a rate is not broken down by its own outcome.
closed_deals = replace(deals, dimensions=(*DEAL_DIMENSIONS, "stage", "close_reason"))

# The status at the end of the period: what was closed later was open then.
in_pipeline = replace(
    deals,
    dimensions=(*DEAL_DIMENSIONS, "status"),
    columns={
        **deals.columns,
        "status": "case when closed_at < :end then deals.status else 'open' end",
    },
)

product_deals = Fact(
    "deals",
    time="created_at",
    dimensions=("product", "owner", "team", "segment"),
    joins={"products": "products.product = deals.product"},
    required=("products",),
    columns={"launched_on": "products.launched_on"},
)

# Of a stay in a stage: those that follow. Stays that begin together are in the order of the
# pipeline, and no order of rows decides.
_BY_TIME = "over (partition by deal_id order by entered_at, coalesce(stages.position, 0), stage)"
_ALL_AFTER = _BY_TIME.replace(
    ", stage)", ", stage rows between current row and unbounded following)"
)
# The first stay in a later stage, looked for among the next five: one window tells them all. A deal
# that moves about for longer has come further with its last stay.
_LATER_AT = (
    " ".join(
        f"when lead(stages.position, {n}) {_BY_TIME} > stages.position "
        f"then lead(entered_at, {n}) {_BY_TIME}"
        for n in range(1, 6)
    )
    + f" when max(stages.position) {_ALL_AFTER} > stages.position "
    f"then max(entered_at) {_ALL_AFTER}"
)
_NEXT_IN_USE = """min(stages.position) over (partition by deals.pipeline
    order by stages.position range between 1 following and unbounded following)"""
_WON_AT = "case when deals.status = 'won' then deals.closed_at end"

# One row a stay of a deal in a stage; a stay that begins at or after the closing is a closing
# stage.
deal_steps = Fact(
    "deal_stages",
    time="left_at",
    open=("entered_at", "left_at"),
    dimensions=("stage", "pipeline", "owner", "team", "segment", "product", "source"),
    where="deals.deal_id is not null and (deals.closed_at is null or entered_at < deals.closed_at)",
    joins={
        "deals": "deals.deal_id = deal_stages.deal_id",
        "stages": "stages.pipeline is not distinct from deals.pipeline and stages.stage = "
        "deal_stages.stage",
    },
    required=("deals", "stages"),
    columns={
        "left_at": f"coalesce(lead(entered_at) {_BY_TIME}, deals.closed_at)",
        "visit": "row_number() over (partition by deal_id, stage order by entered_at)",
        "advanced_at": f"least({_WON_AT}, case {_LATER_AT} end)",
        "went_on_at": f"""case when stages.position is not null then case
            when lead(stages.position) {_BY_TIME} = {_NEXT_IN_USE} then lead(entered_at) {_BY_TIME}
            when lead(entered_at) {_BY_TIME} is null and {_NEXT_IN_USE} is null then {_WON_AT}
            end end""",
        "pipeline": "deals.pipeline",
        "owner": "deals.owner",
        "team": "deals.team",
        "segment": "deals.segment",
        "product": "deals.product",
        "source": "deals.source",
        "amount": "deals.amount",
    },
    # Not went_on_at, which only an option reads: it would double what the others cost.
    kept=("entered_at", "left_at", "visit", "advanced_at", "amount"),
)

# One row an order line. Revenue is net of refunds where refunds are supplied. A line of a negative
# amount is a return: it lowers revenue and buys nothing; without an amount, a line is a purchase.
orders = Fact(
    "orders",
    time="ordered_at",
    dimensions=("product", "channel", "campaign_id", "variant", "segment", "region", "owner"),
    joins={
        "accounts": "accounts.account_id = orders.account_id",
        "deals": "deals.deal_id = orders.deal_id",
    },
    columns={
        "revenue": "amount - coalesce(refunded, 0)",
        "is_purchase": "coalesce(amount, 0) >= 0",
        "segment": "accounts.segment",
        "region": "accounts.region",
        "owner": "deals.owner",
        "customer_since": """case when account_id is not null then coalesce(
            accounts.became_customer_at, min(case when is_purchase then ordered_at end)
            over (partition by account_id)) end""",
        "first_order": """case when account_id is not null then
            first_value(case when is_purchase then order_id end) over (partition by account_id
            order by case when is_purchase then 0 else 1 end, ordered_at, order_id) end""",
    },
)

accounts = Fact(
    "accounts",
    time="became_customer_at",
    open=("became_customer_at", "churned_at"),
    dimensions=(
        "segment",
        "industry",
        "region",
        "country",
        "owner",
        "source",
        "channel",
        "campaign_id",
        "plan",
        "cohort",
    ),
    columns={"cohort": "cast(extract(year from local_day(became_customer_at)) as varchar)"},
)

# Who has bought more than before, in the period: a proxy for "more than planned", which no record
# tells. A customer counts once, whatever tells it.
upsold_accounts = replace(
    accounts,
    dimensions=("segment",),
    columns={"bought_more": "upsells.n > 0 or upgrades.n > 0"},
    counted={
        "upsells": Counted(
            deals,
            on="account_id",
            where="status = 'won' and kind in ('upsell', 'cross_sell') "
            "and closed_at >= :start and closed_at < :end",
        ),
        "upgrades": Counted(
            Fact("subscriptions"),
            on="account_id",
            where="kind = 'upgrade' and started_at >= :start and started_at < :end",
        ),
    },
    required=("deals",),
)

# One row a lead; one that was merged into another is that other one.
leads = Fact(
    "leads",
    time="created_at",
    dimensions=("source", "channel", "campaign_id", "segment", "owner"),
    where="merged_into is null",
)

# One row a sending, of people each once.
mailings = Fact(
    "mailings",
    time="day",
    dimensions=("campaign_id", "variant", "channel", "segment"),
)

# One row a term: a renewal or a change of plan or price ends a row and starts another.
subscriptions = Fact(
    "subscriptions",
    time="started_at",
    open=("started_at", "ended_at"),
    dimensions=("plan", "segment"),
    joins={"accounts": "accounts.account_id = subscriptions.account_id"},
    columns={"segment": "accounts.segment"},
)

# A ticket without a term is judged, if at all, by the flag that its help desk gave it.
tickets = Fact(
    "tickets",
    time="created_at",
    open=("created_at", "resolved_at"),
    dimensions=("agent", "team", "channel", "category", "product", "priority", "kind", "range"),
    joins={"products": "products.product = tickets.product"},
    columns={
        "range": "products.range",
        "in_sla": """coalesce(met_sla, case when sla_due_at is not null
            then coalesce(resolved_at <= sla_due_at, false) end)""",
        "sla_at": "coalesce(sla_due_at, resolved_at)",
    },
)

# An answer on the scale of its own survey: 0 is the worst, 1 the best, and without a declared
# direction it is neither.
surveys = Fact(
    "surveys",
    time="responded_at",
    dimensions=("segment", "product", "channel", "touchpoint", "agent", "team", "category"),
    joins={
        "accounts": "accounts.account_id = surveys.account_id",
        "tickets": "tickets.ticket_id = surveys.ticket_id",
    },
    columns={
        "segment": "coalesce(surveys.segment, accounts.segment)",
        "product": "coalesce(surveys.product, tickets.product)",
        "channel": "coalesce(surveys.channel, tickets.channel)",
        "agent": "coalesce(surveys.agent, tickets.agent)",
        "team": "tickets.team",
        "category": "tickets.category",
        "satisfaction": """(case when high_is_good then score - scale_min
            when not high_is_good then scale_max - score end) / nullif(scale_max - scale_min, 0)""",
    },
)
