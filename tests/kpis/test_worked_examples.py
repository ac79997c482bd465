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
    crm = deals(amount=[10_000.0, 15_000.0, 25_000.0], status=["won", "lost", "open"])
    found = kt.average_opportunity_value(crm, "2026-05")
    assert found.value == 50_000 / 3
    assert Format("en").number(found.value) == "16,667"


def test_qobra_avg_deal() -> None:
    """Valeur monétaire moyenne de vos transactions conclues: those won only."""
    crm = deals(amount=[10_000.0, 15_000.0, 25_000.0], status=["won", "lost", "won"])
    assert kt.average_won_deal(crm, "2026-05").value == 17_500


def test_pipedrive_cycle_change() -> None:
    """60 jours -> 40 jours: a third less, and shown in days."""
    june = [MAY + pd.Timedelta(days=31)]
    contacts = pd.to_timedelta([60, 40], unit="D")
    crm = deals(closed_at=[MAY, *june], first_contact_at=[MAY, *june] - contacts)
    before, after = (kt.sales_cycle(crm, month).value for month in ("2026-05", "2026-06"))
    assert (before, after) == (60, 40)
    change = Format("en").change(after, before, "days", "down")
    assert (change.text, change.favourable) == ("−20.0\u202fd", True)


def test_ac_stage_duration() -> None:
    """Dix fois plus de temps à la création de proposition."""
    stages = pd.DataFrame({"stage": ["contact", "proposition"], "position": [1, 2]})
    stays = pd.DataFrame(
        {
            "deal_id": "d0",
            "stage": stages["stage"],
            "entered_at": [MAY - pd.Timedelta(days=22), MAY - pd.Timedelta(days=20)],
        }
    )
    crm = kt.from_frames(
        as_of="2026-10-05",
        deals=pd.DataFrame({"deal_id": ["d0"], "closed_at": [MAY], "status": "won"}),
        deal_stages=stays,
        stages=stages,
    )
    days = kt.time_in_stage.by(crm, "2026-Q2")["value"]
    assert days["proposition"] == 10 * days["contact"] == 20


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


def test_ac_two_companies() -> None:
    """L'entreprise 1 conclut 75 %, l'entreprise 2 seulement 5 % mais gagne plus d'argent."""
    one = deals(status=["won"] * 3 + ["lost"], amount=100.0)
    two = deals(status=["won"] + ["lost"] * 19, amount=1_000.0)
    rates = [kt.decided_win_rate(crm, "2026-05").value for crm in (one, two)]
    assert rates == [0.75, 0.05]
    assert kt.won_value(two, "2026-05").value > kt.won_value(one, "2026-05").value
    # So each is read with the other.
    assert "average_won_deal" in kt.decided_win_rate.reads_with
    assert "decided_win_rate" in kt.average_won_deal.reads_with


def test_qobra_opportunity_to_customer() -> None:
    """(nombre de clients / nombre d'opportunités) x 100."""
    crm = deals(status=["won"] * 3 + ["lost"] * 5 + ["open"] * 2)
    assert kt.opportunity_to_customer_rate(crm, "2026-05").value == 0.3


def velocity(days: int) -> kt.Crm:
    """Four open deals; of ten decided, five were won for 2,000 each."""
    begun = MAY - pd.Timedelta(days=days)
    return deals(
        status=["open"] * 4 + ["won"] * 5 + ["lost"] * 5,
        closed_at=pd.to_datetime(pd.Series([None] * 4 + [MAY] * 10)),
        created_at=begun,
        amount=2_000.0,
    )


def test_qobra_pipeline_velocity() -> None:
    """(nombre d'opportunités x taille moyenne x taux de réussite) / durée du cycle de vente."""
    found = kt.pipeline_velocity(velocity(days=50), "2026-05")
    assert (found.value, found.unit) == (4 * 2_000 * 0.5 / 50, "money_per_day")


def test_pipedrive_pipeline_velocity() -> None:
    """90 jours -> 60 jours: all else equal, one and a half times as fast."""
    before, after = (kt.pipeline_velocity(velocity(d), "2026-05").value for d in (90, 60))
    assert after == pytest.approx(1.5 * before, rel=1e-15)


