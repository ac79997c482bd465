"""Facts and measures refuse, when they are defined, what could not be computed."""

import pytest

from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.kpis.facts import deal_steps, deals, orders
from kpi_toolkit.measures.fact import Fact


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (lambda: Fact("deal"), "fact of table 'deal': did you mean 'deals'"),
        (lambda: Fact("deals", dimensions=("ownr",)), "no column 'ownr'; did you mean 'owner'"),
        (lambda: Fact("deals", columns={"x": "amont * 2"}), "did you mean 'amount'"),
        (lambda: Fact("orders", columns={"x": "deals.owner"}), "'deals' is not joined to orders"),
        (lambda: Fact("orders", joins={"deal": "1 = 1"}), "fact of table 'deal'"),
        (lambda: deals.count("statut = 'won'"), "did you mean 'status'"),
        (lambda: deals.sum("amout"), "did you mean 'amount'"),
        (lambda: deals.count(time="close_at"), "did you mean 'closed_at'"),
        (lambda: deal_steps.count("deals.closed_at < :end"), "give deals.closed_at a name"),
        (lambda: orders.at_end, "does not say between which columns a record is open"),
    ],
)  # fmt: skip
def test_a_slip_is_named_when_it_is_written(define: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        define()


def test_a_measure_with_bounds_is_evaluated_at_them() -> None:
    assert deals.at_end.count().bounded
    assert deals.count("closed_at < :end").bounded
    assert not deals.count("closed_at < :as_of").bounded
    assert deals.count("closed_at < :as_of").follows


def test_equal_measures_are_one() -> None:
    assert deals.count("status = 'won'") == deals.count("status = 'won'")
    assert len({deals.sum("amount"), deals.sum("amount"), deals.sum("commission")}) == 2
