"""A slice of a report is the report of a slice."""

import pandas as pd
import pytest

from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.kpis import customers, registry, sales
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.report import Report
from kpi_toolkit.report.scope import Scope
from tests.oracles import generated
from tests.report.conftest import crm_of

SLICES = [("team", "north"), ("segment", "small"), ("owner", "Ann")]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.frames()


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return crm_of(generated.aware(tables))


def sliced(tables: dict[str, pd.DataFrame], dimension: str, member: str) -> Crm:
    """The frames without the other members; what an account or a deal has follows it."""
    kept = {
        name: frame[frame[dimension] == member] if dimension in frame else frame
        for name, frame in tables.items()
    }
    deals = tables["deals"].loc[tables["deals"][dimension] == member, "deal_id"]
    kept["deal_stages"] = tables["deal_stages"][tables["deal_stages"]["deal_id"].isin(deals)]
    if dimension in tables["accounts"]:
        of_accounts = kept["accounts"]["account_id"]
        for name in ("orders", "subscriptions"):
            kept[name] = tables[name][tables[name]["account_id"].isin(of_accounts)]
    return crm_of(generated.aware(kept))


# A survey has a segment of its own or of its account, upsells are deals of an account's segment
# whatever the deal's is, and the chances of a forecast are learnt from all deals.
OF_OTHER_RECORDS = ("customer_satisfaction", "upsell_rate", "sales_forecast", "win_probability")


def cut(crm: Crm, dimension: str) -> list[Kpi]:
    """The built-in KPIs that have the dimension and read no records beyond those cut; of orders,
    only what their accounts have.
    """
    return [
        kpi
        for kpi in registry().values()
        if kpi.family != "own"
        and dimension in kpi.dimensions(crm)
        and kpi.name not in OF_OTHER_RECORDS
        and (kpi.bind().measures[0].fact.table != "orders" or dimension == "segment")
    ]


@pytest.mark.parametrize(("dimension", "member"), SLICES)
def test_the_values_of_a_slice_are_those_of_the_frames_cut_to_it(
    tables: dict[str, pd.DataFrame], crm: Crm, dimension: str, member: str
) -> None:
    kpis = cut(crm, dimension)
    assert len(kpis) >= 8
    # Grains and periods are those of a report: thirteen quarters, cohorts at one age.
    of_slice, of_frames = (
        Report("r", period="2026-Q3", scope=scope, crm=data)._session.readings(
            [kpi.bind() for kpi in kpis]
        )
        for data, scope in (
            (crm, f"{dimension}={member}"),
            (sliced(tables, dimension, member), "all"),
        )
    )
    assert [r.now.kpi for r in of_slice] == [k.name for k in kpis]
    for one, other in zip(of_slice, of_frames, strict=True):
        # Before a slice's own first record the whole has others: of no record there is 0.
        mine, others = (
            [(v.value if v.n else v.value or 0.0, v.interval, v.n) for v in reading.series]
            for reading in (one, other)
        )
        assert mine == others, one.now.kpi


def test_breakdowns_and_records_keep_to_the_slice(crm: Crm) -> None:
    report = Report("r", period="2026-Q3", scope="owner=Ann", crm=crm)
    assert set(report.records(sales.won_value)["owner"]) == {"Ann"}
    block = report.variance(sales.won_value, by="source")
    whole = report.scorecard(sales.won_value)
    total = value_of(whole.to_json()["values"], "2026-07-01")
    members = [
        v for v in block.to_json()["values"] if v["period_start"] == "2026-07-01" and v["dimension"]
    ]
    assert sum(v["value"] for v in members) == pytest.approx(total)
    assert {v["dimension"] for v in members} == {"source"}


def value_of(values: list, start: str) -> float:
    (found,) = (
        v["value"]
        for v in values
        if (v["period_start"], v["grain"], v["dimension"]) == (start, "quarter", "")
    )
    return found


def test_the_slice_is_named_in_the_title_band(crm: Crm) -> None:
    shown = str(Report("r", period="2026-Q3", scope="team=north", crm=crm)._repr_mimebundle_())
    assert "north" in shown


@pytest.mark.parametrize("text", ["team", "=north", "Team=north", "team=", "te am=x", "team=a\nb"])
def test_what_is_no_slice_is_one_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="expected all, or a dimension and one of its members"):
        Scope.parse(text)


def test_a_member_may_hold_any_sign() -> None:
    assert Scope.parse('owner=O\'Neil = "x"; --') == Scope("owner", 'O\'Neil = "x"; --')
    assert str(Scope.parse(" all ")) == str(Scope.parse("")) == "all"


def test_truth_values_are_members() -> None:
    frame = pd.DataFrame(
        {
            "deal_id": ["a", "b", "c"],
            "status": "won",
            "amount": [1, 2, 4],
            "vip": [True, False, True],
        }
    ).assign(closed_at=pd.Timestamp("2026-09-02"))
    crm = crm_of({"deals": frame})
    report = Report("x", period="2026-Q3", crm=crm, scope="vip=true")
    assert len(report.records(sales.won_value)) == 2
    assert list(totals(report.trend(sales.won_value))) == [5.0]
    ranked = Report("x", period="2026-Q3", crm=crm).ranking(sales.won_value, by="vip")
    assert totals(ranked) == {5.0: "true", 2.0: "false"}


def totals(block: Block) -> dict[float, str]:
    """The members of a block's values other than 0, by value."""
    rows = block.values  # noqa: PD011 - a block, not a frame
    return {row["value"]: row["member"] for row in rows if row["value"]}


def test_a_slice_that_no_record_lies_in_is_refused(crm: Crm) -> None:
    """Zeros would look like a bad quarter."""
    with pytest.raises(ConfigError, match="scope 'team=nort': no record has this team.*'north'"):
        Report("x", period="2026-Q3", crm=crm, scope="team=nort")


def test_an_unknown_dimension_is_one_sentence_with_those_there_are(crm: Crm) -> None:
    with pytest.raises(ConfigError, match=r"can be cut by 'teem'; did you mean 'team'"):
        Report("r", period="2026-Q3", scope="teem=north", crm=crm)


def test_a_kpi_that_the_slice_cannot_be_taken_of_is_named_and_stops_no_report(crm: Crm) -> None:
    """Customers have no team: their retention is not available in a report on one."""
    team = crm.query("SELECT min(team) FROM deals")[0][0]
    report = Report("r", period="2026-Q3", scope=f"team={team}", crm=crm)
    card = report.scorecard(sales.won_value, customers.retention_rate)
    assert "Customer retention (not broken down by team)" in str(card)
    assert card.content["groups"][0]["rows"][0]["value"] != "–"
    assert "not available (not broken down by team)" in str(report.trend(customers.retention_rate))
    assert "Customer retention" not in str(report.findings(customers.retention_rate))
    shown = report.table(report.records(customers.retention_rate), "Customers kept")
    assert str(shown) == "Customer retention: not available (not broken down by team)."


def test_a_member_without_a_record_in_the_period_has_no_data(crm: Crm) -> None:
    report = Report("r", period="2020-Q1", scope="owner=Ann", crm=crm)
    assert report.records(sales.won_value).empty
    row = report.scorecard(sales.decided_win_rate).content["groups"][0]["rows"][0]
    assert (row["value"], row["n"]) == ("–", "")
    assert "no data" in str(report.trend(sales.decided_win_rate))
