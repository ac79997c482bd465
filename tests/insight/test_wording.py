"""What a column, a KPI with its options, a cause and a slice are called."""

from typing import get_args

from kpi_toolkit.archive.restatements import Cause
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording


def test_every_cause_has_words_in_both_languages() -> None:
    french, english = Format("fr"), Format("en")
    for cause in get_args(Cause):
        assert wording.cause(french, cause) != wording.cause(english, cause)
