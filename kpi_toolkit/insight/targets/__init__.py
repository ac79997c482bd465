"""What was aimed at, how it stands, and where it will end."""
