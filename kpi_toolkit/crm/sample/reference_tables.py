"""`stages`, `users`, `products`, `exchange_rates` and `targets` of one morning."""

from datetime import timedelta
from typing import TYPE_CHECKING

from kpi_toolkit.crm.sample import reference, stays
from kpi_toolkit.crm.sample.deal_tables import PIPELINE
from kpi_toolkit.crm.sample.morning import Morning
from kpi_toolkit.crm.sample.people import USERS
from kpi_toolkit.crm.sample.workdays import utc_seconds

if TYPE_CHECKING:
    import pandas


def stages(morning: Morning) -> "pandas.DataFrame":
    """The open stages of the pipeline; closing is a status, not a stage."""
    import pandas

    return pandas.DataFrame(
        {
            "pipeline": PIPELINE,
            "stage": list(stays.STAGES),
            "position": range(1, len(stays.STAGES) + 1),
            "probability": list(stays.PROBABILITIES),
        }
    )


def users(morning: Morning) -> "pandas.DataFrame":
    """Everyone who had arrived; who has left keeps the row."""
    import pandas

    there = [user for user in USERS if user.active_from < morning.day]
    ends = [user.active_to + timedelta(days=1) if user.active_to else None for user in there]
    gone = [utc_seconds(end) if end and end <= morning.day else None for end in ends]
    return pandas.DataFrame(
        {
            "user_id": [user.name for user in there],
            "team": [user.team for user in there],
            "active_from": _seconds([utc_seconds(user.active_from) for user in there]),
            "active_to": _seconds(gone),
        }
    )


def _seconds(values: "list[int] | list[int | None]") -> "pandas.Series":
    import pandas

    made = pandas.Series(values, dtype="Int64")
    return pandas.to_datetime(made, unit="s").astype("datetime64[us]")


def products(morning: Morning) -> "pandas.DataFrame":
    """What had been launched."""
    import pandas

    there = [product for product in reference.PRODUCTS if product.launched_on < morning.day]
    made = pandas.DataFrame(
        {
            "product": [product.name for product in there],
            "range": [product.range for product in there],
            "launched_on": [product.launched_on for product in there],
        }
    )
    return made.astype({"launched_on": "datetime64[us]"})


def exchange_rates(morning: Morning) -> "pandas.DataFrame":
    """EUR for one pound, a row a working day."""
    import pandas

    rates = [row for row in reference.pound_rates(morning.world.draws) if row[0] < morning.day]
    made = pandas.DataFrame(
        {"day": [day for day, _ in rates], "currency": "GBP", "rate": [rate for _, rate in rates]}
    )
    return made.astype({"day": "datetime64[us]"})


def targets(morning: Morning) -> "pandas.DataFrame":
    """The targets that had been set."""
    import pandas

    there = [target for target in reference.targets() if target.set_on < morning.day]
    names = ("kpi", "period", "dimension", "member", "value", "owner")
    made = {name: [getattr(target, name) for target in there] for name in names}
    return pandas.DataFrame(made).astype({"value": "float64"})
