SELECT
    variant, channel, segment, day, sum(customers) AS customers, sum(delivered) AS delivered,
    sum(engaged) AS engaged, sum(converted) AS converted, sum(spend) AS spend
FROM mailings
GROUP BY ALL
