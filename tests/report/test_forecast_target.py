"""A forecast beside the target of the months that it is about."""

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.crm.connect import from_frames
from tests.models import made


@pytest.mark.parametrize(("aim", "said"), [(1e9, "of which €1"), (1.0, "which this covers.")])
def test_the_target_of_the_months_to_come_stands_beside_them(aim: float, said: str) -> None:
    """What new deals have to bring is what a director decides on."""
    targets = pd.DataFrame({"kpi": ["won_value"], "period": ["2025-Q3"], "value": [aim]})
    crm = from_frames(**made.crm_of_deals(), targets=targets, as_of=made.AS_OF)
    message = kt.Report("p", period="2025-Q2", language="en", crm=crm).forecast().content["message"]
    assert "Target of Q3\u00a02025: " in message and said in message
