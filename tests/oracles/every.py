"""The oracles of all families, by KPI."""

from tests.oracles import customers, marketing, orders, sales, service, subscriptions

ORACLES = (
    sales.ORACLES
    | orders.ORACLES
    | subscriptions.ORACLES
    | customers.ORACLES
    | service.ORACLES
    | marketing.ORACLES
)
