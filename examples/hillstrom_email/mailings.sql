SELECT
    variant, channel, segment, sum(delivered) AS delivered, sum(engaged) AS engaged,
    sum(converted) AS converted, sum(spend) AS spend
FROM mailings
GROUP BY ALL
