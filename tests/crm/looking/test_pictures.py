"""Customers without a date: how long, and whether they left, make the dates that churn needs."""

import re

from tests.crm.looking.conftest import Look

CUSTOMERS = (
    "customerID,Contract,tenure,Churn,MonthlyCharges\n"
    "A,Monthly,1,No,10\nB,Monthly,0,Yes,20\nC,Yearly,24,Yes,30.5\n"
)


def test_what_is_missing_is_told_and_the_recipe_works_as_it_stands(look: Look) -> None:
    found = look({"customers.csv": CUSTOMERS})
    assert found.says("churn needs became_customer_at and churned_at")
    for name in ("accounts", "subscriptions"):
        body = found.text.partition(f"# The file {name}.sql, beside kpi.toml:\n")[2]
        lines = re.match(r"(?:#   .*\n)+", body)
        assert lines
        (found.folder / f"{name}.sql").write_text(lines[0].replace("#   ", ""))
    text = re.sub(r"^# (?=(tenure|churned|mrr) = )", "", found.text, flags=re.MULTILINE)
    text = text.replace("[tables.accounts]", '[tables.accounts]\nsql = "accounts.sql"', 1)
    text += '[tables.subscriptions]\nsql = "subscriptions.sql"\n'
    crm = type(found)(text, found.folder).connect()
    sql = (
        "SELECT account_id, CAST(became_customer_at AS DATE)::VARCHAR, "
        "CAST(churned_at AS DATE)::VARCHAR FROM accounts ORDER BY 1"
    )
    assert crm.query(sql) == [
        ("A", "2023-10-31", None),
        ("B", "2023-11-30", "2023-12-31"),
        ("C", "2021-11-30", "2023-12-31"),
    ]
    sql = "SELECT CAST(sum(mrr) AS DOUBLE), count(ended_at) FROM subscriptions"
    assert crm.query(sql) == [(60.5, 2)]


def test_a_table_without_a_date_says_so(look: Look) -> None:
    found = look({"accounts.csv": "account_id,segment,industry\nA,S,I\nB,S,I\n"})
    assert found.says("No column here was read as a date")
    dated = "account_id,segment,created_at\nA,S,2024-01-31\nB,S,2024-02-01\n"
    assert not look({"accounts.csv": dated}).says("No column here was read as a date")
