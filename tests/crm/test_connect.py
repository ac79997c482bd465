"""A Crm from the sample, from Maven's files, and from a dict of frames."""

import datetime as dt
import gc
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from kpi_toolkit.config import load
from kpi_toolkit.crm import connect as module
from kpi_toolkit.crm import database
from kpi_toolkit.crm.connect import Crm, connect, from_frames
from kpi_toolkit.errors import ConfigError, DataError, PeriodError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory, real_data: Callable[[str], Path]) -> Crm:
    """The example beside the data, wherever that is."""
    data = real_data("maven_crm")
    folder = tmp_path_factory.mktemp("maven")
    for path in (ROOT / "examples" / "maven").iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    config = folder / "kpi.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("../../../shared/data/maven_crm", str(data)), encoding="utf-8")
    return connect(config)


@pytest.fixture(scope="module")
def expected(real_data: Callable[[str], Path]) -> dict[str, float]:
    told = json.loads((real_data("maven_crm") / "expected.json").read_text(encoding="utf-8"))
    return dict(told["values"])


def test_maven_loses_no_row(maven: Crm, expected: dict[str, float]) -> None:
    kept = {(read.table, read.file): read.kept for read in maven.reading}
    assert kept["deals", "sales_pipeline.csv"] == expected["total|opportunities"]
    assert kept["accounts", "accounts.sql"] == expected["data_quality|accounts"]
    assert kept["users", "sales_teams.csv"] == expected["data_quality|agents_in_team"]
    assert all(read.rows == read.kept for read in maven.reading)
    assert maven.reading[0].unmatched == {"teams": 0, "products": 0, "accounts": 0}


def test_maven_outcomes_and_amounts(
    maven: Crm, expected: dict[str, float], real_data: Callable[[str], Path]
) -> None:
    found = maven.query("SELECT status, count(*), sum(amount) FROM deals GROUP BY 1")
    counts = {status: n for status, n, _ in found}
    amounts = {status: amount for status, _, amount in found}
    assert counts == {status: expected[f"total|{status}"] for status in ("won", "lost", "open")}
    assert amounts["won"] == expected["total|revenue"]
    assert amounts["open"] == expected["pipeline|list_price_value"]
    deals, products = (
        pd.read_csv(real_data("maven_crm") / f"{name}.csv")
        for name in ("sales_pipeline", "products")
    )
    prices = products.set_index("product")["sales_price"]
    lost = deals[deals["deal_stage"] == "Lost"]["product"].replace("GTXPro", "GTX Pro").map(prices)
    assert amounts["lost"] == int(lost.sum())


def test_maven_stages_are_only_those_of_open_deals(maven: Crm, expected: dict[str, float]) -> None:
    found = maven.query(
        "SELECT stage, count(*), sum(amount) FROM deals WHERE status = 'open' GROUP BY 1"
    )
    assert {stage: n for stage, n, _ in found} == {
        stage: expected[f"pipeline_by_stage|{stage}|count"] for stage in ("Engaging", "Prospecting")
    }
    assert maven.query(
        "SELECT count(*) FROM deals WHERE status <> 'open' AND stage IS NOT NULL"
    ) == [(0,)]


@pytest.mark.parametrize("column", ["region", "product"])
def test_maven_by_a_dimension(maven: Crm, expected: dict[str, float], column: str) -> None:
    won = "status = 'won'"
    found = maven.query(
        f"SELECT {column}, count(*), count(*) FILTER ({won}), sum(amount) FILTER ({won}) "
        "FROM deals GROUP BY 1"
    )
    assert len(found) == {"region": 3, "product": 7}[column]
    for member, n, n_won, revenue in found:
        key = f"by_{column}|{member}"
        assert n == expected[f"{key}|opportunities"]
        assert n_won == expected[f"{key}|won"]
        assert revenue == expected[f"{key}|revenue"]


def test_maven_quality(maven: Crm, expected: dict[str, float]) -> None:
    (missing,) = maven.query(
        "SELECT count(*) - count(account_id), count(*) - count(created_at), "
        "count(*) - count(closed_at), count(DISTINCT owner) FROM deals"
    )
    assert missing == (
        expected["data_quality|missing_account"],
        expected["data_quality|missing_engage_date"],
        expected["data_quality|missing_close_date"],
        expected["data_quality|agents_with_deals"],
    )
    industries = maven.query("SELECT count(*) FROM accounts WHERE industry = 'technolgy'")
    assert industries == [(0,)]
    assert maven.own_dimensions["deals"] == ("industry",)


