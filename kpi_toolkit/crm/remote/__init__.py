"""Records in a database: copied into a snapshot, or counted where they are."""
