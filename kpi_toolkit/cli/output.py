"""Tables on a terminal and in a pipe."""

import sys
from collections.abc import Iterable, Sequence

import typer


def print_table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[int] = ()
) -> None:
    """Print rows under their heads: drawn on a terminal, aligned plain text elsewhere.

    `right` are the indices of the columns of numbers.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _drawn(heads, cells, set(right))
    else:
        _aligned(heads, cells, set(right))


def printable(cell: object) -> str:
    """A text from the data on one line, without characters that steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in ("" if cell is None else str(cell)))


def _drawn(heads: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for index, head in enumerate(heads):
        table.add_column(head, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        # Text, not str: square brackets in the data are not markup.
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _aligned(heads: Sequence[str], rows: Sequence[Sequence[str]], right: set[int]) -> None:
    lines = [list(heads), *rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(heads))]
    for line in lines:
        padded = [
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        typer.echo("  ".join(padded).rstrip())
