"""Declared changes: read from kpi.toml, checked, and told on the trend of the KPIs concerned."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit import config
from kpi_toolkit.config import ShiftConfig
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.insight.change.reading import Shift
from kpi_toolkit.report import shifts
from tests.report.conftest import crm_of

MARCH = Shift(dt.date(2026, 3, 1), "New CRM", ("won_value",))


def written(folder: Path, text: str) -> Path:
    path = folder / "kpi.toml"
    path.write_text(f'[source]\nkind = "sample"\n\n{text}', encoding="utf-8")
    return path


def test_a_shift_is_a_day_a_name_and_its_kpis(tmp_path: Path) -> None:
    text = '[[shifts]]\nday = 2026-03-01\nwhat = "New CRM"\nkpis = ["won_value"]\n'
    found = config.load(written(tmp_path, text)).shifts
    assert found == (ShiftConfig(day=dt.date(2026, 3, 1), what="New CRM", kpis=("won_value",)),)
    assert shifts.declared(found) == (MARCH,)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('day = "2026-03-01"\nwhat = "x"', "expected a day without quotes such as 2026-03-01"),
        ("day = 2026-03-01T08:00:00\nwhat = 'x'", "expected a day without quotes"),
        ("day = 2026-03-01", "what"),
        ("day = 2026-03-01\nwhat = ''", "what"),
        ("day = 2026-03-01\nwhat = 'x'\nkpi = 'won_value'", "did you mean 'kpis'?"),
    ],
)
def test_a_fault_of_a_shift_is_told(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match="shifts") as error:
        config.load(written(tmp_path, f"[[shifts]]\n{text}\n"))
    assert fault in str(error.value)


def test_a_shift_of_an_unknown_kpi_is_refused_with_its_near_misses() -> None:
    with pytest.raises(ConfigError, match="shifts of 2026-03-01: kpis 'won_valu': did you mean"):
        shifts.declared([ShiftConfig(day=dt.date(2026, 3, 1), what="x", kpis=("won_valu",))])


def test_the_trend_of_a_kpi_that_is_concerned_says_so(tables: dict[str, pd.DataFrame]) -> None:
    report = kt.Report("r", period="2026-09", crm=crm_of(tables))
    report._session.shifts = (MARCH,)
    told, other = (str(report.trend(kpi, n=13)) for kpi in (kt.won_value, kt.decided_win_rate))
    assert "Shift in March 2026: New CRM." in told
    assert "Limits are set anew from each declared change on." in told
    assert "New CRM" not in other and "anew" not in other
    (found,) = report._session.readings([kt.won_value.bind()])
    since = [v.value for v in found.series if v.period.start >= MARCH.day][:-1]
    assert found.limits and found.limits.mean == pytest.approx(sum(since) / len(since))
