"""The whole sales report over one CRM after another: nothing, gaps, odd names, other calendars."""

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import PeriodError
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.report import sales_notebook
from tests.report.conftest import crm_of

HOSTILE = "</script><script>alert(1)</script> #set {{7*7}} $x$ \\ ]] '); DROP TABLE deals; --"


def test_the_queries_of_a_report_are_counted(crm: Crm) -> None:
    before = crm.queries
    found = sales_notebook.blocks(crm)
    assert len(found) == sales_notebook.displays()
    assert crm.queries - before == 22


@pytest.mark.parametrize(
    "period", ["2026-09", "2026-Q4", "2026", "2025", "all", "2026-10", "2023-Q4"]
)
def test_every_period_gives_every_block(crm: Crm, period: str) -> None:
    found = sales_notebook.blocks(crm, period)
    assert len(found) == sales_notebook.displays()
    assert "None" not in sales_notebook.text(found) and "nan" not in sales_notebook.text(found)


def test_in_a_week_a_kpi_that_needs_a_month_is_not_available(crm: Crm) -> None:
    report = Report("r", period="2026-W38", crm=crm)
    assert report.trend(sales.won_value).to_json()["values"][-1]["grain"] == "week"
    board = report.scorecard(sales.won_value, sales.sales_cycle)
    assert {v["kpi"] for v in board.to_json()["values"]} == {"won_value"}
    assert "Not available: Sales cycle (by month or longer)." in board.content["note"]
    # The line stands in place of a row of dashes, and of a definition.
    assert [row["name"] for g in board.content["groups"] for row in g["rows"]] == ["Won value"]
    assert [one["term"] for one in report.dictionary().content["items"]] == ["Won value"]
    lacking = report.scorecard(sales.sales_cycle)
    assert str(lacking) == "Not available: Sales cycle (by month or longer)."


def test_what_has_no_earlier_year_still_says_what_it_is(tables: dict[str, pd.DataFrame]) -> None:
    young = tables["deals"][lambda deals: deals["closed_at"] >= "2026-04-01"]
    report = Report("r", period="2026-Q3", crm=crm_of({"deals": young}))
    months = report.variance(sales.won_value).content
    assert months["message"].replace("\u00a0", " ").startswith("Won value: €")
    assert " in Q3 2026; " in months["message"].replace("\u00a0", " ")
    assert "year" not in months["message"]
    # Before the first record there is nothing to draw.
    assert "by month, April 2026" in months["subject"].replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_without_records_every_block_says_so(
    tables: dict[str, pd.DataFrame], language: str
) -> None:
    nothing = crm_of({name: frame.head(0) for name, frame in tables.items()})
    found = sales_notebook.blocks(nothing, language=language)
    assert len(found) == sales_notebook.displays()
    words = sales_notebook.text(found)
    assert ("no data" if language == "en" else "pas de données") in words
    assert "nan" not in words and "None" not in words


def test_a_crm_without_stages_names_what_is_missing(tables: dict[str, pd.DataFrame]) -> None:
    deals = tables["deals"].drop(columns=["source", "first_contact_at"], errors="ignore")
    words = sales_notebook.text(sales_notebook.blocks(crm_of({"deals": deals})))
    assert "Time in stage: not available (missing:" in words
    assert "Customer retention (missing:" in words
    assert "Deal stages" in words


@pytest.mark.parametrize("language", ["en", "fr"])
def test_members_without_a_name_are_said_to_be_so(
    tables: dict[str, pd.DataFrame], language: str
) -> None:
    deals = tables["deals"].assign(owner=tables["deals"]["owner"].where(lambda o: o != "Bob"))
    report = Report("r", period="2026-Q3", language=language, crm=crm_of({"deals": deals}))
    for block in (report.variance(sales.won_value, by="owner"), report.ranking(sales.won_value)):
        assert ("(not filled in)" if language == "en" else "(non renseigné)") in str(block)
        assert "None" not in str(block)


def test_a_hostile_name_stays_a_name(tables: dict[str, pd.DataFrame]) -> None:
    deals = tables["deals"].replace({"owner": {"Bob": HOSTILE}})
    crm = crm_of({"deals": deals})
    report = Report("r", period="2026-Q3", crm=crm)
    for block in (
        report.ranking(sales.won_value, by="owner"),
        report.table(report.records(sales.won_value).head(60), "Deals"),
    ):
        page = block._repr_mimebundle_()["text/html"]
        assert "<script>alert" not in page
        assert "DROP TABLE" in page
    cut = Report("r", period="2026-Q3", scope=f"owner={HOSTILE}", crm=crm)
    assert set(cut.records(sales.won_value)["owner"]) == {HOSTILE}
    assert cut.scorecard(sales.won_value).to_json()["values"]


def test_a_fiscal_year_from_april_names_its_quarters(tables: dict[str, pd.DataFrame]) -> None:
    crm = crm_of(tables, fiscal_year_starts=4)
    report = Report("r", period="2027-Q2", crm=crm)
    assert (str(report.period.start), str(report.period.end)) == ("2026-07-01", "2026-10-01")
    same = Report("r", period="2026-Q3", crm=crm_of(tables))
    kpis = (sales.won_value, sales.decided_win_rate, sales.pipeline_value)
    values = [
        [(v["period_start"], v["value"]) for v in r.scorecard(*kpis).to_json()["values"]]
        for r in (report, same)
    ]
    assert values[0] == values[1]
    assert len(sales_notebook.blocks(crm, "2027-Q2")) == sales_notebook.displays()


def test_a_period_under_way_is_compared_after_as_many_business_days_and_says_so(crm: Crm) -> None:
    """Of October two business days were over on Monday the 5th."""
    report = Report("r", period="2026-Q4", crm=crm)
    board = report.scorecard(sales.won_value, sales.decided_win_rate)
    rows = board.content["groups"][0]["rows"]
    assert {row["signal"]["text"] for row in rows} == {"under way"}
    assert "its first 2 business days are compared with as many" in board.content["note"]
    assert "nothing in it can be judged yet" in str(report.findings(sales.won_value))


def test_a_report_in_french_has_french_numbers(crm: Crm) -> None:
    words = sales_notebook.text(sales_notebook.blocks(crm, language="fr"))
    assert "k€" in words and "€k" not in words


def test_the_dictionary_lists_the_kpis_shown_each_once(crm: Crm) -> None:
    report = Report("r", period="2026-Q3", crm=crm)
    assert report.dictionary().content["items"] == []
    report.scorecard(sales.won_value, sales.sales_cycle.bind(start="creation"))
    report.trend(sales.won_value)
    names = [item["term"] for item in report.dictionary().content["items"]]
    assert names == ["Won value", "Sales cycle (from creation)"]


def test_a_period_that_has_not_begun_is_refused(crm: Crm) -> None:
    with pytest.raises(PeriodError, match="2027-Q1: it starts on 2027-01-01"):
        Report("r", period="2027-Q1", crm=crm)


def test_a_trend_by_months_tells_the_figure_of_the_first_page(crm: Crm) -> None:
    """The mean of a quarter is not that of its last month; sums and stocks need no such word."""
    report = Report("r", period="2026-Q3", crm=crm)
    (row,) = report.scorecard(sales.sales_cycle).content["groups"][0]["rows"]
    note = report.trend(sales.sales_cycle).content["note"]
    assert f"The whole of Q3\u00a02026: {row['value']}" in note
    for kpi in (sales.won_value, sales.pipeline_value):
        assert "The whole of" not in report.trend(kpi).content["note"]
    month = Report("r", period="2026-09", crm=crm)
    assert "The whole of" not in month.trend(sales.sales_cycle).content["note"]
