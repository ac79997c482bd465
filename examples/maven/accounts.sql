-- An account became a customer when its first deal was won.
SELECT accounts.*, won.became_customer_at
FROM accounts
LEFT JOIN (
    SELECT account_id, min(closed_at) AS became_customer_at
    FROM deals
    WHERE status = 'won'
    GROUP BY account_id
) AS won USING (account_id)
