"""Deals at two instants: the bridge between them, and open deals that need a word."""
