"""MavenTech's pipeline bridge: its export has no changes."""

from decimal import Decimal
from pathlib import Path

import pytest

import kpi_toolkit as kt
from kpi_toolkit.errors import NotAvailable


def test_the_quarters_add_up_and_say_what_they_cannot_know(project: Path) -> None:
    crm = kt.connect(project)
    ends: list[Decimal] = []
    for quarter in ("2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"):
        found = kt.pipeline_bridge(crm, quarter)
        assert found.start + sum(part.amount for part in found.parts) == found.end
        assert found.knowledge.source == "today"
        assert found.end == found.end_as_known
        assert float(found.end) == kt.pipeline_value(crm, quarter).value
        assert [part.name for part in found.parts if not part.known] == ["increased", "decreased"]
        # What is lost was closed at 0 there: it counts at its list price, as while it was open.
        lost = kt.lost_value(crm, quarter).value
        assert float(found["lost"].amount) == -lost < -100_000
        assert found.without_amount == 0 and len(found["lost"].deals) > 100
        assert not ends or found.start == ends[-1]
        ends.append(found.end)
    with pytest.raises(NotAvailable, match="expected_close_on"):
        kt.pipeline_bridge(crm, "2017-Q4", closing="2017-Q4")
