"""The figures with plain Matplotlib, each for paper and for a phone."""

import io
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTHS = (174, 78)
DARK, PALE, GOOD, BAD = "#333333", "#bbbbbb", "#00776b", "#c4441c"
Draw = Callable[[Axes], object]


def both(draw: Draw, height: float = 60) -> list[str]:
    """A chart as SVG, `height` mm high, in both widths."""
    return [_svg(draw, width, height) for width in WIDTHS]


def spark(values: pd.Series) -> str:
    """A line without axes, as SVG."""
    known = values.dropna()
    low, span = known.min(), (known.max() - known.min()) or 1.0
    points = " ".join(f"{10 * i},{25 - 20 * (v - low) / span:.1f}" for i, v in enumerate(known))
    return (
        f'<svg viewBox="0 0 130 30"><polyline points="{points}" fill="none" stroke="{DARK}"/></svg>'
    )


def variance(values: pd.Series) -> Draw:
    """Twelve months as columns, and above them the difference to the year before."""
    last, ago = values.iloc[-12:], values.iloc[-24:-12].to_numpy()
    delta = last - ago

    def draw(ax: Axes) -> None:
        ax.bar(range(12), last, color=DARK)
        ax.bar(range(12), delta, bottom=last.max() * 1.4, color=_tones(delta))
        for i, value in enumerate(last):
            ax.text(i, value, f"{value / 1e6:.2f}", ha="center", va="bottom")
            ax.text(i, last.max() * 1.4 + delta.iloc[i], f"{delta.iloc[i] / 1e6:+.2f}", ha="center")
        ax.set_xticks(range(12), [f"{month:%b}" for month in last.index])

    return draw


def difference(now: pd.Series, before: pd.Series) -> Draw:
    """Members as bars, and their difference to the year before."""
    ordered = now.sort_values()
    delta = ordered - before.reindex(ordered.index).fillna(0)

    def draw(ax: Axes) -> None:
        ax.barh([str(member) for member in ordered.index], ordered, color=DARK)
        ax.barh(range(len(delta)), delta, left=ordered.max() * 1.4, color=_tones(delta))
        for i, value in enumerate(ordered):
            ax.text(value, i, f"{value:.3g}", va="center")
            ax.text(ordered.max() * 1.4 + delta.iloc[i], i, f"{delta.iloc[i]:+.3g}", va="center")

    return draw


def trend(values: pd.Series, limits: pd.Series) -> Draw:
    """A line with its natural limits."""

    def draw(ax: Axes) -> None:
        ax.axhspan(limits["low"], limits["high"], color="#eeeeee")
        ax.axhline(limits["mean"], color="#999999")
        ax.plot(values.index, values, color=DARK, marker="o", markersize=3)
        out = values[(values < limits["low"]) | (values > limits["high"])]
        ax.plot(out.index, out, color=BAD, marker="o", linestyle="")
        ax.annotate(f"{values.iloc[-1]:.3g}", (values.index[-1], values.iloc[-1]))

    return draw


def waterfall(steps: pd.Series) -> Draw:
    """A bridge from the first value over the changes to the last."""
    tops = [steps.iloc[0], *(steps.iloc[0] + steps.iloc[1:-1].cumsum()), steps.iloc[-1]]
    bottoms = [0.0, *tops[:-2], 0.0]

    def draw(ax: Axes) -> None:
        heights = np.array(tops) - np.array(bottoms)
        colors = [DARK, *_tones(steps.iloc[1:-1]), DARK]
        ax.bar(range(len(steps)), heights, bottom=bottoms, color=colors)
        ax.set_xticks(range(len(steps)), [str(name) for name in steps.index], rotation=30)
        for i, value in enumerate(steps):
            ax.text(i, max(tops[i], bottoms[i]), f"{value:.3g}", ha="center", va="bottom")

    return draw


def pareto(values: pd.Series) -> Draw:
    """Members in order, and the share of all that they come to."""
    ordered = values.sort_values(ascending=False)
    share = ordered.cumsum() / ordered.sum()

    def draw(ax: Axes) -> None:
        ax.bar(range(len(ordered)), ordered, color=DARK)
        ax.set_xticks(range(len(ordered)), [str(member) for member in ordered.index], rotation=30)
        other = ax.twinx()
        other.plot(range(len(share)), share, color=GOOD, marker="o")
        other.set_ylim(0, 1.05)
        for i, value in enumerate(ordered):
            ax.text(i, value, f"{value:.3g}", ha="center", va="bottom")

    return draw


def funnel(stages: pd.DataFrame, days: pd.Series) -> Draw:
    """Stages as centred bars, with the share that came further and the days."""
    widths = stages["entered"].to_numpy()

    def draw(ax: Axes) -> None:
        ax.barh(range(len(widths)), widths, left=-widths / 2, color=DARK)
        ax.set_yticks(range(len(widths)), list(stages.index))
        ax.invert_yaxis()
        for i, (stage, row) in enumerate(stages.iterrows()):
            text = f"{row['entered']:.0f}   {row['stage_conversion_rate']:.1%}   {days[stage]:.1f}"
            ax.text(0, i, text, ha="center", va="center", color="white")

    return draw


def bars(values: pd.Series) -> Draw:
    """Members as bars."""
    ordered = values.sort_values()

    def draw(ax: Axes) -> None:
        ax.barh([str(member) for member in ordered.index], ordered, color=DARK)
        for i, value in enumerate(ordered):
            ax.text(value, i, f"{value:.3g}", va="center")

    return draw


def fan(past: pd.Series, coming: pd.DataFrame) -> Draw:
    """What came, and what is expected with the bounds of 80 and 95 in a hundred."""

    def draw(ax: Axes) -> None:
        ax.plot(past.index, past, color=DARK, marker="o", markersize=3)
        for level, color in ((95, "#eeeeee"), (80, PALE)):
            bounds = coming[f"low_{level}"], coming[f"high_{level}"]
            ax.fill_between(coming.index, *bounds, color=color)
        ax.plot(coming.index, coming["value"], color=DARK, linestyle="--")
        for month, value in coming["value"].items():
            ax.annotate(f"{value / 1e6:.2f}", (month, value))

    return draw


def triangle(shares: pd.DataFrame) -> Draw:
    """Cohorts as rows, ages as columns, each share in its cell."""
    ages = shares.drop(columns="created")

    def draw(ax: Axes) -> None:
        ax.imshow(ages, cmap="Greys", aspect="auto", vmin=0, vmax=1)
        ax.set_xticks(range(len(ages.columns)), list(ages.columns))
        labels = [f"{cohort:%Y-%m} ({n:.0f})" for cohort, n in shares["created"].items()]
        ax.set_yticks(range(len(ages)), labels)
        for (row, column), value in np.ndenumerate(ages.to_numpy()):
            if not np.isnan(value):
                ax.text(column, row, f"{value:.0%}", ha="center", va="center")

    return draw


def _tones(delta: pd.Series) -> list[str]:
    return [GOOD if value > 0 else BAD for value in delta]


def _svg(draw: Draw, width: float, height: float) -> str:
    with mpl.rc_context({"svg.fonttype": "none", "font.size": 7, "svg.hashsalt": "plain"}):
        figure = Figure(figsize=(width / 25.4, height / 25.4))
        # Margins by hand: a layout engine would double the time of a figure.
        draw(figure.add_axes((0.16, 0.16, 0.8, 0.8)))
        written = io.StringIO()
        figure.savefig(written, format="svg")
    text = written.getvalue()
    return text[text.index("<svg") :]
