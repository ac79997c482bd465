"""A report's forecast: a chart with its words and table, the deals behind it, and archived rows."""

import pytest

import kpi_toolkit as kt
from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.models.win_probability import score
from kpi_toolkit.report import Report
from tests.models import made

PERIOD = "2025-Q2"


@pytest.fixture(scope="module", params=["en", "fr"])
def report(request: pytest.FixtureRequest) -> Report:
    return kt.Report("pipeline", period=PERIOD, language=request.param, crm=made.crm())


@pytest.fixture(scope="module")
def block(report: Report) -> Block:
    return report.forecast()


def test_a_forecast_is_a_chart_with_its_table(block: Block) -> None:
    assert block.kind == "chart"
    assert len(block.content["rows"]) == 4  # three months and their total
    assert block.content["wide"].startswith("<svg")
    total = block.content["rows"][-1]
    assert total[1] in block.content["message"]
    *_, august, september = (row[-1] for row in block.content["rows"][:-1])
    assert august != september == total[1]  # the quarter ends with September
    assert "2025" in block.content["alt"]


def test_a_scorecard_shows_how_far_off_a_forecast_may_be_and_says_what_that_is(
    report: Report,
) -> None:
    content = report.scorecard(kt.sales_forecast).content
    ((row,),) = (group["rows"] for group in content["groups"])
    low, high = kt.sales_forecast(report.crm, PERIOD).foreseen or (0.0, 0.0)
    assert row["interval"] == report._session.words.interval(low, high, "money")
    said = ("Of a forecast: the interval in which", "l’intervalle où elle aboutit dans 95 cas sur")
    assert any(text in content["note"] for text in said)


def test_the_archive_gets_a_row_a_deal_and_rows_a_month(report: Report, block: Block) -> None:
    rows = [ValueRow(**row) for row in block.values]
    deals = {r.member: r.value for r in rows if r.dimension == "deal_id"}
    scored = score(report.crm, made.moment())
    assert deals == dict(zip(scored["deal_id"], scored["probability"], strict=True))
    months = {(r.member, r.member2) for r in rows if r.dimension == "closing_month"}
    bounds = ("", "low_80", "high_80", "low_95", "high_95")
    assert months == {(f"2025-{m:02}", bound) for m in (7, 8, 9) for bound in bounds}
    totals = {r.kpi: r.value for r in rows if not r.dimension}
    assert totals["sales_forecast"] == kt.sales_forecast(report.crm, PERIOD).value
    assert len({r.key for r in rows}) == len(rows)


def test_open_deals_are_listed_by_their_weight_with_reasons(report: Report) -> None:
    block = report.open_deals(n=5)
    scored = score(report.crm, made.moment())
    weight = scored["amount"].astype(float) * scored["probability"]
    top = scored.loc[weight.sort_values(ascending=False).index[:5], "deal_id"]
    assert [row[0] for row in block.content["rows"]] == [*top]
    last_on_a_phone = block.content["heads"][block.content["phone"][-1]]
    assert last_on_a_phone.partition(",")[0] in ("Weighted amount", "Montant pondéré")
    assert all("▲" in row[-1] or "▼" in row[-1] for row in block.content["rows"])


def test_a_forecast_is_made_once_for_all_that_shows_it(
    report: Report, block: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kpi_toolkit.report.forecast.forecast_of", None)
    for again in (report.ahead(), report.forecast(), report.open_deals()):
        assert again.content
    with pytest.raises(TypeError):
        report.forecast(months=2)


def test_a_number_of_months_or_deals_that_cannot_be_shown_is_refused(report: Report) -> None:
    with pytest.raises(kt.KpiError, match="months = 0: expected a number from 1 to 12"):
        report.forecast(months=0)
    with pytest.raises(kt.KpiError, match="n = 0: expected a number of deals"):
        report.open_deals(n=0)


def test_without_deals_a_sentence_says_what_is_missing() -> None:
    crm = from_frames(orders=made.pd.DataFrame({"order_id": ["a"], "ordered_at": ["2025-01-01"]}))
    report = kt.Report("pipeline", period=PERIOD, language="en", crm=crm)
    assert "not available (missing: Deals)" in str(report.forecast())
    assert "not available (missing: Deals)" in str(report.open_deals())


def test_the_forecast_of_a_slice_is_kept_to_be_scored_too(block: Block) -> None:
    crm = made.crm()
    rows = kt.Report("pipeline", period=PERIOD, scope="owner=Ada", crm=crm).forecast().values
    kept = {row["member"] for row in rows if row["dimension"] == "deal_id"}
    whole = {row["member"] for row in block.values if row["dimension"] == "deal_id"}
    of_ada = crm.query("SELECT deal_id FROM deals WHERE owner = 'Ada'")
    assert kept and kept == whole & {deal for (deal,) in of_ada}
    assert {"", "low_80"} <= {r["member2"] for r in rows if r["dimension"] == "closing_month"}
