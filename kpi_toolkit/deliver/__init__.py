"""From a report's document to what its readers get."""
