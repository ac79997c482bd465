SELECT
    account_id AS subscription_id, account_id, plan, 'new' AS kind, monthly_charges AS mrr,
    TIMESTAMP '2019-12-01' - to_months(tenure) - INTERVAL 1 DAY AS started_at,
    CASE WHEN churned THEN TIMESTAMP '2019-12-31' END AS ended_at,
    CASE WHEN churned THEN 'cancelled' END AS end_reason
FROM customers
