-- To the control group, nothing was delivered.
SELECT
    variant, 'email' AS channel, segment, DATE '2008-03-01' AS day, count(*) AS customers,
    CASE WHEN variant <> 'No E-Mail' THEN count(*) END AS delivered,
    sum(visits) AS engaged, sum(conversions) AS converted, sum(spend) AS spend
FROM customers
GROUP BY variant, segment
