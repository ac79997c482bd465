"""False alarms, and speed as ratios taken in one run: `make bench`, or `python -m benchmarks
--quick`.
"""

import argparse
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    exports,
    false_alarms,
    reading,
    rendering,
    reporting,
    sales_kpis,
    sides,
    tables,
    waiting,
)

SIZES = {100_000: 15, 5_000_000: 5}
QUICK = {20_000: 3}


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small tables and few turns")
    quick = parser.parse_args().quick
    false_alarms.main(1_000 if quick else 10_000, 10 if quick else 200)
    against_sql(QUICK if quick else SIZES)
    of_sales(20_000 if quick else 100_000, 3 if quick else 15)
    export(20_000 if quick else 500_000, 3)
    if not quick:
        gigabytes(16_000_000)
    reports(1 if quick else 5)
    pages(3 if quick else 15)
    commands(1 if quick else 5)


def against_sql(sizes: dict[int, int]) -> None:
    """All KPIs: current, previous, 13 months, two breakdowns, against batched SQL by hand."""
    print(
        f"{'deals':>10} {'CPU ours':>9} {'by hand':>8} {'ratio':>6} {'MB ours':>8} {'by hand':>8}"
    )
    for deals, turns in sizes.items():
        with TemporaryDirectory() as folder:
            sides.apart(tables.write, Path(folder), deals)
            pair = sides.compare(Path(folder), turns)
        ours, theirs = statistics.median(pair.ours), statistics.median(pair.theirs)
        print(
            f"{deals:>10} {ours:9.3f} {theirs:8.3f} {pair.ratio:6.2f} "
            f"{pair.peak_ours:8.0f} {pair.peak_theirs:8.0f}   {pair.queries} queries"
        )


def of_sales(deals: int, turns: int) -> None:
    """All KPIs of sales and pipeline, beside the target for 100,000 deals."""
    with TemporaryDirectory() as folder:
        sides.apart(tables.write, Path(folder), deals)
        kpis = sales_kpis.count(Path(folder))
        ours = sides.Side("benchmarks.sales_kpis", Path(folder))
        first = ours.turn()[1]
        found = [ours.turn()[1:] for _ in range(turns)]
        ours.close()
    cpu = statistics.median(spent for spent, _, _ in found)
    _, peak, queries = found[-1]
    print(
        f"\n{kpis} KPIs of sales and pipeline, {deals} deals: CPU {cpu:.2f} s (target "
        f"{sales_kpis.TARGET} s), peak {peak:.0f} MB, {queries} queries; the first time on a "
        f"snapshot {first:.2f} s"
    )


def export(rows: int, turns: int) -> None:
    """An export of deals into a snapshot, against DuckDB's own reader."""
    print(f"\n{'export of deals':<20} {'CPU ours':>9} {'DuckDB':>8} {'ratio':>6} {'MB ours':>8}")
    for dirty in (False, True):
        with TemporaryDirectory() as folder:
            sides.apart(exports.deals, Path(folder), rows, dirty)
            found = [
                (
                    reading.measured(reading.ours, Path(folder)),
                    reading.measured(reading.theirs, Path(folder)),
                )
                for _ in range(turns)
            ]
        ours, theirs = (statistics.median(turn[side].cpu for turn in found) for side in (0, 1))
        ratio = statistics.median(a.cpu / b.cpu for a, b in found)
        peak = max(a.peak for a, _ in found)
        name = f"{rows} {'dirty' if dirty else 'clean'}"
        print(f"{name:<20} {ours:9.2f} {theirs:8.2f} {ratio:6.2f} {peak:8.0f}")


def gigabytes(rows: int) -> None:
    """Two gigabytes of orders into a snapshot."""
    with TemporaryDirectory() as folder:
        sides.apart(exports.orders, Path(folder), rows)
        size = (Path(folder) / "orders.csv").stat().st_size / 1e9
        found = reading.measured(reading.ours, Path(folder))
    print(
        f"\n{size:.2f} GB, {found.rows} rows kept: CPU {found.cpu:.0f} s, {found.clock:.0f} s, "
        f"peak {found.peak:.0f} MB"
    )


def reports(turns: int) -> None:
    """The four reports end to end against one plain script."""
    found = reporting.compare(turns)
    ours, plain = waiting.median(found.ours), waiting.median(found.plain)
    ratio = statistics.median(a.cpu / b.cpu for a, b in zip(found.ours, found.plain, strict=True))
    print(
        f"\nfour reports: CPU {ours.cpu:.1f} s, plain script {plain.cpu:.1f} s, ratio {ratio:.2f} "
        f"(target {reporting.TARGET}); peak {ours.peak:.0f} MB, script {plain.peak:.0f} MB; "
        f"{found.figures} figures agree"
    )
    beside = ours.cpu / found.notebooks.cpu
    print(
        f"its notebooks by papermill and nbconvert: {found.notebooks.cpu:.1f} s, ratio {beside:.2f}"
    )


def pages(turns: int) -> None:
    """The pages of an executed report, once all is imported and read."""
    for name, found in rendering.measured(turns).items():
        said = ", ".join(f"{kind} {found[kind]:.3f} s (target {rendering.TARGETS[kind]})"
                         for kind in rendering.TARGETS)  # fmt: skip
        print(f"warm pages of {name}: {said}")


def commands(repeats: int) -> None:
    """What a user waits for: the first run, and the median of those after it."""
    print(f"\n{'seconds':<20} {'first':>8} {'later':>8} {'CPU':>8}")
    for name in waiting.COMMANDS:
        first, *later = waiting.waits(name, repeats)
        usual = waiting.median(later)
        print(f"{name:<20} {first.clock:8.2f} {usual.clock:8.2f} {usual.cpu:8.2f}")


if __name__ == "__main__":
    main()
