"""The sample CRM: the same bytes everywhere, whole references, times in order."""

import hashlib
import os
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from kpi_toolkit.crm.sample import frames
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.errors import DataError

Frames = dict[str, pd.DataFrame]
JULY = date(2026, 7, 6)
STAGES = ["Qualification", "Discovery", "Proposal", "Negotiation"]
DIGEST = "b2f77e483fddb429b83a4990fc3066ed01ee11ce170ea5f5f5279d24df606c11"
IN_A_FRESH_PROCESS = """
import hashlib
from kpi_toolkit.crm.sample import frames
tables = frames()
print(hashlib.sha256("".join(tables[name].to_csv(index=False, lineterminator="\\n")
      for name in sorted(tables)).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def now() -> Frames:
    return frames()


@pytest.fixture(scope="module")
def july() -> Frames:
    return frames(as_of=JULY)


def digest(tables: Frames) -> str:
    texts = (tables[name].to_csv(index=False, lineterminator="\n") for name in sorted(tables))
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def local(instants: pd.Series) -> pd.Series:
    paris = instants.dt.tz_localize("UTC").dt.tz_convert("Europe/Paris")
    return paris.dt.tz_localize(None)


def won_of(tables: Frames) -> pd.DataFrame:
    deals = tables["deals"]
    return deals[deals["status"] == "won"]


def test_a_seed_gives_the_same_bytes_for_ever(now: Frames) -> None:
    assert digest(now) == DIGEST


def test_a_fresh_process_gives_the_same_bytes_whatever_its_hashes_and_threads() -> None:
    settings = {
        "PYTHONHASHSEED": "7",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == DIGEST


def test_another_seed_gives_another_company(now: Frames) -> None:
    other = frames(seed=7)
    assert digest(other) != DIGEST
    assert abs(len(other["deals"]) - len(now["deals"])) < 500


def test_a_day_outside_the_sample_is_refused() -> None:
    with pytest.raises(DataError, match="2031-01-01: the sample has exports from"):
        frames(as_of=date(2031, 1, 1))


def test_the_first_and_the_last_export_can_be_made() -> None:
    assert len(frames(as_of=date(2023, 10, 3))["deals"]) > 500
    assert local(frames(as_of=date(2027, 1, 4))["deals"]["closed_at"]).max().year == 2026


def test_tables_and_columns_are_canonical(now: Frames) -> None:
    for name, table in now.items():
        columns = TABLES[name].columns
        assert list(table.columns) == [column for column in columns if column in table], name
        for column in table.columns:
            kind = columns[column].type
            expected = {
                "text": "str",
                "instant": "datetime64[us]",
                "date": "datetime64[us]",
                "whole": "int64",
                "boolean": "bool",
            }.get(kind, "float64")
            assert str(table[column].dtype) == expected, (name, column)


def test_only_allowed_values_are_used(now: Frames) -> None:
    for name, table in now.items():
        for column in table.columns:
            allowed = TABLES[name].columns[column].allowed
            assert not allowed or set(table[column].dropna()) <= set(allowed), (name, column)


def test_ids_are_unique(now: Frames) -> None:
    for name, table in now.items():
        key = list(TABLES[name].id_of(set(table.columns)))
        assert not key or not table.duplicated(key).any(), name
    assert not now["orders"].duplicated(["order_id", "line"]).any()


def test_three_years_of_about_twenty_thousand_deals(now: Frames) -> None:
    sizes = {name: len(table) for name, table in now.items()}
    assert 19_500 < sizes["deals"] < 21_500
    assert 25_000 < sizes["leads"] < 28_500
    assert 5_700 < sizes["accounts"] < 6_500
    assert now["deals"]["closed_at"].min() >= pd.Timestamp("2023-10-01 22:00")
    assert now["deals"]["closed_at"].max() < pd.Timestamp("2026-10-04 22:00")


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        ("deals", "account_id", "accounts", "account_id"),
        ("deals", "lead_id", "leads", "lead_id"),
        ("deals", "owner", "users", "user_id"),
        ("deals", "product", "products", "product"),
        ("deals", "stage", "stages", "stage"),
        ("leads", "account_id", "accounts", "account_id"),
        ("leads", "deal_id", "deals", "deal_id"),
        ("leads", "merged_into", "leads", "lead_id"),
        ("leads", "owner", "users", "user_id"),
        ("accounts", "owner", "users", "user_id"),
        ("deal_stages", "deal_id", "deals", "deal_id"),
        ("record_changes", "record_id", "deals", "deal_id"),
        ("record_changes", "user_id", "users", "user_id"),
        ("orders", "account_id", "accounts", "account_id"),
        ("orders", "deal_id", "deals", "deal_id"),
        ("orders", "product", "products", "product"),
        ("subscriptions", "account_id", "accounts", "account_id"),
    ],
)
@pytest.mark.parametrize("morning", ["now", "july", "early"])
def test_every_id_referred_to_exists(
    table: str, column: str, target: str, key: str, morning: str, request: pytest.FixtureRequest
) -> None:
    tables = request.getfixturevalue(morning)
    assert set(tables[table][column].dropna()) <= set(tables[target][key])


@pytest.fixture(scope="module")
def early() -> Frames:
    return frames(as_of=date(2024, 8, 16))


def test_stages_begin_at_creation_and_end_before_the_closing(now: Frames) -> None:
    rows = now["deal_stages"].merge(now["deals"], on="deal_id", suffixes=("", "_of_deal"))
    first = rows.groupby("deal_id").first()
    assert (first["entered_at"] == first["created_at"]).all()
    assert (first["stage"] == "Qualification").all()
    assert (rows["closed_at"].isna() | (rows["entered_at"] < rows["closed_at"])).all()
    last = rows.groupby("deal_id").last()
    assert (last["stage"] == last["stage_of_deal"]).all()
    assert len(first) == len(now["deals"])


def test_most_deals_go_forward_some_skip_and_a_few_step_back(now: Frames) -> None:
    rows = now["deal_stages"].assign(at=now["deal_stages"]["stage"].map(STAGES.index))
    step = rows.groupby("deal_id")["at"].diff().dropna()
    shares = step.value_counts(normalize=True)
    assert shares[1] > 0.75
    assert 0.05 < shares[2] < 0.2
    assert 0.02 < step[step < 0].size / step.size < 0.08
    assert 0 not in shares


def test_a_deal_is_open_exactly_while_it_has_no_closing(now: Frames) -> None:
    deals = now["deals"]
    assert ((deals["status"] == "open") == deals["closed_at"].isna()).all()
    assert ((deals["status"] == "lost") == deals["close_reason"].notna()).all()
    assert ((deals["status"] == "won") == deals["commission"].notna()).all()
    assert (
        deals["first_contact_at"].isna() | (deals["first_contact_at"] < deals["created_at"])
    ).all()
    assert (deals["updated_at"] >= deals["created_at"]).all()
    assert (deals["amount"] > 0).all()


def test_events_happen_on_working_days_in_business_hours(now: Frames) -> None:
    deals = now["deals"]
    for instants in (
        deals["created_at"],
        deals["closed_at"].dropna(),
        now["deal_stages"]["entered_at"],
    ):
        times = local(instants)
        assert times.dt.day_of_week.max() == 4
        assert times.dt.hour.between(8, 18).all()
    assert (
        not local(deals["created_at"]).dt.strftime("%m-%d").isin(["05-01", "07-14", "12-25"]).any()
    )


def test_an_account_is_a_customer_from_its_first_won_deal(now: Frames) -> None:
    won = won_of(now)
    first = won[won["kind"] == "new"].groupby("account_id")["closed_at"].agg(["min", "size"])
    accounts = now["accounts"].set_index("account_id")
    assert (first["size"] == 1).all()
    assert (accounts["became_customer_at"].reindex(first.index) == first["min"]).all()
    since = accounts["became_customer_at"].reindex(won["account_id"])
    assert (since.to_numpy() <= won["closed_at"].to_numpy()).all()
    recent = accounts[accounts["became_customer_at"] >= pd.Timestamp("2023-10-02")]
    assert set(recent.index) == set(first.index)


def test_customers_leave_after_they_came_and_give_a_reason(now: Frames) -> None:
    accounts = now["accounts"]
    left = accounts[accounts["churned_at"].notna()]
    assert (left["became_customer_at"] < left["churned_at"]).all()
    assert (accounts["churned_at"].notna() == accounts["churn_reason"].notna()).all()
    assert (
        accounts["created_at"] <= accounts["became_customer_at"].fillna(accounts["created_at"])
    ).all()
    won = won_of(now).merge(left, on="account_id")
    assert (won["closed_at"] < won["churned_at"]).all()


def test_a_new_customers_first_order_is_that_of_its_first_won_deal(now: Frames) -> None:
    first_deals = won_of(now).query("kind == 'new'").set_index("account_id")["deal_id"]
    orders = (
        now["orders"]
        .sort_values("ordered_at")
        .drop_duplicates("account_id")
        .set_index("account_id")
    )
    seen = orders["deal_id"].reindex(first_deals.index)
    ordered = seen.notna()
    assert (seen[ordered] == first_deals[ordered]).all()
    assert (~ordered).sum() < 40  # signed in the last days, not yet ordered


def test_an_order_is_worth_its_deal_and_a_cancelled_one_is_paid_back(now: Frames) -> None:
    orders, deals = now["orders"], now["deals"].set_index("deal_id")
    value = orders.groupby("deal_id")["amount"].sum()
    amended = now["record_changes"].query("field == 'amount' and user_id == 'Paul Da Costa'")
    untouched = value.drop(amended["record_id"], errors="ignore")
    assert (untouched == deals["amount"].reindex(untouched.index)).all()
    cancelled = deals.index[deals["close_reason"] == "cancelled"]
    lines = orders[orders["deal_id"].isin(cancelled)]
    assert lines["refunded"].fillna(lines["amount"]).eq(lines["amount"]).all()
    assert (orders["refunded"].fillna(0) <= orders["amount"]).all()
    assert (orders["cost"] < orders["amount"]).all()


def test_a_lead_comes_before_its_deal_and_agrees_with_it(now: Frames) -> None:
    leads = now["leads"]
    linked = leads[leads["deal_id"].notna()].merge(
        now["deals"], on="deal_id", suffixes=("", "_of_deal")
    )
    assert (linked["lead_id"] == linked["lead_id_of_deal"]).all()
    assert (linked["account_id"] == linked["account_id_of_deal"]).all()
    assert (linked["opportunity_at"] == linked["created_at_of_deal"]).all()
    assert (linked["created_at"] < linked["first_contacted_at"]).all()
    assert (linked["first_contacted_at"] < linked["opportunity_at"]).all()
    assert (linked["qualified_at"] < linked["opportunity_at"]).all()
    assert (linked["became_customer_at"].notna() == (linked["status"] == "won")).all()
    merged = leads[leads["merged_into"].notna()]
    assert 0.01 < len(merged) / len(leads) < 0.05
    assert not set(merged["merged_into"]) & set(merged["lead_id"])
    assert 0.25 < leads["deal_id"].notna().mean() < 0.4


def test_subscription_terms_follow_one_another(now: Frames) -> None:
    terms = now["subscriptions"]
    assert ((terms["ended_at"].isna()) == terms["end_reason"].isna()).all()
    assert (terms["started_at"] < terms["ended_at"].fillna(terms["renewal_due_at"])).all()
    ends = terms[terms["end_reason"].isin(["renewed", "changed"])]
    begins = terms[["account_id", "started_at"]]
    follows = ends.merge(
        begins, left_on=["account_id", "ended_at"], right_on=["account_id", "started_at"]
    )
    assert len(follows) == len(ends)
    due = terms[(terms["renewal_due_at"] < "2026-10-01") & (terms["end_reason"] != "changed")]
    assert 0.75 < due["renewed_at"].notna().mean() < 0.88