def test_pipedrive_pipeline_value() -> None:
    """150 000 EUR d'opportunités, dont 40 000 EUR à l'étape proposition."""
    crm = deals(status="open", closed_at=pd.NaT, amount=[60_000.0, 50_000.0, 40_000.0])
    assert kt.pipeline_value(crm, "2026-05").value == 150_000
    stays = pd.DataFrame(
        {"deal_id": ["d0", "d1", "d2"], "stage": ["contact", "demo", "proposition"]}
    )
    staged = kt.from_frames(
        as_of="2026-10-05",
        deals=crm.frame("SELECT * EXCLUDE _line FROM deals"),
        deal_stages=stays.assign(entered_at=MAY),
        stages=stays[["stage"]].assign(position=[1, 2, 3]),
    )
    by_stage = kt.pipeline_value_by_stage.by(staged, "2026-05")["value"]
    assert (by_stage["proposition"], by_stage.sum()) == (40_000, 150_000)


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
    assert kt.revenue({"orders": orders}, "2026-05").value == 50_000


def test_ac_net_new_revenue() -> None:
    """Souscriptions annuelles -> première année; produits à l'unité -> premier achat."""
    orders = pd.DataFrame(
        {
            "order_id": ["o0", "o1", "o2"],
            "line": "1",
            "account_id": "new",
            "amount": [100.0, 20.0, 3.0],
            "ordered_at": [MAY, MAY + pd.DateOffset(months=4), MAY + pd.DateOffset(months=13)],
        }
    )
    data = {"orders": orders}
    assert kt.new_customer_revenue(data, "all").value == 100
    assert kt.new_customer_revenue(data, "all", new_for="months").value == 120


def leads(n: int, customers: int, **columns: object) -> kt.Crm:
    became = pd.to_datetime(pd.Series([MAY] * customers + [None] * (n - customers)))
    frame = pd.DataFrame({"created_at": MAY, "became_customer_at": became, **columns})
    frame["lead_id"] = [f"l{i}" for i in range(n)]
    return kt.from_frames(as_of="2026-10-05", leads=frame)


def test_koban_conversion_rate() -> None:
    """30 clients sur 200 prospects donnent un taux de conversion de 15 %."""
    assert kt.lead_conversion_rate(leads(200, 30), "2026-05").value == 0.15


def test_pipedrive_lead_conversion() -> None:
    """200 leads via Google Ads, 30 deviennent clients -> 15 %."""
    found = kt.lead_conversion_rate.by(leads(200, 30, channel="Google Ads"), "2026-05", "channel")
    assert found.loc["Google Ads", "value"] == 0.15


def test_pipedrive_lead_count() -> None:
    """300 leads via un webinar."""
    found = kt.leads_created.by(leads(300, 0, source="webinar"), "2026-05", "source")
    assert found.loc["webinar", "value"] == 300


def test_koban_success_by_source() -> None:
    """(5/50)*100=10%."""
    found = kt.lead_source_success_rate.by(leads(50, 5, source="salon"), "2026-05")
    assert found.loc["salon", "value"] == 0.1


def test_qobra_lead_to_opportunity() -> None:
    """(nombre d'opportunités / nombre de prospects) x 100."""
    opportunities = pd.to_datetime(pd.Series([MAY] * 12 + [None] * 28))
    crm = leads(40, 0, opportunity_at=opportunities)
    assert kt.lead_to_opportunity_rate(crm, "2026-05").value == 0.3


def test_pipedrive_lead_response() -> None:
    """Passe de 48 h à 3 h; conversion bondit de 10 % à 18 %."""
    slow, fast = (
        leads(50, customers, first_contacted_at=MAY + pd.Timedelta(hours=hours))
        for hours, customers in ((48, 5), (3, 9))
    )
    hours = [kt.lead_response_time(crm, "2026-05").value for crm in (slow, fast)]
    rates = [kt.lead_conversion_rate(crm, "2026-05").value for crm in (slow, fast)]
    assert (hours, rates) == ([48, 3], [0.10, 0.18])
    assert Format("en").change(rates[1], rates[0], "percent").text.startswith("+8.0")


def test_ac_upsell_rate() -> None:
    """1 client sur 5 -> 20 %."""
    customers = accounts(kept=5, lost=0, new=0).frame("SELECT * EXCLUDE _line FROM accounts")
    bought = pd.DataFrame(
        {"deal_id": ["d0"], "account_id": "a0", "status": "won", "kind": "upsell"}
    ).assign(closed_at=MAY)
    crm = kt.from_frames(as_of="2026-10-05", accounts=customers, deals=bought)
    assert kt.upsell_rate(crm, "2026-Q2").value == 0.2


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
