"""KPIs as rows: trend, value, changes, target, signal and doubt."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kpi_toolkit.blocks.block import Block

COLUMNS = (
    "name", "spark", "value", "previous", "year", "target", "signal", "n", "interval",
)  # fmt: skip
Change = tuple[str, bool | None]
Group = tuple[str, Sequence["ScoreRow"]]


@dataclass(frozen=True)
class ScoreRow:
    """One KPI of a scorecard, every text formatted.

    `spark` are the trend's values, None where there is no data; `limits` the natural limits;
    `mark` stands beside a value that differs from the archived one; `target` is (ratio, good,
    text), 1 being reached whichever way is better; `signal` is ("good" | "bad" | "none", text).
    """

    name: str
    value: str
    unit: str = ""
    spark: Sequence[float | None] = ()
    limits: tuple[float, float] | None = None
    mark: str = ""
    previous: Change = ("", None)
    year: Change = ("", None)
    target: tuple[float, bool | None, str] | None = None
    signal: tuple[Literal["good", "bad", "none"], str] = ("none", "")
    n: str = ""
    interval: str = ""


def scorecard(
    *,
    title: str,
    subject: str,
    heads: Sequence[str],
    groups: Sequence[Group],
    note: str = "",
    values: Sequence[Mapping[str, Any]] = (),
) -> Block:
    """Rows in named groups; `heads` names the nine columns in the order of COLUMNS.

    A column in which no row has anything is left out.
    """
    named = [(name, [_row(item) for item in rows]) for name, rows in groups if rows]
    shown = [{"name": name, "rows": rows} for name, rows in named]
    rows = [row for _, group in named for row in group]
    _without_beginning(rows)
    columns = [
        {"key": key, "head": head}
        for key, head in zip(COLUMNS, heads, strict=True)
        if key in ("name", "value") or any(_filled(key, item) for item in rows)
    ]
    content = {
        "title": title, "subject": subject, "columns": columns, "groups": shown, "note": note,
    }  # fmt: skip
    return Block("scorecard", content, tuple(values))


def _row(item: ScoreRow) -> dict[str, Any]:
    target = item.target and dict(zip(("ratio", "good", "text"), item.target, strict=True))
    return {
        "name": item.name,
        "unit": item.unit,
        "spark": [_known(value) for value in item.spark],
        "limits": _finite(item.limits),
        "value": item.value,
        "mark": item.mark,
        "previous": {"text": item.previous[0], "good": item.previous[1]},
        "year": {"text": item.year[0], "good": item.year[1]},
        "target": target,
        "signal": {"kind": item.signal[0], "text": item.signal[1]},
        "n": item.n,
        "interval": item.interval,
    }


def _without_beginning(rows: Sequence[dict[str, Any]]) -> None:
    """Trends start where the first of them has a value: young data fill the drawing too."""
    starts = [next((i for i, v in enumerate(r["spark"]) if v is not None), None) for r in rows]
    first = min((start for start in starts if start is not None), default=0)
    if len({len(row["spark"]) for row in rows if row["spark"]}) == 1:
        for row in rows:
            row["spark"] = row["spark"][first:]


def _known(value: float | None) -> float | None:
    """JSON has no NaN."""
    return float(value) if value is not None and math.isfinite(value) else None


def _finite(limits: tuple[float, float] | None) -> list[float] | None:
    if limits is None or not all(math.isfinite(limit) for limit in limits):
        return None
    return [float(limit) for limit in limits]


def _filled(key: str, item: Any) -> bool:
    if key == "spark":
        return any(value is not None for value in item["spark"])
    value = item[key]
    return bool(value and (value["text"] if isinstance(value, Mapping) else value))
