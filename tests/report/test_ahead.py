"""What lies ahead, on the first page: the forecast and the deals at risk, and no one by name."""

import pandas as pd

from kpi_toolkit.format import NBSP, NNBSP
from kpi_toolkit.report import Report
from tests.insight.deals.test_at_risk import LOG, OPEN, WON, crm_of
from tests.models import made


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


def test_the_forecast_is_the_one_of_its_chart_and_says_of_which_day() -> None:
    report = Report("pipeline", period="2025-Q2", crm=made.crm(), language="en")
    said, chart = plain(str(report.ahead())), report.forecast().content
    total = plain(chart["rows"][-1][1])
    assert f"The deals open on 30 Jun 2025 should bring {total} by the end of September" in said


def test_deals_at_risk_are_told_by_team_and_never_by_owner() -> None:
    owners, teams = ["Ann", "Bob"] * 4, ["North", "South"] * 4
    users = pd.DataFrame({"user_id": ["Ann"], "active_to": [pd.Timestamp("2026-08-31")]})
    crm = crm_of(OPEN.assign(owner=owners, team=teams), WON, record_changes=LOG, users=users)
    said = plain(str(Report("pipeline", period="2026-Q3", crm=crm, language="en").ahead()))
    assert "4 of 6 open deals are at risk, worth €65 of €165: 3 to give to someone else" in said
    assert "most in team North (3 deals, €45); data as of 1 Oct 2026." in said
    assert "Ann" not in said and "Bob" not in said
