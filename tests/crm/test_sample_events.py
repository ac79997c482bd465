"""The sample CRM's exports of two mornings agree, and its planted events can be found."""

from datetime import date

import pandas as pd
import pytest

from kpi_toolkit.crm.sample import frames

Frames = dict[str, pd.DataFrame]
JULY = date(2026, 7, 6)


@pytest.fixture(scope="module")
def now() -> Frames:
    return frames()


@pytest.fixture(scope="module")
def july() -> Frames:
    return frames(as_of=JULY)


def won_of(tables: Frames) -> pd.DataFrame:
    deals = tables["deals"]
    return deals[deals["status"] == "won"]


def in_euros(tables: Frames, deals: pd.DataFrame) -> pd.Series:
    pounds = tables["exchange_rates"]["rate"].mean()
    return deals["amount"] * deals["currency"].map({"EUR": 1.0, "GBP": pounds})


def stays(tables: Frames) -> pd.DataFrame:
    """Every finished stay of a deal in a stage, with its days and the month it ended in."""
    rows = tables["deal_stages"].merge(tables["deals"][["deal_id", "closed_at"]], on="deal_id")
    rows["left_at"] = rows.groupby("deal_id")["entered_at"].shift(-1).fillna(rows["closed_at"])
    rows["days"] = (rows["left_at"] - rows["entered_at"]).dt.total_seconds() / 86_400
    rows["month"] = rows["left_at"].dt.strftime("%Y-%m")
    return rows.dropna(subset=["left_at"])


def local(instants: pd.Series) -> pd.Series:
    paris = instants.dt.tz_localize("UTC").dt.tz_convert("Europe/Paris")
    return paris.dt.tz_localize(None)


def test_an_export_holds_nothing_that_was_recorded_later(july: Frames) -> None:
    midnight = pd.Timestamp("2026-07-05 22:00")
    plans = {"expected_close_on", "renewal_due_at"}
    for name, table in july.items():
        for column in table.columns.difference(plans):
            if str(table[column].dtype) == "datetime64[us]":
                assert not (table[column] >= midnight).any(), (name, column)


def test_rows_that_do_not_change_are_the_same_in_a_later_export(now: Frames, july: Frames) -> None:
    for name in ("deal_stages", "record_changes", "exchange_rates", "targets"):
        both = july[name].merge(now[name].drop_duplicates(), how="left", indicator=True)
        assert (both["_merge"] == "both").all(), name
    for name, key in (("leads", ["lead_id"]), ("orders", ["order_id", "line"])):
        lasting = [*key, "product" if name == "orders" else "score"]
        both = july[name][lasting].merge(now[name][lasting], how="left", indicator=True)
        assert (both["_merge"] == "both").all(), name


@pytest.mark.parametrize("field", ["stage", "status", "owner", "amount", "expected_close_on"])
def test_the_changes_recorded_between_explain_all_that_differs(
    now: Frames, july: Frames, field: str
) -> None:
    before = july["deals"].set_index("deal_id")[field].astype(object)
    after = now["deals"].set_index("deal_id")[field].reindex(before.index).astype(object)
    changes = now["record_changes"].iloc[len(july["record_changes"]) :].query("field == @field")
    last = changes.groupby("record_id")["new"].last()
    expected = before.copy()
    touched = last.index.intersection(before.index)
    expected[touched] = last[touched].astype(
        before.map(type).mode()[0] if field == "amount" else str
    )
    if field == "expected_close_on":
        expected, after = pd.to_datetime(expected), pd.to_datetime(after)
    same = (expected == after) | (expected.isna() & after.isna())
    assert same.all()
    assert len(touched) > 10


def test_the_changes_before_lead_from_the_first_value_to_the_last(now: Frames) -> None:
    changes = now["record_changes"]
    assert changes["changed_at"].is_monotonic_increasing
    assert (changes["old"] != changes["new"]).all()
    for _, rows in changes.groupby("field"):
        previous = rows.groupby("record_id")["new"].shift()
        assert (previous.isna() | (previous == rows["old"])).all()


def test_june_2026_is_restated_after_the_report_of_july(now: Frames, july: Frames) -> None:
    june = ("2026-05-31 22:00", "2026-06-30 22:00")
    before, after = (
        deals[deals["closed_at"].ge(june[0]) & deals["closed_at"].lt(june[1])].set_index("deal_id")
        for deals in (july["deals"], now["deals"])
    )
    stood = before[before["status"] == "won"]
    later = after.reindex(stood.index)
    assert 8 <= (later["status"] == "lost").sum() <= 11
    assert 5 <= (later["amount"] != stood["amount"]).sum() <= 9
    came = after.index.difference(before.index)
    assert (after.loc[came, "status"] == "won").sum() >= 5
    assert (later["closed_at"] == stood["closed_at"]).all()


def test_some_closings_are_entered_late_and_some_deals_only_then(now: Frames, july: Frames) -> None:
    ends = now["record_changes"].query("field == 'status' and old == 'open'")
    told = ends.merge(now["deals"], left_on="record_id", right_on="deal_id")
    days = (told["changed_at"] - told["closed_at"]).dt.total_seconds() / 86_400
    assert (days >= 0).all()
    late = days[days > 0]
    assert 0.01 < len(late) / len(days) < 0.02
    assert late.between(3.5, 58).all()  # the planted ones of June up to 57
    unknown = now["deals"][~now["deals"]["deal_id"].isin(july["deals"]["deal_id"])]
    assert (unknown["closed_at"] < pd.Timestamp(JULY)).any()


