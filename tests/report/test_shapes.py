"""Pareto, cohorts and distribution of a report say in their message what their picture shows."""

import re

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.kpis import sales
from kpi_toolkit.report import Report
from tests.report.conftest import crm_of


@pytest.fixture(scope="module")
def report(crm: Crm) -> Report:
    return Report("sales", crm=crm, period="2026-Q3", language="en")


def won(tables: dict[str, pd.DataFrame], first: str, end: str) -> pd.DataFrame:
    """The deals won in a span of days, by plain pandas in UTC, which is the calendar's zone."""
    deals = tables["deals"]
    closed = pd.to_datetime(deals["closed_at"])
    return deals[(deals["status"] == "won") & (closed >= first) & (closed < end)]


def test_a_pareto_without_a_vital_few_says_who_comes_first(
    report: Report, tables: dict[str, pd.DataFrame]
) -> None:
    block = report.pareto(sales.won_value, by="owner")
    amounts = won(tables, "2026-07-01", "2026-10-01").groupby("owner")["amount"].sum()
    running = amounts.sort_values(ascending=False).cumsum() / amounts.sum()
    assert 2 * (int((running < 0.8).sum()) + 1) > len(amounts)
    first, second = running.index[:2]
    assert block.content["message"] == (
        f"Won value: {first} comes first with {running.iloc[0]:.0%}, "
        f"with {second} {running.iloc[1]:.0%}."
    )
    assert len(block.values) == len(amounts)
    assert [row[0] for row in block.content["rows"]] == list(running.index)
    assert block.content["wide"] != block.content["narrow"]


def test_a_pareto_says_how_many_members_make_up_the_greater_part(
    tables: dict[str, pd.DataFrame],
) -> None:
    deals = tables["deals"]
    few = deals.assign(source=["a" if n % 9 else "bcde"[n % 4] for n in range(len(deals))])
    report = Report("sales", crm=crm_of({**tables, "deals": few}), period="2026-Q3", language="en")
    counts = won({"deals": few}, "2026-07-01", "2026-10-01")["source"].value_counts()
    assert counts["a"] > 0.8 * counts.sum()
    said = f"1 of {len(counts)} make up {counts['a'] / counts.sum():.0%} (a)."
    found = report.pareto(sales.won_deals, by="source").content["message"]
    assert found == f"{sales.won_deals.label}: {said}"


def test_two_dimensions_crossed_hold_every_amount_once(
    report: Report, tables: dict[str, pd.DataFrame]
) -> None:
    content = report.crosstab(sales.won_deals, by=("owner", "source")).content
    deals = won(tables, "2026-07-01", "2026-10-01")
    crossed = deals.groupby(["owner", "source"]).size()
    at = {name: place for place, name in enumerate(content["heads"])}
    for row in content["rows"]:
        for source in at.keys() - {"Owner", "Total"}:
            cell = row[at[source]]
            assert cell == str(crossed.get((row[0], source), "–"))
    assert content["total"][-1] == str(len(deals))
    assert [int(row[-1]) for row in content["rows"]] == sorted(
        (int(n) for n in deals["owner"].value_counts()), reverse=True
    )
    owner, source = crossed[crossed == crossed.max()].index[-1]
    share = f"{crossed.max() / len(deals):.0%}"
    assert content["message"].endswith(f"weighs most, {crossed.max()}, {share} of the total.")
    assert f"{owner} / {source}" in content["message"] or (crossed == crossed.max()).sum() > 1


def test_a_table_crosses_two_dimensions_of_what_adds_up(report: Report) -> None:
    with pytest.raises(DefinitionError, match="expected two dimensions"):
        report.crosstab(sales.won_deals, by="owner")
    with pytest.raises(DefinitionError, match="do not add up"):
        report.crosstab(sales.decided_win_rate, by=("owner", "source"))


def test_a_ranking_of_rates_says_who_differs_by_more_than_chance(
    tables: dict[str, pd.DataFrame],
) -> None:
    deals = tables["deals"]
    lost = deals["status"] == "lost"
    told = deals.assign(source=["x" if no else "ab"[n % 2] for n, no in enumerate(lost)])
    for frame, said in ((told, "; below it x (0.0%)"), (deals, "more than chance explains")):
        crm = crm_of({**tables, "deals": frame})
        report = Report("sales", crm=crm, period="2026-Q3", language="en")
        block = report.ranking(sales.decided_win_rate, by="source")
        assert said in block.content["message"]
        whole = sales.decided_win_rate(crm, "2026-Q3")
        assert f" by source: {whole.value:.1%} in all; " in block.content["message"]
        assert [row for row in block.values if not row["dimension"]]  # noqa: PD011


