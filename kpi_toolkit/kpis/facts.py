"""The facts that KPIs are measured on. Closing stages are statuses, never stages."""

from kpi_toolkit.measures.fact import Fact

DEAL_DIMENSIONS = (
    "owner",
    "team",
    "territory",
    "region",
    "source",
    "segment",
    "product",
    "pipeline",
    "kind",
)

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

# One row a stay of a deal in a stage; a stay that begins at or after the closing is a closing
# stage.
deal_steps = Fact(
    "deal_stages",
    time="left_at",
    dimensions=("stage", "pipeline", "owner", "team", "segment", "product", "source"),
    where="deals.deal_id is not null and (deals.closed_at is null or entered_at < deals.closed_at)",
    joins={
        "deals": "deals.deal_id = deal_stages.deal_id",
        "stages": "stages.pipeline is not distinct from deals.pipeline and stages.stage = "
        "deal_stages.stage",
    },
    required=("deals", "stages"),
    columns={
        "left_at": "coalesce(lead(entered_at) over (partition by deal_id order by entered_at, "
        "coalesce(stages.position, 0)), deals.closed_at)",
        "pipeline": "deals.pipeline",
        "owner": "deals.owner",
        "team": "deals.team",
        "segment": "deals.segment",
        "product": "deals.product",
        "source": "deals.source",
    },
)

# One row an order line. Revenue is net of refunds where refunds are supplied.
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
        "segment": "accounts.segment",
        "region": "accounts.region",
        "owner": "deals.owner",
        "customer_since": """case when account_id is not null then coalesce(
            accounts.became_customer_at, min(ordered_at) over (partition by account_id)) end""",
        "first_order": """case when account_id is not null then first_value(order_id)
            over (partition by account_id order by ordered_at, order_id) end""",
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