def test_the_legal_review_lengthens_proposals_from_august_2026(now: Frames) -> None:
    days = stays(now).query("stage == 'Proposal'").groupby("month")["days"].mean()
    assert 6 < days["2026-08":"2026-09"].mean() - days["2025-08":"2025-09"].mean() < 10


def test_the_sales_cycle_of_august_and_september_2026_is_the_longest(now: Frames) -> None:
    won = won_of(now)
    start = won["first_contact_at"].fillna(won["created_at"])
    days = (won["closed_at"] - start).dt.total_seconds() / 86_400
    by_month = days.groupby(won["closed_at"].dt.strftime("%Y-%m")).median()["2023-10":"2026-09"]
    assert set(by_month.nlargest(2).index) == {"2026-08", "2026-09"}
    assert 55 < days.mean() < 65
    assert days.median() < days.mean() - 3


def test_the_new_prices_lift_the_average_won_deal(now: Frames) -> None:
    won = won_of(now)
    amount = in_euros(now, won)
    month = won["closed_at"].dt.strftime("%Y-%m")
    before, after = (
        amount[month.between(*span)].mean()
        for span in (("2025-04", "2025-09"), ("2026-04", "2026-09"))
    )
    assert 1.05 < after / before < 1.2


def test_the_partner_programme_brings_more_deals_and_more_wins(now: Frames) -> None:
    deals = now["deals"]
    partner = deals["source"] == "partner"
    since = deals["created_at"] >= "2025-09-01"
    assert partner[since].mean() > 1.7 * partner[~since].mean()
    decided = deals[partner & (deals["status"] != "open")]
    rate = (decided["status"] == "won").groupby(decided["created_at"] >= "2025-09-01").mean()
    assert rate[True] - rate[False] > 0.04


def test_the_deals_of_the_seller_who_left_stand_still(now: Frames, july: Frames) -> None:
    hers = july["deals"].query("owner == 'Nathalie D’Hondt' and status == 'open'")["deal_id"]
    assert len(hers) > 25
    moves = now["record_changes"].query("record_id in @hers and field == 'stage'")["changed_at"]
    ends = now["deals"].query("deal_id in @hers")["closed_at"]
    for instants in (moves, ends):
        assert not instants.between("2026-07-01", "2026-08-30").any()
    handed = now["deals"].query("deal_id in @hers and owner != 'Nathalie D’Hondt'")
    assert 0.4 < len(handed) / len(hers) < 0.85
    leaver = now["users"].set_index("user_id").loc["Nathalie D’Hondt"]
    assert leaver["active_to"] == pd.Timestamp("2026-06-30 22:00")
    assert july["users"]["active_to"].notna().sum() == 2


def test_quotas_of_a_quarter_add_up_to_about_its_target(now: Frames) -> None:
    targets = now["targets"].query("kpi == 'won_value' and period == '2026-Q3'")
    total = targets[targets["dimension"].isna()]["value"].item()
    quotas = targets[targets["dimension"] == "owner"]
    assert 0.99 * total < quotas["value"].sum() <= total
    assert "Nathalie D’Hondt" not in set(quotas["member"])
    months = now["targets"].query(
        "kpi == 'won_value' and period in ['2026-07', '2026-08', '2026-09']"
    )
    assert months["value"].sum() == total
    assert not now["targets"].duplicated(["kpi", "period", "member"]).any()


def test_targets_of_a_year_are_set_in_the_december_before() -> None:
    periods = frames(as_of=date(2025, 12, 1))["targets"]["period"]
    assert set(periods.str[:4]) == {"2025"}


def test_a_quarter_reads_well_on_a_page(now: Frames) -> None:
    won = won_of(now)
    quarter = local(won["closed_at"]).dt.to_period("Q").astype(str)
    value = in_euros(now, won).groupby(quarter).sum()
    assert 4.5e6 < value["2026Q3"] < 5.1e6
    assert value["2026Q3"] > value["2025Q3"] > value["2024Q3"]
    decided = now["deals"].query("status != 'open'")
    rate = (
        (decided["status"] == "won").groupby(local(decided["closed_at"]).dt.to_period("Q")).mean()
    )
    assert rate[:-1].between(0.38, 0.46).all()
    months = local(won["closed_at"]).dt.month.value_counts()
    assert months.idxmin() == 8


def test_some_values_are_missing(now: Frames) -> None:
    deals = now["deals"].isna().mean()
    assert 0.015 < deals["source"] < 0.025
    assert 0.006 < deals["owner"] < 0.014
    assert 0.025 < deals["expected_close_on"] < 0.035
    assert 0.05 < now["accounts"]["industry"].isna().mean() < 0.09


def test_a_seventh_of_the_deals_is_in_pounds_and_every_day_of_theirs_has_a_rate(
    now: Frames,
) -> None:
    deals, rates = now["deals"], now["exchange_rates"]
    assert 0.13 < (deals["currency"] == "GBP").mean() < 0.17
    assert ((deals["currency"] == "GBP") == (deals["region"] == "United Kingdom")).all()
    assert rates["rate"].between(1.10, 1.25).all()
    assert rates["rate"].diff().abs().max() < 0.005
    for table, column in (
        ("deals", "created_at"),
        ("orders", "ordered_at"),
        ("subscriptions", "started_at"),
    ):
        assert now[table][column].min() > rates["day"].min()


def test_names_are_french_and_english_and_one_is_long(now: Frames) -> None:
    names = now["accounts"]["name"]
    assert names.str.contains("[éèçœ]").any() and names.str.contains("’").any()
    assert names.str.endswith("Ltd").any()
    assert "Établissements Hérault-Castelnau de la Fontaine & Fils" in set(names)
