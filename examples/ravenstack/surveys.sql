SELECT
    ticket_id AS response_id, 'csat' AS kind, satisfaction AS score, 1 AS scale_min, 5 AS scale_max,
    true AS high_is_good, account_id, ticket_id, resolved_at AS responded_at
FROM tickets
WHERE satisfaction IS NOT NULL
