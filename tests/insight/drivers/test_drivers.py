"""Drivers of a company's KPIs against the oracle; what is refused, withheld and chosen."""

from dataclasses import replace

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import DefinitionError, NotAvailable, PeriodError
from kpi_toolkit.format import Format
from kpi_toolkit.insight.drivers.drivers import Driver, Drivers
from kpi_toolkit.insight.drivers.words import added, cause, message
from kpi_toolkit.kpis import registry
from kpi_toolkit.kpis.facts import deals
from kpi_toolkit.measures import registry as home
from kpi_toolkit.measures.formula import Node
from tests import stable_crm
from tests.insight.readings import value
from tests.oracles import sales, shapley
from tests.oracles.bounds import bounds

AS_OF = "2026-10-05"
NOW, BEFORE = (bounds(key, AS_OF) for key in ("2026-Q3", "2026-Q2"))


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """Fairs are new in the third quarter, partners have gone; some deals have no segment."""
    found = stable_crm.frames(11, 900, opens=pd.Timestamp("2024-10-01"))
    deals = found["deals"]
    later = deals["closed_at"] >= NOW.start
    source = deals["source"].mask(~later & (deals["source"] == "Fair"), "Web")
    source = source.mask(later & (source == "Partner"), "Web")
    found["deals"] = deals.assign(
        source=source, segment=deals["segment"].where(deals.index % 7 > 0)
    )
    return found


@pytest.fixture(scope="module")
def crm(tables: dict[str, pd.DataFrame]) -> Crm:
    return kt.from_frames(as_of=AS_OF, **tables)


def told(found: Drivers) -> dict[str | None, list[float]]:
    return {d.member: [d.volume, d.mix, d.rate] for d in found.members}


def expected(effects: dict[str | None, dict[str, float]]) -> dict[str | None, object]:
    return {
        member: pytest.approx([found[e] for e in ("volume", "mix", "rate")], rel=1e-9, abs=1e-9)
        for member, found in effects.items()
    }


@pytest.mark.parametrize("by", ["source", "segment", "owner", "region"])
@pytest.mark.parametrize(
    ("kpi", "rows", "oracle"),
    [
        ("won_value", sales.won, shapley.of_sum),
        ("decided_win_rate", sales.decided, shapley.of_ratio),
        ("average_won_deal", sales.won, shapley.of_ratio),
        ("sales_cycle", sales.cycles, shapley.of_ratio),
        ("close_rate", sales.in_pipeline, shapley.of_ratio),
    ],
)
def test_drivers_are_the_oracle_s(kpi, rows, oracle, by, crm, tables) -> None:  # type: ignore[no-untyped-def]
    given = [rows({"deals": _first_contact(tables["deals"])}, at) for at in (BEFORE, NOW)]
    found = kt.drivers(getattr(kt, kpi), crm, "2026-Q3", "2026-Q2", by=by)
    assert told(found) == expected(oracle(*given, by))
    assert found.change == pytest.approx(found.now.value - found.before.value, rel=1e-12)
    assert sum(map(sum, told(found).values())) == pytest.approx(found.change, rel=1e-9)
    if by == "source":
        gone, new = (next(d for d in found.members if d.member == m) for m in ("Partner", "Fair"))
        assert kpi == "close_rate" or gone.rate == new.rate == 0
    if by == "segment":
        assert None in told(found)


def _first_contact(deals: pd.DataFrame) -> pd.DataFrame:
    return deals.assign(first_contact_at=pd.NaT)


def test_the_greatest_driver_comes_first_and_the_frame_holds_them_all(crm: Crm) -> None:
    found = kt.drivers(kt.won_value, crm, "2026-Q3", by="owner")
    assert found.before.period.key == "2026-Q2"
    sizes = [abs(d.change) for d in found.members]
    assert sizes == sorted(sizes, reverse=True)
    frame = found.frame
    assert list(frame.columns) == ["change", "volume", "mix", "rate", "value", "previous"]
    assert frame["change"].sum() == pytest.approx(found.change)
    assert (frame["value"] - frame["previous"]).tolist() == pytest.approx(frame["change"].tolist())


def test_a_slice_is_decomposed_as_if_it_were_all(crm: Crm, tables: dict[str, pd.DataFrame]) -> None:
    deals = tables["deals"]
    north = kt.from_frames(as_of=AS_OF, deals=deals[deals["team"] == "North"])
    for kpi in (kt.won_value, kt.decided_win_rate):
        cut = kt.drivers(kpi, crm, "2026-Q3", "2026-Q2", by="owner", within=("team", "North"))
        assert told(cut) == told(kt.drivers(kpi, north, "2026-Q3", "2026-Q2", by="owner"))
        assert set(told(cut)) == {"Ann", "Bob"}
        same = kt.drivers(kpi, crm, "2026-Q3", "2026-Q2", by="team", within=("team", "North"))
        assert same.change == cut.change


