"""A progress bar on a terminal; silence elsewhere, so that a log holds results only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_STEPS = {
    "reading": "reading the data",
    "cells": "executing",
    "pages": "making the pages",
    "archive": "archiving",
}


@contextmanager
def progress(name: str) -> "Iterator[Callable[[str, int, int], None]]":
    """Give a function that takes (step, done, of) of a run."""
    if not sys.stderr.isatty():
        yield lambda step, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.fields[report]}", markup=False),
        BarColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None, report=name)

        def on_progress(step: str, done: int, of: int) -> None:
            cells = f", cell {done + 1} of {of}" if step == "cells" else ""
            total = of if step == "cells" else None
            shown.update(task, description=_STEPS[step] + cells, completed=done, total=total)

        yield on_progress
