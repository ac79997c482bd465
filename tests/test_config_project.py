"""The sections [project], [quality] and [customers] of kpi.toml."""

import datetime as dt
from pathlib import Path

import pytest

from kpi_toolkit.business import BusinessHours
from kpi_toolkit.config import load
from kpi_toolkit.config.models import Config
from kpi_toolkit.crm.connect import connect
from kpi_toolkit.errors import ConfigError

PROJECT = '[project]\nas_of = 2026-10-05\n[source]\nkind = "sample"\n'


def loaded(folder: Path, text: str) -> Config:
    (folder / "kpi.toml").write_text(text, encoding="utf-8")
    return load(folder / "kpi.toml")


def test_business_hours_and_holidays_are_those_of_the_calendar(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """[project]
holidays = "DE-BY"
business_hours = "Mon-Fri 08:00-12:00 13:00-17:00"
closed = [2026-12-24, 2026-12-31]
""",
    )
    closed = (dt.date(2026, 12, 24), dt.date(2026, 12, 31))
    hours = BusinessHours("Mon-Fri 08:00-12:00 13:00-17:00", "DE-BY", closed)
    assert config.calendar.business == hours


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[project]\nbusiness_hours = "Mon-Fry 09:00-18:00"',
            "project.business_hours 'Mon-Fry 09:00-18:00': 'Mon-Fry': did you mean 'Fri'?",
        ),
        (
            '[project]\nholidays = "France"',
            "project.holidays 'France': expected the code of a country such as 'FR'",
        ),
        (
            '[project]\nclosed = ["2026-12-24"]',
            "project.closed: expected days without quotes such as [2026-12-24, 2026-12-31]",
        ),
        (
            "[project]\nclosed = 2026-12-24T10:00:00",
            "expected days without quotes such as [2026-12-24, 2026-12-31]",
        ),
        ("[project]\nfiscal_year_starts = 13", "project.fiscal_year_starts 13: input should be"),
        (
            '[customers]\ninactive_after = "3 moons"',
            "customers.inactive_after '3 moons': expected a number of days, weeks, months or years",
        ),
        ('[customers]\ninactive_after = "0 days"', "customers.inactive_after '0 days': expected"),
        ("[customers]\ninactive_after = 90", "customers.inactive_after 90: "),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("duration", ["90 days", "1 day", "12 months", "2 years", "6 weeks", ""])
def test_a_customer_is_lost_after_a_duration(tmp_path: Path, duration: str) -> None:
    config = loaded(tmp_path, f'[customers]\ninactive_after = "{duration}"')
    assert config.customers.inactive_after == duration


def test_what_a_record_needs_is_a_column_of_a_table(tmp_path: Path) -> None:
    text = PROJECT + '[quality.required]\ndeels = ["amount"]\ndeals = ["amuont", "owner"]\n'
    loaded(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        connect(tmp_path / "kpi.toml")
    assert str(caught.value) == (
        "kpi.toml: quality.required.deels: unknown table, did you mean 'deals'?\n"
        "  quality.required.deals: unknown column 'amuont', did you mean 'amount'?"
    )


def test_a_record_may_need_a_column_of_the_users_own(tmp_path: Path) -> None:
    text = """[tables.deals]
file = "deals.csv"
[tables.deals.columns]
deal_id = "Id"
level = { column = "Level", dimension = true }
[quality.required]
deals = ["level"]
"""
    loaded(tmp_path, text)
    (tmp_path / "deals.csv").write_text("Id,Level\n1,x\n", encoding="utf-8")
    assert connect(tmp_path / "kpi.toml").columns["deals"] == {"deal_id", "level"}
