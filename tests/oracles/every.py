"""The oracles of all families, by KPI."""

from tests.oracles import (
    customers,
    leads,
    marketing,
    orders,
    pipeline,
    sales,
    service,
    subscriptions,
)

ORACLES = (
    sales.ORACLES
    | pipeline.ORACLES
    | leads.ORACLES
    | orders.ORACLES
    | subscriptions.ORACLES
    | customers.ORACLES
    | service.ORACLES
    | marketing.ORACLES
)
