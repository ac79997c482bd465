"""The sales report as one plain script: the same numbers and charts, to HTML and PDF, no toolkit.

python -m benchmarks.plain_report SNAPSHOT OUTPUT prints the quarter's numbers as JSON.
"""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import matplotlib as mpl
import pandas as pd
import typst
from matplotlib.axes import Axes
from matplotlib.figure import Figure

MONTHS = pd.date_range(end="2026-09-01", periods=24, freq="MS")
QUARTERS = pd.date_range(end="2026-07-01", periods=5, freq="QS")
WIDTHS = (180, 92)
LOCAL = """
    CREATE MACRO here(t) AS timezone('Europe/Paris', timezone('UTC', t));
    CREATE TABLE deals AS SELECT * REPLACE (here(closed_at) AS closed_at,
        here(created_at) AS created_at),
        epoch(deals.closed_at) - epoch(coalesce(deals.first_contact_at, deals.created_at))
            AS cycle
        FROM '{0}/deals.parquet' AS deals;
    CREATE TABLE orders AS SELECT * REPLACE (here(ordered_at) AS ordered_at)
        FROM '{0}/orders.parquet';
    CREATE TABLE accounts AS SELECT * REPLACE (here(became_customer_at) AS became_customer_at,
        here(churned_at) AS churned_at) FROM '{0}/accounts.parquet';
    CREATE TABLE steps AS SELECT s.stage, here(s.entered_at) AS entered_at, coalesce(
        lead(here(s.entered_at)) OVER (PARTITION BY s.deal_id ORDER BY s.entered_at, q.position),
        d.closed_at) AS left_at
        FROM '{0}/deal_stages.parquet' AS s JOIN deals AS d USING (deal_id)
        LEFT JOIN '{0}/stages.parquet' AS q
            ON q.stage = s.stage AND q.pipeline IS NOT DISTINCT FROM d.pipeline
        WHERE d.closed_at IS NULL OR here(s.entered_at) < d.closed_at"""
CLOSED = """
    SELECT {keys}, sum(amount) FILTER (status = 'won')::DOUBLE AS won_value,
        avg(amount) FILTER (status = 'won')::DOUBLE AS average_won_deal,
        count(*) FILTER (status = 'won') / count(*) AS decided_win_rate,
        avg(cycle) FILTER (status = 'won') / 86400 AS sales_cycle
    FROM deals WHERE status <> 'open' GROUP BY ALL"""
CREATED = """
    SELECT date_trunc('{grain}', created_at) AS p,
        count(*) FILTER (status = 'won') / count(*) AS opportunity_to_customer_rate
    FROM deals GROUP BY 1"""
NEW = """
    WITH firsts AS (SELECT account_id, arg_min(order_id, (ordered_at, order_id)) AS order_id
        FROM orders GROUP BY 1)
    SELECT date_trunc('{grain}', ordered_at) AS p,
        sum(amount - coalesce(refunded, 0))::DOUBLE AS new_customer_revenue
    FROM orders SEMI JOIN firsts USING (account_id, order_id) GROUP BY 1"""
STOCKS = """
    SELECT p, (SELECT sum(amount)::DOUBLE FROM deals WHERE created_at < p + {step}
            AND (closed_at IS NULL OR closed_at >= p + {step})) AS pipeline_value,
        (SELECT count(*) FILTER (churned_at IS NULL OR churned_at >= p + {step}) / count(*)
            FROM accounts WHERE became_customer_at < p AND (churned_at IS NULL OR churned_at >= p))
            AS retention_rate
    FROM periods"""
STAGES = """
    SELECT stage, avg(epoch(left_at) - epoch(entered_at)) / 86400 AS days FROM steps
    WHERE left_at >= '2026-07-01' AND left_at < '2026-10-01' GROUP BY 1 ORDER BY 2 DESC"""
LARGEST = """
    SELECT deal_id, owner, segment, product, region, closed_at::DATE AS day, amount::DOUBLE
    FROM deals WHERE status = 'won' AND closed_at >= '2026-07-01' AND closed_at < '2026-10-01'
    ORDER BY amount DESC LIMIT 10"""


