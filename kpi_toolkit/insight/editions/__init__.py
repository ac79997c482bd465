"""What was reported before: what differs now, why, and where it is found."""
