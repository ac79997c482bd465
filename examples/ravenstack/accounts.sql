-- An account is a customer from its first paid subscription on, and lost at the end of its last one.
-- accounts.churn_flag (110 accounts) and the churn events (352) disagree with that and with each other.
SELECT
    accounts.*,
    min(started_at) FILTER (WHERE mrr > 0) AS became_customer_at,
    CASE WHEN count(*) FILTER (WHERE mrr > 0 AND ended_at IS NULL) = 0
        THEN max(ended_at) FILTER (WHERE mrr > 0) END AS churned_at
FROM accounts
LEFT JOIN subscriptions USING (account_id)
GROUP BY ALL