def test_a_period_under_way_is_compared_with_the_same_part_of_the_other(crm: Crm) -> None:
    found = kt.drivers(kt.won_value, crm, "2026-Q4", "2026-Q3", by="region")
    assert found.before.known_at is not None
    assert "on the first 2 business days of Q3\u00a02026" in message(found, Format("en"))
    assert found.before.value < kt.won_value(crm, "2026-Q3").value / 5
    back = kt.drivers(kt.won_value, crm, "2026-Q3", "2026-Q4", by="region")
    assert back.change == -found.change


@pytest.mark.parametrize("kpi", ["sales_cycle_median", "sales_cycle_survival"])
def test_what_does_not_add_up_over_members_is_refused(kpi: str, crm: Crm) -> None:
    with pytest.raises(DefinitionError, match="medians and estimates of members do not add up"):
        kt.drivers(getattr(kt, kpi), crm, "2026-Q3", by="owner")


def test_a_rate_is_not_laid_to_its_own_outcome(crm: Crm) -> None:
    for by in ("status", "close_reason"):
        with pytest.raises(DefinitionError, match="its members are the outcome"):
            kt.drivers(kt.decided_win_rate, crm, "2026-Q3", by=by)


def test_a_dimension_that_is_not_there_has_near_misses(crm: Crm) -> None:
    with pytest.raises(DefinitionError, match=r"won_value by 'regin': did you mean 'region'"):
        kt.drivers(kt.won_value, crm, "2026-Q3", by="regin")
    with pytest.raises(DefinitionError, match="did you mean 'team'"):
        kt.drivers(kt.won_value, crm, "2026-Q3", by="owner", within=("tem", "North"))


def test_periods_of_two_lengths_are_refused(crm: Crm) -> None:
    with pytest.raises(PeriodError, match="a quarter and a month cannot be compared"):
        kt.drivers(kt.won_value, crm, "2026-Q3", "2026-06", by="owner")


def test_missing_columns_are_named() -> None:
    deals = pd.DataFrame({"deal_id": ["1"], "status": ["won"]})
    with pytest.raises(NotAvailable, match="deals.closed_at"):
        kt.drivers(kt.won_value, kt.from_frames(as_of=AS_OF, deals=deals), "2026-Q3", by="owner")


def test_without_a_value_on_one_side_there_is_nothing_to_explain(crm: Crm) -> None:
    found = kt.drivers(kt.decided_win_rate, crm, "2026-Q3", "2022-Q2", by="region")
    assert (found.change, found.members) == (None, ())
    assert found.lacking is found.before
    assert str(found).splitlines()[1] == "Win rate: no data in Q2\u00a02022."


def test_that_there_is_no_value_is_said_without_a_dimension_too(crm: Crm) -> None:
    assert kt.drivers(kt.decided_win_rate, crm, "2026-Q3", "2022-Q2").change is None


def test_from_nothing_a_sum_is_all_volume_with_a_caution() -> None:
    found = kt.drivers(kt.won_value, moved(), "2026-Q3", "2026-Q1", by="region")
    assert found.caution is not None and found.caution.why == "no_record"
    assert message(found, Format("en")).endswith("; to be taken with caution (no record).")
    assert found.change == found.now.value == 1200
    assert {d.mix for d in found.members} | {d.rate for d in found.members} == {0.0}


def moved(**changes: object) -> Crm:
    """Twelve deals a quarter in four regions and two products; what differs is North's."""
    rows = [
        {
            "region": region,
            "product": product,
            "owner": f"{region}{product}",
            "amount": 100.0,
            "status": "won",
            "quarter": quarter,
        }
        for quarter in ("2025-11-01", "2026-05-01", "2026-09-28")
        for region in ("North", "East", "South", "West")
        for product in ("A", "B", "A")
    ]
    deals = pd.DataFrame(rows)
    deals["closed_at"] = pd.to_datetime(deals.pop("quarter"))
    deals["deal_id"] = deals.index.astype(str)
    late = (deals["region"] == "North") & (deals["closed_at"] > "2026-07-01")
    return kt.from_frames(
        as_of=AS_OF,
        deals=deals.assign(
            **{column: deals[column].mask(late, value) for column, value in changes.items()}
        ),
    )


def test_the_dimension_is_the_one_of_which_a_member_stands_out() -> None:
    found = kt.drivers(kt.won_value, moved(amount=10.0), "2026-Q3")
    assert found.by == "region"
    assert told(found)["North"] == [0, 0, pytest.approx(-270)]


def test_people_are_never_chosen_only_named() -> None:
    deals = moved(amount=10.0).frame("SELECT deal_id, owner, amount, status, closed_at FROM deals")
    people = kt.from_frames(as_of=AS_OF, deals=deals)
    with pytest.raises(DefinitionError, match="no dimension has two to thirty members"):
        kt.drivers(kt.won_value, people, "2026-Q3")
    assert kt.drivers(kt.won_value, people, "2026-Q3", by="owner").by == "owner"


