"""The part of a kpi.toml that reads deals.csv, whose columns bear our names."""

DEALS_TABLE = """
[source]
kind = "files"

[tables.deals]
file = "deals.csv"
[tables.deals.columns]
deal_id = "deal_id"
owner = "owner"
status = "status"
amount = "amount"
created_at = "created_at"
closed_at = "closed_at"
"""
