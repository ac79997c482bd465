"""Which KPIs a notebook asks for is read from its text."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kpi_toolkit.errors import ConfigError
from kpi_toolkit.run.asked_kpis import asked_kpis

KNOWN = ("won_value", "churn_rate", "sales_cycle")


def test_kpis_are_named_in_their_order_each_once(tmp_path: Path) -> None:
    cells = [
        new_markdown_cell("sales.churn_rate"),
        new_code_cell("report.trend(sales.sales_cycle)\nreport.trend(kt.won_value)"),
        new_code_cell("%magic sales.churn_rate"),
        new_code_cell("report.trend(sales.sales_cycle.bind(start='creation'))\nx.unknown"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    assert asked_kpis(tmp_path / "n.ipynb", KNOWN) == ("sales_cycle", "won_value")


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text("[]")
    with pytest.raises(ConfigError, match="it cannot be read as a notebook"):
        asked_kpis(tmp_path / "n.ipynb", KNOWN)
