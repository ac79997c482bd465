"""The examples that the articles work out themselves, on records that tell the same story."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.format import Format

MAY = pd.Timestamp("2026-05-10")


def deals(**columns: object) -> kt.Crm:
    frame = pd.DataFrame({"created_at": MAY, "closed_at": MAY, "status": "won", **columns})
    frame["deal_id"] = [f"d{i}" for i in range(len(frame))]
    return kt.from_frames(as_of="2026-10-05", deals=frame)


def accounts(kept: int, lost: int, new: int) -> kt.Crm:
    old, during = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-05-01")
    frame = pd.DataFrame(
        {
            "became_customer_at": [old] * (kept + lost) + [during] * new,
            "churned_at": [None] * kept + [during] * lost + [None] * new,
        }
    )
    frame["churned_at"] = pd.to_datetime(frame["churned_at"])
    frame["account_id"] = [f"a{i}" for i in range(len(frame))]
    return kt.from_frames(as_of="2026-10-05", accounts=frame)


def test_koban_sales_cycle() -> None:
    """Trois ventes de 30, 45 et 60 jours donnent un cycle moyen de 45 jours."""
    days = pd.to_timedelta([30, 45, 60], unit="D")
    crm = deals(first_contact_at=MAY - days, amount=[1.0] * 3)
    assert kt.sales_cycle(crm, "2026-05").value == 45
    assert kt.sales_cycle_median(crm, "2026-05").value == 45


def test_ac_sales_cycle_months() -> None:
    """Début janvier -> début juillet, environ six mois."""
    crm = deals(
        first_contact_at=[pd.Timestamp("2026-01-01")],
        closed_at=[pd.Timestamp("2026-07-01")],
    )
    assert kt.sales_cycle(crm, "2026-07").value == 181


def test_koban_avg_opportunity_value() -> None:
    """(10000+15000+25000)/3: exact inside, rounded only when shown; never 16666."""
    found = kt.average_won_deal(deals(amount=[10_000.0, 15_000.0, 25_000.0]), "2026-05")
    assert found.value == 50_000 / 3
    assert Format("en").number(found.value) == "16,667"


def test_pipedrive_closing_rate() -> None:
    """Sur 50 opportunités, remporte 20 -> 40 %."""
    crm = deals(status=["won"] * 20 + ["lost"] * 30)
    found = kt.close_rate(crm, "2026-05")
    assert (found.numerator, found.denominator, found.value) == (20, 50, 0.4)
    assert kt.decided_win_rate(crm, "2026-05").value == 0.4


def test_ac_close_rate() -> None:
    """100 pistes en cours et seulement 10 transactions menées à bien -> 10 %."""
    crm = deals(
        status=["won"] * 10 + ["open"] * 90,
        closed_at=pd.to_datetime(pd.Series([MAY] * 10 + [None] * 90)),
    )
    assert kt.close_rate(crm, "2026-05").value == 0.1


def test_pipedrive_pipeline_value() -> None:
    """150 000 EUR d'opportunités, dont 40 000 EUR à l'étape proposition."""
    crm = deals(status="open", closed_at=pd.NaT, amount=[60_000.0, 50_000.0, 40_000.0])
    assert kt.pipeline_value(crm, "2026-05").value == 150_000


def test_pipedrive_net_new_revenue() -> None:
    """50 000 EUR de ventes, dont 15 000 EUR de nouveaux clients."""
    orders = pd.DataFrame(
        {
            "order_id": ["o0", "o1", "o2"],
            "line": ["1", "1", "1"],
            "account_id": ["old", "old", "new"],
            "amount": [1.0, 35_000.0, 15_000.0],
            "ordered_at": [pd.Timestamp("2025-01-01"), MAY, MAY],
        }
    )
    assert kt.new_customer_revenue({"orders": orders}, "2026-05").value == 15_000


def test_koban_retention() -> None:
    """200 clients au départ, 30 nouveaux arrivent et 180 restent actifs: 90 %."""
    assert kt.retention_rate(accounts(kept=180, lost=20, new=30), "2026-Q2").value == 0.9


def test_koban_retention_with_180_as_the_final_count() -> None:
    """If 180 were all who are there at the end, 150 of the 200 would have stayed: 75 %."""
    assert kt.retention_rate(accounts(kept=150, lost=50, new=30), "2026-Q2").value == 0.75


def test_pipedrive_churn_value() -> None:
    """Perd 15 % de ses clients en un trimestre: 30 of 200."""
    assert kt.churn_rate(accounts(kept=170, lost=30, new=12), "2026-Q2").value == 0.15


@pytest.mark.parametrize(("before", "after", "shown"), [(12, 8, "−33.3%"), (8, 12, "+50.0%")])
def test_s004_trend(before: int, after: int, shown: str) -> None:
    """Si nous avions huit leads en moyenne, en avoir douze est une bonne chose."""
    change = Format("en").change(after, before, "count")
    assert change.text == shown
    assert change.favourable == (after > before)


def test_pipedrive_nps_change_is_a_difference_not_a_percentage() -> None:
    """A rate that goes from 30 to 55 % gains 25 points."""
    assert Format("en").change(0.55, 0.30, "percent").text.startswith("+25.0")
