-- needs: tickets.ticket_id record_changes.new record_changes.changed_at
-- A ticket is resolved when it became solved for the last time, and reopened when it was open after
-- it had been solved.
WITH solved AS (
    SELECT record_id, min(changed_at) AS first_solved_at, max(changed_at) AS resolved_at
    FROM record_changes
    WHERE object = 'tickets' AND field = 'status' AND new = 'solved'
    GROUP BY record_id
),
reopened AS (
    SELECT DISTINCT record_id
    FROM record_changes JOIN solved USING (record_id)
    WHERE field = 'status' AND new IN ('open', 'pending', 'hold', 'on-hold')
        AND changed_at > first_solved_at
)
SELECT
    tickets.*,
    solved.resolved_at,
    CASE WHEN solved.record_id IS NOT NULL THEN reopened.record_id IS NOT NULL END AS reopened
FROM tickets
LEFT JOIN solved ON solved.record_id = tickets.ticket_id
LEFT JOIN reopened ON reopened.record_id = tickets.ticket_id
