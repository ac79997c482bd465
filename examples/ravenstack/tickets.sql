SELECT *, created_at + to_minutes(response_minutes) AS first_response_at FROM tickets
