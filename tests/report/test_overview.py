"""The first report over one set of tables after another; of months, of one month, of none."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.report import Report
from tests.oracles import generated
from tests.report import sales_notebook

ROOT = Path(__file__).resolve().parents[2]
AS_OF = pd.Timestamp("2026-10-05").to_pydatetime()


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return generated.aware(generated.frames())


def crm_of(tables: dict[str, pd.DataFrame], *names: str, language: str = "en") -> Crm:
    kept = {name: tables[name] for name in names or tables}
    return kt.from_frames(as_of=AS_OF, language=language, **kept)


def overview(crm: Crm, period: str = "2026-08", language: str = "en") -> list[Block]:
    return sales_notebook.blocks(crm, period, language=language, notebook="overview")


def report(crm: Crm, period: str = "2026-08") -> Report:
    return Report("overview", period=period, crm=crm)


def orders(days: list[str], **columns: list) -> Crm:
    """An order a day."""
    frame = pd.DataFrame({"ordered_at": pd.to_datetime(days), "amount": 10.0, **columns})
    frame["order_id"] = frame["account_id"] = frame.index.astype(str)
    return kt.from_frames(as_of=AS_OF, orders=frame)


def test_the_queries_of_the_sample_are_counted() -> None:
    crm = kt.connect(ROOT / "kpi.toml")
    before = crm.queries
    assert len(overview(crm, "2026-Q3")) == sales_notebook.displays("overview")
    assert crm.queries - before == 88


@pytest.mark.parametrize(
    ("names", "language"),
    [
        ((), "fr"),
        (("orders",), "en"),
        (("subscriptions", "surveys"), "en"),
        (("tickets", "products"), "en"),
        (("leads", "mailings"), "fr"),
        (("accounts",), "en"),
    ],
    ids=["all", "orders", "subscriptions", "tickets", "marketing", "accounts"],
)
def test_whatever_tables_there_are_every_block_is_shown(
    tables: dict[str, pd.DataFrame], names: tuple[str, ...], language: str
) -> None:
    found = overview(crm_of(tables, *names, language=language), language=language)
    assert len(found) == sales_notebook.displays("overview")
    said = sales_notebook.text(found)
    assert "None" not in said and "nan" not in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_data_that_allow_no_kpi_say_so(tables: dict[str, pd.DataFrame], language: str) -> None:
    found = overview(crm_of(tables, "products", language=language), language=language)
    assert len(found) == sales_notebook.displays("overview")
    assert str(found[0]).startswith(("The data allow no KPI yet", "Les données ne permettent"))
    assert "kpi plan" not in str(found[0])
    assert str(found[2]) == (
        "No KPI to show." if language == "en" else "Aucun indicateur à montrer."
    )


@pytest.mark.parametrize("period", ["2026", "2026-W30", "2026-08-03", "all", "2019-05"])
def test_every_period_gives_every_block(tables: dict[str, pd.DataFrame], period: str) -> None:
    found = overview(crm_of(tables, "orders", "mailings"), period)
    assert len(found) == sales_notebook.displays("overview")
    assert "nan" not in sales_notebook.text(found)


def test_without_a_record_every_block_says_so(tables: dict[str, pd.DataFrame]) -> None:
    found = overview(crm_of({name: frame.head(0) for name, frame in tables.items()}))
    assert "No record has a date." in sales_notebook.text(found)


# -- the days that the records cover

TO_9_SEPTEMBER = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-12-01", "2026-09-09")]


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-08", ""),
        ("2026-05", ""),
        ("all", ""),
        ("2026-09", "They end before September 2026 does, so its figures are those of a part. "
         "Ask for August 2026."),
        ("2026-Q3", "They end before Q3\u00a02026 does, so its figures are those of a part. "
         "Ask for Q2\u00a02026."),
        ("2025", "They begin after 2025 does, so its figures are those of a part. "
         "Ask for 2026."),
        ("2024-07", "There is none in July 2024. Ask for December 2025."),
        # It is under way, and nobody expects it to be whole.
        ("2026", ""),
    ],
)  # fmt: skip
def test_a_period_beyond_the_records_says_which_to_ask_for(period: str, said: str) -> None:
    text = str(report(orders(TO_9_SEPTEMBER), period).coverage())
    begun = "The records run from 1 Dec 2025 to 9 Sept 2026."
    assert text == " ".join(filter(None, [begun, said]))


def test_records_of_one_day_are_said_to_be_of_one_day() -> None:
    text = str(report(orders(["2026-03-20"] * 2), "2026-03").coverage())
    assert text.startswith("The records are of one day, 20 Mar 2026.")


def test_a_part_is_told_where_no_period_is_whole() -> None:
    """Nine days are all there is: the month is of a part, and there is no other to ask for."""
    days = [f"2026-08-{day:02d}" for day in range(8, 17)]
    said = str(report(orders(days)).coverage())
    assert said.endswith(
        "They begin and end within August 2026, so its figures are those of a part."
    )


def test_a_few_late_records_are_no_period_to_ask_for() -> None:
    """As the last tickets of a log are closed long after it ends."""
    days = [f"2026-01-{day:02d}" for day in range(1, 32)]
    late = [f"2026-{month:02d}-{day}" for month in range(2, 8) for day in (10, 20, 28)]
    said = str(report(orders([*days, *late]), "2026-09").coverage())
    assert said.endswith("There is none in September 2026. Ask for January 2026.")


def test_where_records_are_few_none_at_the_end_of_a_month_is_no_gap() -> None:
    crm = orders([f"2026-{month:02d}-{3 * month:02d}" for month in range(1, 8)])
    assert str(report(crm, "2026-07").coverage()).endswith("to 21 Jul 2026.")
    assert "partial" not in str(report(crm, "2026-07").trend(kt.revenue))


def test_a_month_under_way_without_a_record_says_when_they_ended() -> None:
    said = str(report(orders(["2026-05-01", "2026-05-31"]), "2026-10").coverage())
    assert said.endswith("There is none in October 2026. Ask for May 2026.")


def test_a_slip_of_the_year_is_not_where_the_records_begin() -> None:
    crm = orders(["2026-08-01"])
    slips = crm.frame("SELECT * EXCLUDE _line FROM orders")
    days = [dt.datetime(year, 8, 1) for year in (206, 2026, 2062)]  # noqa: DTZ001
    slips = pd.concat([slips] * 3).assign(ordered_at=pd.Series(days, index=[0] * 3))
    said = str(report(kt.from_frames(as_of=AS_OF, orders=slips)).coverage())
    assert "of one day, 1 Aug 2026" in said


# -- which KPIs


def test_kpis_without_a_record_in_all_periods_are_left_out(tables: dict[str, pd.DataFrame]) -> None:
    """Nobody said when tickets are due, so there is nothing to say of it."""
    asked = tables["tickets"][["ticket_id", "created_at", "resolved_at"]]
    names = [kpi.name for kpi in report(crm_of({"tickets": asked})).available()]
    assert names == ["tickets_created", "resolution_time", "backlog", "resolution_time_median"]


def test_a_scorecard_takes_as_many_of_each_family_as_a_page_holds(
    tables: dict[str, pd.DataFrame],
) -> None:
    whole = report(crm_of(tables)).families()
    assert [(name, len(kpis)) for name, kpis in whole.items()] == [
        ("sales", 2), ("orders", 2), ("subscriptions", 2),
        ("customers", 2), ("service", 2), ("marketing", 2),
    ]  # fmt: skip
    alone = report(crm_of(tables, "orders")).families()
    assert [len(kpis) for kpis in alone.values()] == [1, 5]


def test_headlines_take_turns_and_repeat_nothing(tables: dict[str, pd.DataFrame]) -> None:
    names = [kpi.name for kpi in report(crm_of(tables)).headlines(most=8)]
    assert names == [
        "won_value", "revenue", "monthly_recurring_revenue", "retention_rate", "tickets_created",
        "leads_created", "decided_win_rate", "average_purchase",
    ]  # fmt: skip
    # Churn is what retention is not; each says the same.
    assert [k.name for k in report(crm_of(tables, "accounts")).headlines()] == [
        "new_customers", "retention_rate",
    ]  # fmt: skip


def test_what_never_changed_is_no_headline_unless_nothing_did() -> None:
    months = pd.period_range("2024-08", "2026-08", freq="M")
    # The second order of a month that no period of the report holds leaves the year of buyers.
    same = orders([*(f"{month}-15" for month in months), "2025-02-16"])
    assert [kpi.name for kpi in report(same).headlines()] == ["buying_customers"]
    once = orders(["2026-08-15"])
    assert len(report(once).headlines()) == len(report(once).available()) == 5


def test_a_year_of_which_the_records_hold_a_part_is_marked_and_not_judged() -> None:
    """Eight months of records: the year of buyers only grows, which says nothing of the shop."""
    days = pd.date_range("2026-01-01", "2026-08-31")
    found = report(orders([f"{day:%Y-%m-%d}" for day in days]))
    card = found.scorecard(kt.buying_customers, kt.revenue)
    buyers, revenue = card.content["groups"][0]["rows"]
    assert buyers["mark"] == "of 8 months only"
    assert (buyers["previous"]["text"], buyers["signal"]["text"]) == ("–", "partial")
    assert not any(buyers["spark"]) and revenue["previous"]["text"] == "0.0%"
    assert "so it is not compared." in card.content["note"]
    assert "Buying customers" not in str(found.findings(kt.buying_customers, kt.revenue))
    assert "Too few periods for a trend: Buying customers." in str(
        found.trends(kt.buying_customers)
    )
    assert "243 (of 8 months only) in August 2026." in str(found.trend(kt.buying_customers))


# -- trends


def test_a_month_under_way_is_not_held_against_limits_of_whole_ones() -> None:
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2024-06-01", "2026-08-10")]
    crm = kt.from_frames(
        as_of="2026-08-11",
        orders=pd.DataFrame(
            {
                "ordered_at": pd.to_datetime(days),
                "amount": 10.0,
                "order_id": days,
                "account_id": "a",
            }
        ),
    )
    found = Report("overview", period="2026-Q3", crm=crm).trend(kt.revenue)
    assert found.content["message"] == "Revenue: €100 in August 2026, not complete yet."
    assert "The last period is not complete." in found.content["alt"]
    assert "outside" not in found.content["alt"]


def test_a_month_of_data_is_followed_by_week() -> None:
    crm = orders([f"2026-08-{day:02d}" for day in (3, 4, 11, 18, 19, 20, 27)])
    found = report(crm)
    shown = str(found.trends(kt.revenue, kt.average_purchase))
    assert "by week, week 32, 2026 – week 35, 2026" in shown
    assert "Too few periods for a trend: Average order value." in shown


def test_a_trend_of_fewer_than_three_points_is_words_and_no_picture() -> None:
    found = report(orders(["2026-08-03", "2026-08-20"])).trend(kt.average_purchase)
    said = "Average order value: €10 in August 2026. Too few periods for a trend."
    assert str(found) == said
    assert found.kind == "text"


def test_nothing_recorded_is_a_sentence_and_no_empty_picture() -> None:
    day = pd.Timestamp("2026-08-03", tz="UTC")
    deal = {"deal_id": "1", "owner": "Ann", "status": "open", "amount": 5.0, "created_at": day}
    closed = pd.Series([pd.NaT], dtype="datetime64[ns, UTC]")
    deals = pd.DataFrame([deal]).assign(closed_at=closed)
    found = report(kt.from_frames(deals=deals, as_of=AS_OF), "2026-Q3")
    blank = [
        found.trend(kt.sales_cycle), found.variance(kt.won_value),
        found.variance(kt.won_value, by="owner"), found.ranking(kt.won_value, by="owner"),
    ]  # fmt: skip
    assert [block.kind for block in blank] == ["text"] * 4
    assert all("no data" in str(block) for block in blank)
    assert "Nothing recorded to judge by: Won value." in str(found.findings(kt.won_value))
    assert str(found.trends(kt.revenue)) == "Revenue: not available (missing: Orders)."


def test_a_trend_ends_with_the_records() -> None:
    """Of a month of which the last ten days are missing, no week is drawn that holds none."""
    crm = orders([f"{day:%Y-%m-%d}" for day in pd.date_range("2026-08-03", "2026-08-21")])
    said = str(report(crm).trends(kt.revenue))
    assert "by week, week 32, 2026 – week 34, 2026" in said and "is of a part" not in said


def test_a_trend_that_ends_with_a_part_says_so_once() -> None:
    crm = orders([f"{day:%Y-%m-%d}" for day in pd.date_range("2026-05-01", "2026-08-19")])
    both = report(crm).trends(kt.revenue, kt.average_purchase)
    assert str(both).count("The records end on 19 Aug 2026: August 2026 is of a part.") == 1
    # Of a quarter, the month in which the records end is left out, and so are those after it.
    assert "May 2026 – July 2026" in str(report(crm, "2026-Q3").trend(kt.revenue))


def test_two_trends_stand_beside_each_other_and_the_last_alone(
    tables: dict[str, pd.DataFrame],
) -> None:
    found = report(crm_of(tables)).trends(kt.won_value, kt.revenue, kt.tickets_created)
    parts = found.content["blocks"]
    assert [part["kind"] for part in parts] == ["row", "chart"]
    assert len(parts[0]["content"]["blocks"]) == 2
    assert str(found).count("Natural limits:") == 1


# -- breakdowns


def by(crm: Crm, period: str = "2026-08") -> list[str]:
    """The names of the pictures that break revenue down."""
    block = report(crm, period).breakdowns(kt.revenue).content
    return [part["content"]["name"] for part in block.get("blocks", ())]


DAYS = [f"2026-08-{day:02d}" for day in range(1, 17)]
CODES = [f"P{n}" for n in range(16)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"channel": ["web", "shop"] * 8}, ["channel"]),
        # One member, or half of them unknown, tells nothing.
        ({"product": ["A"] * 16, "channel": ["web", "shop"] * 8}, ["channel"]),
        ({"product": ["A", "B", None, None] * 4, "channel": ["web", "shop"] * 8}, ["channel"]),
        ({"product": CODES, "channel": ["web", "shop"] * 8}, ["product"]),
        ({"product": CODES}, ["product"]),
        ({"product": ["A"] * 16}, []),
        ({}, []),
    ],
)
def test_a_breakdown_takes_the_dimension_that_can_be_read(
    columns: dict[str, list], expected: list[str]
) -> None:
    assert by(orders(DAYS, **columns)) == [f"ranking-revenue-{name}" for name in expected]


def test_more_than_thirty_members_are_the_second_choice() -> None:
    """The user's own dimension is before a list of codes, and of two lists the shorter one."""
    days, codes = DAYS * 2, [f"P{n}" for n in range(32)]
    assert by(orders(days, product=codes, country=["FR", "GB"] * 16)) == ["ranking-revenue-country"]
    assert by(orders(days, product=codes, variant=[*codes[:31], "P0"])) == [
        "ranking-revenue-variant"
    ]


def test_beside_an_earlier_month_a_breakdown_tells_the_change() -> None:
    days = [f"2026-08-{2 * day:02d}" for day in range(15)[1:]]
    crm = orders(["2026-07-01", *days], channel=["web", "shop"] * 7 + ["web"])
    assert by(crm) == ["variance-revenue-channel"]


def test_people_are_not_ranked_for_everybody(tables: dict[str, pd.DataFrame]) -> None:
    deals = tables["deals"][["deal_id", "owner", "status", "amount", "created_at", "closed_at"]]
    said = str(report(crm_of({"deals": deals})).breakdowns(kt.won_value))
    assert said == "Nothing to break down by: no dimension has two members in August 2026."


def test_shares_of_a_whole_with_returns_are_not_told() -> None:
    crm = orders(["2026-08-01", "2026-08-02"], channel=["web", "shop"])
    returned = crm.frame("SELECT * EXCLUDE _line FROM orders")
    returned["amount"] = [100.0, -10.0]
    said = str(report(kt.from_frames(as_of=AS_OF, orders=returned)).breakdowns(kt.revenue))
    assert "highest for web (€100), lowest for shop (−€10)" in said and "%" not in said
