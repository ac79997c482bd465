"""The state of the data: what was read, what deserves a word, what it covers."""
