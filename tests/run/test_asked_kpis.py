"""Which KPIs a notebook asks for is read from its text."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kpi_toolkit.errors import ConfigError
from kpi_toolkit.run.asked_kpis import asked_kpis, unknown_kpis

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


def test_names_that_are_no_kpi_are_told_with_near_misses(tmp_path: Path) -> None:
    cells = [
        new_code_cell("import kpi_toolkit as kt\nfrom kpi_toolkit.kpis import sales as s, orders"),
        new_code_cell("@kt.kpi(label='x')\ndef won_values():\n    return kt.Fact('deals')"),
        new_code_cell("s.won_valu.by(crm, s.won_value)\norders.xyzxyz\nkt.won_valeu"),
        # The notebook's own, what a module of the project may have defined, and another object's.
        new_code_cell("kt.won_values\nkt.xyzxyz\nsales.won_valu\nkt.charts.won_valu"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "n.ipynb")
    found = unknown_kpis(tmp_path / "n.ipynb")
    assert list(found) == ["s.won_valu", "orders.xyzxyz", "kt.won_valeu"]
    assert found["s.won_valu"].startswith("did you mean 'won_value'")
    assert found["orders.xyzxyz"].startswith("expected one of")


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text("[]")
    with pytest.raises(ConfigError, match="it cannot be read as a notebook"):
        asked_kpis(tmp_path / "n.ipynb", KNOWN)
