"""What a log of changes holds as text, as the amounts and the days that deals had then."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from kpi_toolkit.crm.change_texts import amount_of
from kpi_toolkit.crm.exchange import PLACES, Exchange, worth

if TYPE_CHECKING:
    import pandas as pd

TYPED = ("amount", "expected_close_on")
FOREIGN = ("amount_original", "currency_original")


def old(field: str) -> str:
    """The column of the text that a field held."""
    return f"{field} old"


def changed(field: str) -> str:
    """The column that says whether a field has changed since."""
    return f"{field} changed"


ASIDE = frozenset((*FOREIGN, *(made(field) for field in TYPED for made in (old, changed))))


def amounts(found: pd.DataFrame, crm: Any) -> list[Decimal | None]:
    """The amounts as they were, in the project's currency: those in another at the rate of the day
    of creation, since that of the day of signature was not known yet.
    """
    now = found["amount"].to_list()
    if changed("amount") in found:
        now = _rewound(found, now)
    elif "amount_original" not in found:
        return _decimals(now)
    if "currency_original" not in found:
        return _decimals(now)
    return _at_home(found, now, crm)


def days(found: pd.DataFrame) -> pd.Series:
    """The days on which deals were expected to close, as they were; NaT where there was none."""
    import pandas as pd

    now = pd.to_datetime(found["expected_close_on"]).astype("datetime64[us]")
    if changed("expected_close_on") not in found:
        return now
    texts = found[old("expected_close_on")].str.slice(0, 10)
    then = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce").astype(now.dtype)
    return then.where(found[changed("expected_close_on")].astype(bool), now)


def _rewound(found: pd.DataFrame, now: list[Any]) -> list[Any]:
    """The amount that the log has, where it has one: in the deal's own currency."""
    import numpy as np

    then = found["amount_original"].to_list() if "amount_original" in found else list(now)
    rows = np.flatnonzero(found[changed("amount")])
    for row, text in zip(rows, found[old("amount")].take(rows), strict=True):
        then[row] = text
    return then


def _at_home(found: pd.DataFrame, now: list[Any], crm: Any) -> list[Decimal | None]:
    """Most deals are in the project's own currency: only the others are looked at one by one."""
    import numpy as np

    exchange, made = Exchange.of(crm), _decimals(now)
    currency = found["currency_original"]
    rows = np.flatnonzero(currency.notna() & (currency != crm.currency))
    abroad = found.take(rows)
    is_old = changed("amount") in found
    own = [now[row] for row in rows] if is_old else abroad["amount_original"]
    deals = zip(rows, _decimals(own), currency.take(rows), abroad["created_at"], strict=True)
    for row, then, unit, created_at in deals:
        day = None if created_at != created_at else crm.calendar.local_day(created_at)
        rate = exchange.rate(unit, day)
        made[row] = None if then is None or rate is None else worth(then, rate)
    return made


def _decimals(values: Iterable[Any]) -> list[Decimal | None]:
    """Each different value read once: a deal has the same at most of its moments."""
    known: dict[Any, Decimal | None] = {}
    found = []
    for value in values:
        if value not in known:
            known[value] = _decimal(value)
        found.append(known[value])
    return found


def _decimal(value: Any) -> Decimal | None:
    if value is None or value != value:
        return None
    try:
        amount = amount_of(str(value))
    except ValueError:
        return None
    return amount if amount is None else amount.quantize(PLACES, ROUND_HALF_UP)
