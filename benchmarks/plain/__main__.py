"""python -m benchmarks.plain SNAPSHOT OUTPUT writes the four reports there, HTML and PDF."""

import sys
from pathlib import Path

from benchmarks.plain.pages import write
from benchmarks.plain.records import opened
from benchmarks.plain.reports import REPORTS, Computed, page


def main(snapshot: str, output: str) -> None:
    """Compute, draw, write."""
    found = Computed(opened(snapshot))
    for name in REPORTS:
        write(page(found, name), Path(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
