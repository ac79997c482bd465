"""What the open deals will bring, and how earlier forecasts turned out."""
