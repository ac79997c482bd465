"""A frame that ends a cell becomes a table of the report, unless it is too long to be one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from kpi_toolkit.report import tables

if TYPE_CHECKING:
    import pandas as pd

    from kpi_toolkit.report.session import Session

MOST_ROWS = 60


def show_frames_as_blocks(session: Session) -> None:
    """Register, where IPython runs, a formatter that adds a table block to the displays of
    DataFrames.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return

    def formatted(
        frame: pd.DataFrame, include: object = None, exclude: object = None
    ) -> dict[str, Any]:
        bundle = {"text/plain": repr(frame), "text/html": frame._repr_html_()}
        if len(frame) <= MOST_ROWS:
            bundle |= {
                k: v
                for k, v in tables.table(session, frame, "", "", (), {})._repr_mimebundle_().items()
                if k not in bundle
            }
        return bundle

    shell.display_formatter.mimebundle_formatter.for_type_by_name("pandas", "DataFrame", formatted)
