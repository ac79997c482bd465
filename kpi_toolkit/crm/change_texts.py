"""The texts of `record_changes` as the amounts and days that they were."""

import datetime as dt
from decimal import Decimal, InvalidOperation


def amount_of(text: str | None) -> Decimal | None:
    """A recorded amount. Raises ValueError for a text that is none."""
    if text is None or not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite():
        raise ValueError(text)
    return found


def day_of(text: str | None) -> dt.date | None:
    """A recorded day, or that of a recorded time. Raises ValueError for a text that is none."""
    if text is None or not text.strip():
        return None
    return dt.datetime.fromisoformat(text.strip()).date()
