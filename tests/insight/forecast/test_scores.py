"""Earlier forecasts are judged by outcomes that were not known when they were made."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from kpi_toolkit.archive.rows import ValueRow
from kpi_toolkit.archive.store import Archive
from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.insight.forecast.scores import Chances, Scores, archived, scores

AS_OF = dt.datetime(2025, 6, 2, tzinfo=dt.UTC)
DEALS = pd.DataFrame(
    {
        "deal_id": ["a", "b", "c", "d", "new"],
        "status": ["won", "lost", "open", "won", "won"],
        "amount": [100.0, 200.0, 400.0, 50.0, 999.0],
        "created_at": pd.to_datetime(["2025-01-01"] * 4 + ["2025-04-10"]),
        "closed_at": pd.to_datetime(["2025-04-05", "2025-04-20", None, "2025-05-03", "2025-04-28"]),
    }
)


@pytest.fixture
def config(tmp_path: Path) -> SimpleNamespace:
    return SimpleNamespace(archive_url=f"sqlite:///{tmp_path / 'archive.sqlite'}")


def archive_run(
    config: SimpleNamespace,
    day: int,
    chances: dict[str, float],
    april: float,
    scope: str = "all",
) -> None:
    """A run of March, made on a day of April: the chances of deals, and of April a band of ±20."""
    now = dt.datetime(2025, 4, day, tzinfo=dt.UTC)
    archive = Archive.open(config.archive_url)
    run = archive.claim(
        now=now,
        report="pipeline",
        scope=scope,
        period="2025-03",
        grain="month",
        period_start=dt.date(2025, 3, 1),
        period_end=dt.date(2025, 4, 1),
        as_of=now,
        slot=f"manual:{day}",
        code_version="1",
        language="en",
    )
    assert run is not None
    rows = [row_of("win_probability", "deal_id", deal, value) for deal, value in chances.items()]
    for month, value in (("2025-04", april), ("2025-06", 7.0)):
        for bound, number in (("", value), ("low_80", value - 20), ("high_80", value + 20)):
            rows.append(row_of("sales_forecast", "closing_month", month, number, bound))
    archive.finish(
        run,
        now=now,
        values=rows,
        artifacts=[],
        definition_hash="d",
        input_hash="i",
        declaration_hash="m",
        newest_event=now,
    )
    archive.close()


def row_of(kpi: str, dimension: str, member: str, value: float, bound: str = "") -> ValueRow:
    return ValueRow(
        kpi=kpi,
        options="",
        dimension=dimension,
        member=member,
        dimension2="bound" if bound else "",
        member2=bound,
        grain="month",
        period_start=dt.date(2025, 3, 1),
        value=value,
        numerator=None,
        denominator=None,
        n=1,
        status="ok",
        reason=None,
        definition_hash="d",
        unit="money",
        window="stock",
        complete=True,
    )


def judged(config: SimpleNamespace, as_of: dt.datetime = AS_OF, scope: str = "all") -> Scores:
    crm = from_frames(deals=DEALS, as_of=as_of)
    known_at = as_of.replace(tzinfo=None)
    told = archived(config, "pipeline", scope, crm, known_at)  # type: ignore[arg-type]
    return scores(told, crm, known_at)


def chances_of(config: SimpleNamespace, scope: str = "all") -> Chances:
    found = judged(config, scope=scope)
    assert found.published is not None
    return found.published


def test_chances_are_scored_by_the_outcomes_since(config: SimpleNamespace) -> None:
    archive_run(config, 2, {"a": 0.8, "b": 0.5, "c": 0.3, "d": 0.6}, april=90.0)
    found = chances_of(config)
    # Won: a, d; lost: b; c is still open.
    assert found.decided == 3
    assert found.brier == pytest.approx((0.2**2 + 0.5**2 + 0.4**2) / 3)
    mean = (0.8 + 0.5 + 0.6) / 3
    assert found.plain == pytest.approx((2 * (1 - mean) ** 2 + mean**2) / 3)
    assert found.log == pytest.approx(0.475706, abs=1e-6)  # -(ln .8 + ln .5 + ln .6) / 3


def test_a_month_that_has_ended_is_compared_with_what_came_of_the_deals_of_then(
    config: SimpleNamespace,
) -> None:
    archive_run(config, 2, {"a": 0.8}, april=90.0)
    (month,) = judged(config).months  # June has not ended
    assert (month.forecast_of.key, month.month.key) == ("2025-03", "2025-04")
    assert (month.expected, month.low, month.high) == (90.0, 70.0, 110.0)
    assert month.came == 100.0  # "a", and not "new", which was created later
    assert month.is_inside


def test_a_slice_is_judged_by_the_deals_that_lay_in_it_then(config: SimpleNamespace) -> None:
    archive_run(config, 2, {"a": 0.8, "d": 0.6}, april=90.0)
    archive_run(config, 3, {"b": 0.5, "d": 0.6}, april=30.0, scope="team=North")
    found = judged(config, scope="team=North")
    # Of April, "a" was won in another team, and "b" was lost; "d" was won in May.
    assert [(month.expected, month.came) for month in found.months] == [(30.0, 0.0)]
    chances = chances_of(config, "team=North")
    assert chances.decided == 2
    assert chances.brier == pytest.approx((0.5**2 + 0.4**2) / 2)
    assert [month.came for month in judged(config).months] == [100.0]


def test_the_first_edition_is_judged_and_not_a_later_one(config: SimpleNamespace) -> None:
    archive_run(config, 2, {"a": 0.8}, april=10.0)
    archive_run(config, 30, {"a": 1.0}, april=100.0)
    found = judged(config)
    assert chances_of(config).brier == pytest.approx(0.04)
    assert [month.expected for month in found.months] == [10.0]
    assert not found.months[0].is_inside


def test_what_is_not_known_yet_is_not_judged(config: SimpleNamespace) -> None:
    assert judged(config).months == ()  # no archive
    archive_run(config, 2, {"a": 0.8, "b": 0.5}, april=90.0)
    found = judged(config, dt.datetime(2025, 4, 4, tzinfo=dt.UTC))
    assert found == Scores((), None, None)
