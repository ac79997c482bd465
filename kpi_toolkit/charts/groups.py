"""The names under columns: each period's, and those of the groups they make."""

from collections.abc import Sequence
from itertools import groupby

import pandas as pd

from kpi_toolkit.charts.axis import periods_of
from kpi_toolkit.charts.shown import chosen, shown
from kpi_toolkit.format import Format, Unit

Group = tuple[pd.Timestamp, pd.Timestamp, str]  # first and last period start, and the text


def quarter_groups(
    frame: pd.DataFrame,
    *,
    unit: Unit = "count",
    words: Format | None = None,
    fiscal_year_starts: int = 1,
) -> tuple[Group, ...]:
    """The whole quarters of a monthly frame with their sums: 'Q3 4.82 (+15%)'.

    Only for values that add up: not for rates, medians or distinct counts.
    """
    periods = periods_of(frame.index, fiscal_year_starts)
    scale = shown(frame[_numbers(frame)].to_numpy().ravel().tolist(), unit, chosen(words))
    found = []
    for (_, quarter), rows in groupby(
        range(len(periods)), key=lambda i: (periods[i].fiscal_year, periods[i].quarter)
    ):
        months = frame.iloc[list(rows)]
        if len(months) == 3 and months["actual"].notna().all():
            name = scale.words.t("Q{quarter}", quarter=quarter)
            text = f"{name} {_sum_text(months, scale.text(months['actual'].sum()), scale.words)}"
            found.append((months.index[0], months.index[-1], text))
    return tuple(found)


def year_groups(index: pd.Index, names: Sequence[tuple[int, str]]) -> tuple[Group, ...]:
    """The years under the columns, from the position of each year's first."""
    if not names:
        return ()
    ends = [start - 1 for start, _ in names[1:]] + [len(index) - 1]
    return tuple(
        (index[start], index[end], name) for (start, name), end in zip(names, ends, strict=True)
    )


def _numbers(frame: pd.DataFrame) -> list[str]:
    return [column for column in ("actual", "previous") if column in frame]


def _sum_text(months: pd.DataFrame, total: str, words: Format) -> str:
    if "expected" in months and months["expected"].any():
        return words.t("expected {sum}", sum=total)
    if "previous" not in months or months["previous"].isna().any():
        return total
    before = months["previous"].sum()
    if not before:
        return total
    change = (months["actual"].sum() - before) / abs(before)
    return f"{total} ({words.percent(change, 0, True)})"
