"""A fact has a row for each of its table's: what is joined to it never multiplies them."""

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import Crm, from_frames
from kpi_toolkit.crm.quoting import instant
from kpi_toolkit.kpis import facts
from kpi_toolkit.measures import source
from kpi_toolkit.measures.expression import PARAMETERS, name
from kpi_toolkit.measures.fact import Fact

FACTS = {key: found for key, found in vars(facts).items() if isinstance(found, Fact)}
DAY = pd.Timestamp("2026-09-01")


@pytest.fixture(scope="module")
def crm() -> Crm:
    """Each joined table holds every record twice."""
    return from_frames(
        deals=twice(deal_id=["d1", "d2"], pipeline=["p", None], owner=["Ann", "Bob"]),
        accounts=twice(account_id=["a1", "a2"], segment=["x", "y"]),
        stages=twice(pipeline=["p", None], stage=["offer", "offer"], position=[1, 2]),
        deal_stages=pd.DataFrame(
            {"deal_id": ["d1", "d2"], "stage": "offer", "entered_at": [DAY, DAY]}
        ),
        orders=pd.DataFrame(
            {"order_id": ["o1", "o2"], "account_id": ["a1", None], "deal_id": ["d1", "d2"]}
        ),
        leads=pd.DataFrame({"lead_id": ["l1", "l2"]}),
        mailings=pd.DataFrame({"day": [DAY, DAY], "delivered": [10, 20]}),
        subscriptions=twice(subscription_id=["s1", "s2"], account_id=["a1", None]),
        products=twice(product=["p"], range=["basic"]),
        tickets=twice(ticket_id=["t1", "t2"], product=["p", None]),
        surveys=pd.DataFrame({"response_id": ["r1", "r2"], "ticket_id": "t1", "account_id": "a1"}),
    )


@pytest.mark.parametrize("key", FACTS)
def test_a_fact_has_as_many_rows_as_its_table(crm: Crm, key: str) -> None:
    fact = FACTS[key]
    bounds = dict.fromkeys(PARAMETERS, instant(DAY.to_pydatetime()))
    every = map(name, fact.columns)
    rows = source.select(fact, every, crm.columns, bounds=bounds, whole_rows=True)
    joined = crm.query(f"SELECT count(*) FROM ({rows})")
    assert joined == crm.query(f"SELECT count(*) FROM {name(fact.table)}") == [(2,)]


def twice(**columns: list) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(columns)] * 2)