def test_a_pareto_of_what_does_not_add_up_is_refused(report: Report) -> None:
    with pytest.raises(DefinitionError, match="do not add up to a whole; use report.ranking"):
        report.pareto(sales.decided_win_rate, by="owner")


def test_members_that_nobody_filled_in_make_no_pareto(tables: dict[str, pd.DataFrame]) -> None:
    blank = tables | {"deals": tables["deals"].assign(source=None)}
    report = Report("r", crm=crm_of(blank), period="2026-Q3")
    assert "Won value: “Source” is empty in Q3" in str(report.pareto(sales.won_value, by="source"))


def test_a_pareto_of_nothing_and_of_returns_is_a_sentence(tables: dict[str, pd.DataFrame]) -> None:
    deals = tables["deals"]
    for factor, said in ((0, "no data in Q3"), (-1, "is below zero")):
        changed = {**tables, "deals": deals.assign(amount=deals["amount"] * factor)}
        block = Report("sales", crm=crm_of(changed), period="2026-Q3", language="en").pareto(
            sales.won_value, by="owner"
        )
        assert block.kind == "text" and said in str(block.content)


def test_cohorts_compare_the_youngest_that_is_old_enough(report: Report) -> None:
    block = report.cohorts(sales.opportunity_to_customer_rate, n=7)
    message = block.content["message"]
    assert "for the cohort of June 2026, 3 months later; earlier cohorts at that age:" in message
    assert block.content["alt"].count("age") == 7
    rows = block.content["rows"]
    assert [row.count("") for row in rows] == list(range(7)) and len(rows[0]) == 9
    assert len(block.values) == 0  # what was known at an earlier moment is not archived


def test_cohorts_without_data_are_a_sentence(tables: dict[str, pd.DataFrame]) -> None:
    none = {**tables, "deals": tables["deals"].head(0)}
    block = Report("sales", crm=crm_of(none), period="2026-Q3", language="en").cohorts(
        sales.opportunity_to_customer_rate
    )
    assert block.kind == "text"


def test_a_distribution_tells_its_records_over_those_before(
    report: Report, tables: dict[str, pd.DataFrame]
) -> None:
    block = report.distribution(sales.average_won_deal)
    amounts = won(tables, "2026-07-01", "2026-10-01")["amount"]
    assert f"half of {len(amounts)} records" in block.content["message"]
    assert f"€{amounts.median() / 1e3:.1f}k" in block.content["message"]
    assert f"€{amounts.quantile(0.9) / 1e3:.1f}k" in block.content["message"]
    assert "Q2\u00a02026" in block.content["wide"]


def test_a_distribution_agrees_with_its_median(report: Report) -> None:
    cycle = sales.sales_cycle_median.bind(start="creation")
    value = sales.sales_cycle_median(report.crm, report.period, start="creation").value
    assert f"{value:.1f}\u202fd" in report.distribution(cycle).content["message"]


def test_a_distribution_keeps_to_the_report_s_slice(crm: Crm) -> None:
    ann = Report("sales", crm=crm, period="2026-Q3", language="en", scope="owner=Ann")
    whole = Report("sales", crm=crm, period="2026-Q3", language="en")
    counts = [
        int(re.search(r"half of (\d+)", r.distribution(sales.won_value).content["message"])[1])
        for r in (ann, whole)
    ]
    assert 0 < counts[0] < counts[1]


def test_all_three_in_french(crm: Crm) -> None:
    french = Report("sales", crm=crm, period="2026-Q3", language="fr")
    said = [
        french.pareto(sales.won_value, by="owner").content["message"],
        french.cohorts(sales.opportunity_to_customer_rate, n=7).content["message"],
        french.distribution(sales.won_value).content["message"],
    ]
    assert (
        "arrive en tête avec" in said[0]
        and "cohortes précédentes" in said[1]
        and "neuf sur dix" in said[2]
    )


def test_in_brief_are_the_messages_of_what_stands_below(tables: dict[str, pd.DataFrame]) -> None:
    blank = tables | {"deals": tables["deals"].assign(source=None)}
    report = Report("r", crm=crm_of(blank), period="2026-Q3")
    first = report.pareto(sales.won_value, by="owner")
    absent = report.pareto(sales.won_value, by="source")
    said = str(report.in_brief(first, absent))
    assert first.content["message"] in said and "Source" not in said
    assert str(report.in_brief(absent)) == "No KPI to show."
    with pytest.raises(DefinitionError, match="expected 1 to 5"):
        report.in_brief()
