"""An analyst's frame on a page: formats, and what is refused."""

import datetime as dt
import json

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.report.conftest import crm_of


@pytest.fixture
def report(crm: Crm) -> Report:
    return Report("r", period="2026-Q3", crm=crm)


def cells(report: Report, frame: pd.DataFrame, **given: object) -> tuple[list, list]:
    content = report.table(frame, "Numbers", **given).content  # type: ignore[arg-type]
    rows = [[plain(c) for c in row] for row in content["rows"]]
    return [plain(h["text"] if isinstance(h, dict) else h) for h in content["heads"]], rows


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_columns_are_formatted_by_their_units(report: Report) -> None:
    frame = pd.DataFrame(
        {"won": [1_250_000.0, None], "share": [0.421, 0.05], "wait": [12.4, 3.0], "n": [1234, 5]}
    )
    units = {"won": "money", "share": "percent", "wait": "days"}
    heads, rows = cells(report, frame, units=units)
    assert heads == ["Won, €m", "Share, %", "Wait, d", "N"]
    assert rows == [["1.25", "42.1", "12", "1,234"], ["–", "5.0", "3", "5"]]


def test_moments_are_local_days_and_nothing_is_a_dash(report: Report) -> None:
    day = dt.datetime(2026, 9, 30, 23, tzinfo=dt.UTC).replace(tzinfo=None)
    frame = pd.DataFrame({"closed_at": [pd.Timestamp(day), pd.NaT], "is_focus": [True, None]})
    heads, rows = cells(report, frame)
    assert heads == ["Closed on", "Focus"]
    assert rows == [["30 Sept 2026", "yes"], ["–", "–"]]


def test_columns_come_in_the_order_asked_and_those_that_are_missing_stay_out(
    report: Report,
) -> None:
    frame = pd.DataFrame({"a": ["x"], "b": ["y"]})
    assert cells(report, frame, columns=("b", "segment", "a")) == (["B", "A"], [["y", "x"]])


def test_a_column_that_no_data_have_is_refused(report: Report) -> None:
    frame = pd.DataFrame({"amount": [1.0]})
    with pytest.raises(DefinitionError, match="column 'amout': did you mean 'amount'"):
        report.table(frame, "Numbers", columns=("amout",))


def test_an_unknown_unit_is_refused(report: Report) -> None:
    frame = pd.DataFrame({"amount": [1.0]})
    with pytest.raises(DefinitionError, match="unit 'euros' of column 'amount': did you"):
        report.table(frame, "Numbers", units={"amount": "euros"})  # type: ignore[dict-item]


def test_an_index_with_a_name_is_a_column(report: Report) -> None:
    heads, rows = cells(report, sales.won_value.by(report.crm, "2026-Q3", "owner")[["n"]])
    assert heads == ["Owner", "N"]
    assert len(rows) == 4


def test_a_unit_for_a_column_that_is_not_there_is_refused(report: Report) -> None:
    with pytest.raises(DefinitionError, match=r"units of column 'amuont': did you mean 'amount'"):
        report.table(pd.DataFrame({"amount": [1]}), "x", units={"amuont": "money"})


def test_a_long_table_is_refused(report: Report) -> None:
    with pytest.raises(DefinitionError, match="a table of 501 rows: a report shows at most 500"):
        report.table(pd.DataFrame({"a": range(501)}), "x")
    assert report.table(pd.DataFrame({"a": range(500)}), "x")


def test_an_empty_table_is_a_sentence(report: Report) -> None:
    found = report.table(pd.DataFrame({"a": []}), "Largest deals")
    assert "Largest deals: no data in Q3 2026." in plain(str(found))


def test_texts_are_inert(report: Report) -> None:
    page = report.table(pd.DataFrame({"a": ["<b>x</b>"]}), "<i>m</i>")._repr_mimebundle_()
    assert "<b>x" not in page["text/html"] and "<i>m" not in page["text/html"]
    assert json.dumps(page)


def test_rows_set_aside_are_counted(tables: dict[str, pd.DataFrame]) -> None:
    deals = tables["deals"].astype({"amount": object})
    deals.loc[[0, 1], "amount"] = ["many", "1,2,3"]
    block = Report("r", period="2026-Q3", crm=crm_of({"deals": deals})).quality()
    assert f"Rows set aside: 2 of {len(deals)}" in plain(str(block))


def test_data_that_are_all_kept_are_one_sentence(report: Report) -> None:
    assert "all were kept" in str(report.quality())
