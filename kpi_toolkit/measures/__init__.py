"""Facts, measures and KPIs as values, and the one evaluation that turns them into numbers."""
