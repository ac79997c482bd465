-- needs: users.email users.role
-- Agents have the address as their id, as tickets have it.
SELECT coalesce(email, user_id) AS user_id, active_from, _line
FROM users
WHERE role IN ('agent', 'admin')