def main(snapshot: str, output: str) -> None:
    """Compute, draw, write both files."""
    connection = duckdb.connect()
    for statement in LOCAL.format(snapshot).split(";"):
        connection.execute(statement)
    months, quarters = (
        computed(connection, "month", MONTHS),
        computed(connection, "quarter", QUARTERS),
    )
    members = {by: compared(connection, by) for by in ("owner", "source")}
    stages, largest = connection.execute(STAGES).df(), connection.execute(LARGEST).df()
    charts = {
        "Won value": lambda ax: variance(ax, months["won_value"]),
        "By owner": lambda ax: difference(ax, members["owner"], "won_value"),
        "Sales cycle": lambda ax: trend(ax, months["sales_cycle"]),
        "Time in stage": lambda ax: ax.barh(stages["stage"], stages["days"]),
        "Win rate": lambda ax: trend(ax, months["decided_win_rate"]),
        "By source": lambda ax: difference(ax, members["source"], "decided_win_rate"),
        "Pipeline": lambda ax: trend(ax, months["pipeline_value"]),
        **{f"{name} spark": sparkline(months[name].tail(13)) for name in months},
    }
    drawn = {name: [drawing(draw, width) for width in WIDTHS] for name, draw in charts.items()}
    write(Path(output), quarters, largest, drawn)
    sys.stdout.write(json.dumps(quarters.iloc[-1].to_dict()))


def computed(
    connection: duckdb.DuckDBPyConnection, grain: str, periods: pd.DatetimeIndex
) -> pd.DataFrame:
    """A row a period, a column a KPI."""
    connection.register("periods", pd.DataFrame({"p": periods}))
    step = f"INTERVAL {3 if grain == 'quarter' else 1} MONTH"
    keys = f"date_trunc('{grain}', closed_at) AS p"
    texts = [
        CLOSED.format(keys=keys),
        CREATED.format(grain=grain),
        NEW.format(grain=grain),
        STOCKS.format(step=step),
    ]
    parts = [connection.execute(text).df().set_index("p") for text in texts]
    return pd.concat(parts, axis=1, sort=True).reindex(periods)


def compared(connection: duckdb.DuckDBPyConnection, by: str) -> dict[pd.Timestamp, pd.DataFrame]:
    """The quarter and the same one a year before, a row a member."""
    sql = CLOSED.format(keys=f"date_trunc('quarter', closed_at) AS p, {by}")
    found = connection.execute(sql).df()
    return {quarter: found[found["p"] == quarter].set_index(by) for quarter in QUARTERS[[0, -1]]}


def variance(ax: Axes, values: pd.Series) -> None:
    """Months as columns, and the difference to the year before."""
    last, before = values.iloc[-12:], values.iloc[-24:-12]
    ax.bar(range(12), last, color="#333")
    ax.bar(range(12), last.to_numpy() - before.to_numpy(), bottom=last.max() * 1.3, color="#7a9")
    for i, value in enumerate(last):
        ax.text(i, value, f"{value / 1e6:.2f}", ha="center", va="bottom")


def difference(ax: Axes, members: dict[pd.Timestamp, pd.DataFrame], name: str) -> None:
    """Members as bars, and their difference to the year before."""
    now = members[QUARTERS[-1]][name]
    before = members[QUARTERS[0]][name].reindex(now.index)
    labels = [str(member) for member in now.index]
    ax.barh(labels, now, color="#333")
    ax.barh(labels, now - before, left=now.max() * 1.3, color="#7a9")
    for i, value in enumerate(now):
        ax.text(value, i, f"{value:.3g}")


def trend(ax: Axes, values: pd.Series) -> None:
    """A line with its natural limits."""
    ax.plot(values.index, values, color="#333", marker="o")
    middle, swing = values.mean(), 2.66 * values.diff().abs().mean()
    ax.axhspan(middle - swing, middle + swing, color="#eee")
    ax.axhline(middle, color="#999")


def sparkline(values: pd.Series) -> Callable[[Axes], None]:
    """A line without axes."""

    def draw(ax: Axes) -> None:
        ax.plot(values.index, values, color="#333")
        ax.axis("off")

    return draw


def drawing(draw: Callable[[Axes], object], millimetres: int) -> str:
    """SVG of one chart."""
    with mpl.rc_context({"svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(millimetres / 25.4, 60 / 25.4), layout="constrained")
        draw(figure.subplots())
        written = io.StringIO()
        figure.savefig(written, format="svg")
    return written.getvalue()


def write(
    output: Path, quarters: pd.DataFrame, largest: pd.DataFrame, drawn: dict[str, list[str]]
) -> None:
    """HTML with both widths, PDF with the wide one."""
    tables = quarters.T.to_html() + largest.to_html()
    pictures = "".join(f"<h2>{name}</h2>{''.join(both)}" for name, both in drawn.items())
    (output / "report.html").write_text(f"<h1>Sales</h1>{tables}{pictures}", encoding="utf-8")
    lines = ["= Sales", f"```\n{quarters.T}\n{largest}\n```"]
    for i, (name, (wide, _)) in enumerate(drawn.items()):
        (output / f"{i}.svg").write_text(wide, encoding="utf-8")
        lines.append(f'== {name}\n#image("{i}.svg", width: 100%)')
    (output / "report.typ").write_text("\n".join(lines), encoding="utf-8")
    (output / "report.pdf").write_bytes(typst.compile(output / "report.typ"))


if __name__ == "__main__":
    main(*sys.argv[1:])
