"""Why rows are set aside, in a few words for readers: the quarantine itself keeps the details."""

import re

from kpi_toolkit.format import Format

# Without the line, the day or the format, which would give each row a reason of its own.
KINDS = {
    r"not an amount": "not an amount",
    r"not (a|a whole) number": "not a number",
    r"not true or false": "neither yes nor no",
    r"not a (date|time)|a time that the clocks skipped": "not a date",
    r"not one of": "not an allowed value",
    r"same id as": "id given twice",
    r"empty": "id or period missing",
    r"no exchange rate|no day to take|no currency code|no rate above": "no exchange rate",
    r"too large": "amount too large",
    r".*fields, where|quote never|text after|field over|not a JSON": "columns cannot be told apart",
    r"NUL|control character|bytes that": "unreadable characters",
    r"": "another reason",
}


def kind(words: Format, reason: str) -> str:
    """The kind of a reason, in the report's language."""
    return words.t(KINDS[next(start for start in KINDS if re.match(start, reason))])
