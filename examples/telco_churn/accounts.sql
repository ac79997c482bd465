SELECT
    * EXCLUDE (monthly_charges),
    TIMESTAMP '2019-12-01' - to_months(tenure) - INTERVAL 1 DAY AS became_customer_at,
    CASE WHEN churned THEN TIMESTAMP '2019-12-31' END AS churned_at
FROM customers