def test_what_moved_is_said_in_one_sentence() -> None:
    found = kt.drivers(kt.won_value, moved(amount=10.0), "2026-Q3")
    assert repr(found).splitlines()[1] == (
        "Won value: −22.5% (−€270) on Q2\u00a02026; a lower average; all of it North."
    )
    assert cause(found, Format("en")) == "all of it North (−€270, a lower average)"


def test_in_french_it_is_said_in_french() -> None:
    found = kt.drivers(kt.won_value, moved(status="lost"), "2026-Q3", by="region")
    assert message(found, Format("fr")) == (
        "Montant signé\u00a0: −25,0\u202f% (−300\u202f€) sur T2\u00a02026\u202f; moins d’affaires"
        "\u202f; en totalité North."
    )


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((100, 100), (40, 90), "mostly A (−60 of −70, fewer deals)"),
        ((100, 100), (40, 130), "A alone (−60, fewer deals), the others +30"),
        ((100, 100), (60, 50), "mostly B (−50 of −90, fewer deals)"),
        ((100, 100), (100, 100), ""),
    ],
)
def test_the_member_that_carries_half_of_a_change_is_named(
    before: tuple[int, int], now: tuple[int, int], said: str
) -> None:
    assert cause(counts(before, now), Format("en")) == said


def test_no_member_is_named_where_none_carries_half() -> None:
    assert cause(counts((100, 100, 100), (80, 80, 80)), Format("en")) == "in every region"
    assert cause(counts((100, 100, 100, 9), (80, 80, 80, 9)), Format("en")) == ""
    assert cause(counts((100,), (80,)), Format("en")) == ""


def test_no_member_is_named_where_others_go_far_the_other_way() -> None:
    """−137 of −163 explains little where another one adds 214."""
    found = counts((700, 900, 700, 800), (563, 790, 600, 984))
    assert cause(found, Format("en")) == ""
    assert message(found, Format("en")).endswith("most of all D (+184) and A (−137).")


def test_what_a_change_is_made_of_is_told_in_its_own_unit() -> None:
    """Its parts add up to it, as the row of totals beside it shows."""
    found = kt.drivers(kt.won_value, moved(status="lost", amount=10.0), "2026-Q3", by="region")
    said = message(found, Format("en"))
    parts = [found.total(effect) for effect in ("volume", "mix", "rate")]
    for part in [part for part in parts if round(part, 2)]:
        assert added(Format("en"), part, "money") in said


def test_the_kind_of_a_deal_says_of_what() -> None:
    found = replace(counts((100, 100, 100), (80, 80, 80)), by="kind", table="deals")
    assert cause(found, Format("fr")) == "dans chaque type d’affaire"


def test_the_factors_of_a_product_are_told_by_name(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "_REGISTRY", dict(registry()))

    @kt.kpi(label="Velocity", unit="money", better="up", window="event")
    def velocity() -> Node:
        """What the open deals would bring in a day.

        Formula: open deals x average won deal x win rate / sales cycle
        Counts: deals
        Empty: no data when no deal was won
        """
        won = kt.average_won_deal.formula() * kt.decided_win_rate.formula()
        return deals.at_end.count() * won / kt.sales_cycle.formula()

    found = kt.drivers(velocity, crm, "2026-Q3", "2026-Q2", by="region")
    ends = {
        name: tuple(kpi(crm, key).value for key in ("2026-Q2", "2026-Q3"))
        for name, kpi in (
            ("average", kt.average_won_deal),
            ("rate", kt.decided_win_rate),
            ("cycle", kt.sales_cycle),
        )
    }
    known = ends["average"][0] * ends["rate"][0] / ends["cycle"][0]
    opened = found.before.value / known
    later = ends["average"][1] * ends["rate"][1] / ends["cycle"][1]
    oracle = shapley.of_product({"n": (opened, found.now.value / later), **ends}, ["cycle"])
    assert [effect for _, effect in found.factors] == pytest.approx(list(oracle.values()))
    assert sum(d.change for d in found.members) == pytest.approx(found.change, rel=1e-9)
    said = message(found, Format("en"))
    assert all(name in said for name in ("average won deal (", "win rate (", "sales cycle ("))
    assert " deals (" in said


def test_a_factor_with_an_option_is_told_with_it(crm: Crm) -> None:
    def said(**options: str) -> str:
        bound = kt.pipeline_velocity.bind(**options)
        return message(kt.drivers(bound, crm, "2026-Q3", "2026-Q2", by="region"), Format("en"))

    assert "sales cycle (" in said() and "from creation" not in said()
    found = said(start="creation")
    assert "sales cycle (from creation) (" in found
    assert all(name in found for name in ("average won deal (", "win rate ("))


def counts(before: tuple[int, ...], now: tuple[int, ...]) -> Drivers:
    """Deals by member, A first."""
    members = tuple(
        Driver(name, float(b), float(a), volume=float(b - a), mix=0.0, rate=0.0, share=0.5)
        for name, a, b in zip("ABCD", before, now, strict=False)
    )
    ends = (value(float(sum(now))), value(float(sum(before)), "2026-Q2"))
    change = float(sum(now) - sum(before))
    return Drivers(*ends, "region", "sum", "deals", change, members)
