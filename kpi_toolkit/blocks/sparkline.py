"""The small drawings of a fragment: a sparkline over its natural limits, as inline SVG."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

TONES = {"good": "#00776B", "bad": "#B8401A"}
WIDTH, HEIGHT, PAD = 128.0, 28.0, 3.0


def sparkline(row: Mapping[str, Any]) -> Markup:
    """A scorecard row's trend; a gap where a value is missing, nothing where all are."""
    values: Sequence[float | None] = row["spark"]
    known = [value for value in values if value is not None]
    if not known:
        return Markup("")
    limits = row["limits"] or []
    low, high = min(*known, *limits, known[0]), max(*known, *limits, known[0])
    step = (WIDTH - 2 * PAD) / max(1, len(values) - 1)

    def height_of(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - PAD - share * (HEIGHT - 2 * PAD)

    at = [(PAD + i * step, None if v is None else height_of(v)) for i, v in enumerate(values)]
    band = _band(height_of(limits[1]), height_of(limits[0])) if limits else ""
    tone = TONES.get(row["signal"]["kind"], "#3A4651")
    return Markup(
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" '
        f'aria-hidden="true">{band}{_lines(at)}{_alone(at[:-1])}{_last(at, tone)}</svg>'
    )


def _band(top: float, bottom: float) -> str:
    size = f'width="{WIDTH:.0f}" height="{bottom - top:.1f}"'
    return f'<rect y="{top:.1f}" {size} fill="#EEF1F4"></rect>'


def _lines(at: list[tuple[float, float | None]]) -> str:
    runs: list[list[str]] = [[]]
    for x, y in at:
        if y is None:
            runs.append([])
        else:
            runs[-1].append(f"{x:.1f},{y:.1f}")
    return "".join(
        f'<polyline points="{" ".join(run)}" fill="none" stroke="#3A4651" '
        f'stroke-width="1.3"></polyline>'
        for run in runs
        if len(run) > 1
    )


def _alone(at: list[tuple[float, float | None]]) -> str:
    """A dot for each value that has no neighbour: a line would not show it."""
    heights = [None, *(y for _, y in at), None]
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.5" fill="#3A4651"></circle>'
        for (x, y), before, after in zip(at, heights, heights[2:], strict=False)
        if y is not None and before is None and after is None
    )


def _last(at: list[tuple[float, float | None]], tone: str) -> str:
    x, y = at[-1]
    return "" if y is None else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" fill="{tone}"></circle>'
