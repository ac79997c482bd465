"""What a column, a KPI with its options, a cause and a slice are called."""

from typing import get_args

from kpi_toolkit.archive.restatements import Cause
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording


def test_every_cause_has_words_in_both_languages() -> None:
    french, english = Format("fr"), Format("en")
    for cause in get_args(Cause):
        assert wording.cause(french, cause) != wording.cause(english, cause)


def test_what_data_lack_is_told_in_business_words() -> None:
    lacks = ("orders", "accounts.became_customer_at", "subscriptions.mrr", "business_hours")
    assert wording.lacking(Format("en"), lacks) == (
        "Orders, Became customer on (Accounts), MRR (Subscriptions), business_hours"
    )
    assert wording.lacking(Format("fr"), ["orders", "deals.created_at"]) == (
        "Commandes, Date de création (Affaires)"
    )
