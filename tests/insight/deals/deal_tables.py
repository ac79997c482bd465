"""Deals and their changes as tables, a tuple a row; times are local, without a time zone."""

import pandas as pd

DEAL = ("deal_id", "amount", "created_at", "status", "closed_at", "expected_close_on")
CHANGE = ("record_id", "changed_at", "field", "old", "new")
OPEN = ("open", None, None)


def deals(*rows: tuple[object, ...]) -> pd.DataFrame:
    """id, amount, created and, where it is not open without a date, status, closed, expected."""
    filled = [(*row, *OPEN[len(row) - 3 :]) for row in rows]
    frame = pd.DataFrame(filled, columns=list(DEAL))
    days = {c: pd.to_datetime(frame[c], format="ISO8601") for c in DEAL if c[-3:] in ("_at", "_on")}
    return frame.assign(**days, amount=frame["amount"].astype(float))


def changes(*rows: tuple[object, ...]) -> pd.DataFrame:
    """deal, when, field, old, new."""
    frame = pd.DataFrame(rows, columns=list(CHANGE))
    at = pd.to_datetime(frame["changed_at"], format="ISO8601")
    return frame.assign(object="deals", changed_at=at)