def test_maven_new_customers(maven: Crm, expected: dict[str, float]) -> None:
    for number, quarter in enumerate(
        maven.calendar.containing(dt.date(2017, 1, 1), "year").split("quarter")
    ):
        bounds = [quarter.start_at, quarter.end_at]
        key = f"new_customer_revenue_by_quarter|2017Q{number + 1}"
        new, total = maven.query(
            "SELECT coalesce(sum(amount) FILTER "
            "(became_customer_at >= $1 AND became_customer_at < $2), 0), sum(amount) "
            "FROM orders JOIN accounts USING (account_id) "
            "WHERE ordered_at >= $1 AND ordered_at < $2",
            bounds,
        )[0]
        assert new == expected[f"{key}|revenue_from_new"]
        assert total == expected[f"{key}|revenue_total"]


def test_maven_is_known_to_the_end_of_2017(maven: Crm) -> None:
    assert maven.as_of == dt.datetime.fromisoformat("2018-01-01 00:00")
    assert maven.newest_event == dt.datetime.fromisoformat("2017-12-31 00:00")
    assert (maven.currency, maven.calendar.time_zone) == ("USD", "UTC")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "kpi.toml", tmp_path)
    return tmp_path / "kpi.toml"


def test_the_sample_is_the_export_of_the_local_day(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def frames(seed: int, as_of: dt.date) -> dict[str, pd.DataFrame]:
        asked.append((seed, as_of))
        deals = {"deal_id": ["a", "b"], "amount": [1.0, 2.0], "currency": ["EUR", "GBP"]}
        rates = {"day": [dt.date(2026, 9, 1)], "currency": ["GBP"], "rate": [1.2]}
        at = {"created_at": pd.to_datetime(["2026-10-01 06:00", "2026-10-01 07:00"])}
        return {"deals": pd.DataFrame(deals | at), "exchange_rates": pd.DataFrame(rates)}

    monkeypatch.setattr("kpi_toolkit.crm.sample.frames", frames)
    crm = connect(sample)
    # Naive times of the sample are UTC, and its day starts in Paris.
    assert crm.as_of == dt.datetime.fromisoformat("2026-10-04 22:00")
    assert crm.newest_event == dt.datetime.fromisoformat("2026-10-01 07:00")
    assert crm.query("SELECT amount FROM deals ORDER BY 1") == [(Decimal("1"),), (Decimal("2.4"),)]
    assert connect(sample).input_hash == crm.input_hash
    assert asked == [(2026, dt.date(2026, 10, 5))]
    earlier = connect(sample, as_of="2026-10-04T23:30")
    assert asked[1:] == [(2026, dt.date(2026, 10, 4))]
    assert earlier.input_hash != crm.input_hash
    assert (crm.name, crm.language) == ("Ardane Systèmes", "fr")


def test_kpi_toml_is_found_from_a_folder_below(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = sample.parent / "notebooks"
    below.mkdir()
    monkeypatch.chdir(below)
    monkeypatch.setattr(
        module.snapshot, "of_sample", lambda config, day: pytest.fail(str(config.root))
    )
    with pytest.raises(pytest.fail.Exception, match=str(sample.parent)):
        connect()
    with pytest.raises(ConfigError, match="No such file"):
        connect("other.toml")


def test_an_as_of_that_is_none_is_refused(sample: Path) -> None:
    with pytest.raises(PeriodError, match="as_of 'yesterday'"):
        connect(load(sample), as_of="yesterday")


def test_queries_are_counted() -> None:
    crm = from_frames(deals=pd.DataFrame({"deal_id": ["a"]}), as_of="2026-01-01")
    assert crm.queries == 0
    crm.query("SELECT 1")
    assert crm.frame("SELECT deal_id FROM deals")["deal_id"].tolist() == ["a"]
    assert crm.queries == 2


def test_the_newest_event_is_not_planned_and_not_later_than_as_of() -> None:
    deals = pd.DataFrame({"closed_at": pd.to_datetime(["2025-01-01", "2025-03-01"])})
    tickets = pd.DataFrame(
        {
            "sla_due_at": pd.to_datetime(["2025-02-15", None]),
            "created_at": pd.to_datetime(["2025-02-01", None]),
        }
    )
    crm = from_frames(deals=deals, tickets=tickets, as_of="2025-02-20")
    assert crm.newest_event == dt.datetime.fromisoformat("2025-02-01")
    assert crm.at("2025-04-01").newest_event == dt.datetime.fromisoformat("2025-03-01")


def test_equal_frames_have_equal_hashes() -> None:
    def made(amount: float) -> str:
        return from_frames(deals=pd.DataFrame({"deal_id": ["a"], "amount": [amount]})).input_hash

    assert made(1.0) == made(1.0) != made(2.0)


def test_targets_get_the_bounds_of_their_periods() -> None:
    targets = pd.DataFrame(
        {"kpi": "won_value", "period": ["2026-Q3", "2026", "next year"], "value": 1.0}
    )
    crm = from_frames(time_zone="Europe/Paris", fiscal_year_starts=4, targets=targets)
    assert crm.query("SELECT period, starts_at, ends_at FROM targets ORDER BY _line") == [
        (
            "2026-Q3",
            dt.datetime.fromisoformat("2025-09-30 22:00"),
            dt.datetime.fromisoformat("2025-12-31 23:00"),
        ),
        (
            "2026",
            dt.datetime.fromisoformat("2025-03-31 22:00"),
            dt.datetime.fromisoformat("2026-03-31 22:00"),
        ),
    ]
    assert crm.quarantine()["reason"].str.startswith("not a period").tolist() == [True]
    assert (crm.reading[0].kept, crm.reading[0].quarantined) == (2, 1)


def test_rows_of_a_frame_that_cannot_be_read_are_told_when_a_kpi_is_asked() -> None:
    status = pd.DataFrame({"deal_id": ["a", "b"], "status": ["won", "gained"]})
    with pytest.warns(UserWarning, match="deals: 1 of its 2 rows cannot be read; the first is"):
        assert Crm.of({"deals": status}).query("SELECT deal_id FROM deals") == [("a",)]
    with pytest.raises(DataError, match="deals: 1 of its 1 rows cannot be read.*'gained'"):
        Crm.of({"deals": status.tail(1)})


def test_one_dict_of_frames_is_bound_once_while_it_does_not_change() -> None:
    frames = {"deals": pd.DataFrame({"deal_id": ["a"], "amount": [1.0]})}
    first = Crm.of(frames)
    assert Crm.of(first) is first
    assert Crm.of(dict(frames)).connection is first.connection
    frames["deals"].loc[0, "amount"] = 2.0
    second = Crm.of(frames)
    assert second.connection is not first.connection
    assert second.query("SELECT amount FROM deals") == [(Decimal("2"),)]
    assert first.query("SELECT amount FROM deals") == [(Decimal("1"),)]
    frames["deals"].loc[0, "deal_id"] = "b"
    assert Crm.of(frames).query("SELECT deal_id FROM deals") == [("b",)]
    frames["deals"]["owner"] = "Ann"
    assert "owner" in Crm.of(frames).columns["deals"]


def test_what_was_bound_goes_with_its_frames() -> None:
    gc.collect()
    held = len(module._RECENT._made)
    frames = {"deals": pd.DataFrame({"deal_id": ["a"]})}
    Crm.of(frames)
    assert len(module._RECENT._made) == held + 1
    del frames
    gc.collect()
    assert len(module._RECENT._made) == held


def test_anything_else_is_no_crm() -> None:
    with pytest.raises(DataError, match="records from int: expected kt.connect"):
        Crm.of(5)  # type: ignore[arg-type]


def test_many_bytes_are_worth_more_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BYTES_A_THREAD", 100)
    monkeypatch.setattr(database.os, "cpu_count", lambda: 3)
    found = []
    for size in (99, 1, 100, 5_000):
        (tmp_path / f"{size}.parquet").write_bytes(bytes(size))
        with database.reading(tmp_path) as engine:
            found += engine.execute("SELECT current_setting('threads')").fetchall()
    assert found == [(1,), (2,), (3,), (3,)]


def test_the_whole_sample_is_read_without_loss(sample: Path) -> None:
    crm = connect(sample)
    assert {read.table for read in crm.reading} == set(crm.columns)
    assert all(read.rows == read.kept > 0 for read in crm.reading)
    foreign = (
        "SELECT count(*) FILTER (currency_original = 'GBP'), count(DISTINCT currency) FROM deals"
    )
    ((pounds, currencies),) = crm.query(foreign)
    assert pounds > 0
    assert currencies == 1
    assert crm.query("SELECT count(*) FROM targets WHERE starts_at >= ends_at") == [(0,)]
    assert crm.newest_event is not None
    assert crm.as_of - crm.newest_event < dt.timedelta(days=4)


def test_a_column_of_ones_own_may_have_a_type_and_order_the_rows_of_a_log(
    tmp_path: Path,
) -> None:
    (tmp_path / "log.csv").write_text("id,version,state\nA,9,open\nA,10,done\nB,1,open\n")
    (tmp_path / "kpi.toml").write_text(
        '[tables.tickets]\nfile = "log.csv"\nkeep = { last_by = "version", per = "ticket_id" }\n'
        '[tables.tickets.columns]\nticket_id = "id"\ncategory = "state"\n'
        'version = { column = "version", type = "whole" }\n'
    )
    crm = connect(tmp_path / "kpi.toml")
    found = crm.query("SELECT ticket_id, category, version FROM tickets ORDER BY 1")
    assert found == [("A", "done", 10), ("B", "open", 1)]
    assert crm.own_dimensions["tickets"] == ()
