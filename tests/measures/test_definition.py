"""Definitions: their hash, their registry, their options, and an analyst's own in a notebook."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import kpi_toolkit as kt
from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format
from kpi_toolkit.kpis.facts import deals
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.measures.wording import label

HASHES = (
    "from kpi_toolkit.kpis import registry; print(*(k.bind().hash for k in registry().values()))"
)
WORDS = "Deals won.\n\nFormula: won\nCounts: won deals\nEmpty: 0\n"


def define(node: Node, name: str = "won_here", module: str = "__main__", **changes: object) -> Kpi:
    def function() -> Node:
        return node

    function.__name__, function.__module__, function.__doc__ = name, module, WORDS
    settings = {"label": "Won", "unit": "count", "better": "up", "window": "event", **changes}
    return kt.kpi(**settings)(function)


# -- the hash


def test_the_hash_is_one_in_every_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", HASHES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    hashes = found.pop().split()
    assert len(set(hashes)) == len(hashes)
    assert all(len(h) == 12 and int(h, 16) >= 0 for h in hashes)


def test_the_hash_does_not_depend_on_spelling() -> None:
    one = define(deals.count("status='won'  and amount>5"))
    other = define(deals.count("status = 'won'\n  AND amount > 5"))
    assert one.bind().hash == other.bind().hash


@pytest.mark.parametrize(
    ("node", "changes"),
    [
        (deals.count("status = 'lost'"), {}),
        (deals.count("status = 'Won'"), {}),
        (deals.count("status = 'won'", time="created_at"), {}),
        (deals.sum("amount", "status = 'won'"), {}),
        (deals.during.count("status = 'won'"), {}),
        (deals.count("status = 'won'") * 2, {}),
        (deals.count("status = 'won'"), {"unit": "ratio"}),
        (deals.count("status = 'won'"), {"better": "down"}),
        (deals.count("status = 'won'"), {"window": "stock"}),
        (deals.count("status = 'won'"), {"name": "won_there"}),
    ],
)
def test_the_hash_changes_with_what_decides_the_number(
    node: Node, changes: dict[str, object]
) -> None:
    before = define(deals.count("status = 'won'")).bind().hash
    assert define(node, **changes).bind().hash != before


def test_the_hash_changes_with_an_option() -> None:
    bind = kt.new_customer_revenue.bind
    hashes = {bind().hash, bind(new_for="months").hash, bind(new_for="months", months=6).hash}
    assert len(hashes) == 3
    assert bind(months=12).hash == bind().hash


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": {"net": "amount - coalesce(refunded, 1)"}},
        {"where": "quantity > 1"},
        {"joins": {"accounts": "accounts.account_id = orders.deal_id"}},
        {"time": "ordered_on"},
    ],
)
def test_the_hash_changes_with_the_fact(changes: dict[str, object]) -> None:
    parts = {
        "columns": {"net": "amount - coalesce(refunded, 0)"},
        "joins": {"accounts": "accounts.account_id = orders.account_id"},
        "time": "paid",
    }
    paid = {"paid": "accounts.created_at", "ordered_on": "ordered_at"}
    hashes = set()
    for each in (parts, {**parts, **changes}):
        fact = Fact("orders", **{**each, "columns": {**each["columns"], **paid}})
        hashes.add(define(fact.sum("net")).bind().hash)
    assert len(hashes) == 2


# -- the registry


def test_a_second_definition_of_a_name_is_refused() -> None:
    with pytest.raises(DefinitionError, match="kpi_toolkit.kpis.sales.amounts defines one"):
        define(deals.count(), name="won_value")
    assert kt.won_value is kt.kpis.find("won_value")


def test_the_same_module_may_define_it_again() -> None:
    first, second = define(deals.count()), define(deals.count("status = 'won'"))
    assert first is not second
    assert kt.kpis.find("won_here") is second


@pytest.mark.parametrize("reserved", ["__main__", "analysis.own"])
def test_a_kpi_of_ones_own_has_the_family_own(reserved: str) -> None:
    assert define(deals.count(), module=reserved).family == "own"
    assert kt.won_value.family == "sales"


# -- the form


@pytest.mark.parametrize(
    ("argument", "word", "near"),
    [
        ("unit", "cont", "did you mean 'count'"),
        ("better", "higher", "expected one of up, down, context"),
        ("window", "events", "did you mean 'event'"),
        ("finest_grain", "months", "did you mean 'month'"),
        ("indicator", "leadin", "did you mean 'leading'"),
    ],
)
def test_a_misspelt_word_of_a_definition_is_refused(argument: str, word: str, near: str) -> None:
    with pytest.raises(DefinitionError, match=f"KPI 'won_here', {argument}='{word}': {near}"):
        define(deals.count(), **{argument: word})


def test_a_docstring_says_what_it_counts() -> None:
    def silent() -> Node:
        """Deals."""
        return deals.count()

    with pytest.raises(DefinitionError, match="its docstring lacks Formula, Counts, Empty"):
        kt.kpi(label="x", unit="count", better="up", window="event")(silent)


def test_an_option_is_a_keyword_with_a_default() -> None:
    def asked(days: int = 3) -> Node:
        return deals.count()

    asked.__doc__ = WORDS
    with pytest.raises(DefinitionError, match="'days' has to be a keyword argument"):
        kt.kpi(label="x", unit="count", better="up", window="event")(asked)


def test_an_option_is_a_literal_or_a_whole_number() -> None:
    def asked(*, share: float = 0.5) -> Node:
        return deals.count()

    asked.__doc__ = WORDS
    with pytest.raises(DefinitionError, match="expected Literal"):
        kt.kpi(label="x", unit="count", better="up", window="event")(asked)


def test_a_function_returns_arithmetic_over_measures() -> None:
    with pytest.raises(DefinitionError, match="expected arithmetic over measures"):
        define(3)
    with pytest.raises(DefinitionError, match=r"0\.5 in a KPI's formula"):
        define(deals.count() * 0.5)


@pytest.mark.parametrize("name", list(kt.kpis.registry()))
def test_every_kpi_reads_with_one_that_exists(name: str) -> None:
    known = kt.kpis.registry()
    assert known[name].reads_with
    assert set(known[name].reads_with) <= set(known)


# -- what readers are told of options


def every_choice() -> list[tuple[str, str, object]]:
    return [
        (kpi.name, name, value)
        for kpi in kt.kpis.registry().values()
        for name, option in kpi.options.items()
        for value in (*(option.choices or (90,)), option.default)
        if kpi.function.__module__.startswith("kpi_toolkit.")
    ]


@pytest.mark.parametrize(("kpi", "option", "value"), every_choice())
def test_no_text_shows_the_name_of_an_option(kpi: str, option: str, value: object) -> None:
    bound = kt.kpis.find(kpi).bind(**{option: value})
    words, english = bound.kpi.words, Format("en")
    said = [bound.told(english, text) for text in (words.counts, words.formula, words.sentence)]
    said.append(label(english, bound.kpi.label, bound.phrases))
    for text in said:
        assert "option" not in text
        assert f"{option}:" not in text.replace(" ", "_")
        assert "{" not in text


def test_a_definition_and_a_label_say_which_option_was_taken() -> None:
    french = Format("fr")
    business, elapsed = kt.resolution_time.bind(), kt.resolution_time.bind(hours="elapsed")
    assert label(french, "Resolution time", business.phrases).endswith("(en heures ouvrées)")
    assert label(french, "Resolution time", elapsed.phrases).endswith("(en heures d’horloge)")
    assert "in business hours" in str(kt.resolution_time._repr_mimebundle_()["text/plain"])
    within = kt.lead_conversion_rate.bind(within_days=1_000)
    assert within.told(french, within.kpi.words.counts).count("en 1\u202f000 jours") == 1
    assert not kt.lead_conversion_rate.bind().phrases
    months = kt.new_customer_revenue.bind(new_for="months", months=6)
    assert label(Format("en"), "New", months.phrases) == (
        "New (all orders of the first 6 months of each account)"
    )


# -- an analyst's own

CELL = '''
from typing import Literal
import kpi_toolkit as kt
from kpi_toolkit.kpis.facts import deals

@kt.kpi(label="Small deals", unit="percent", better="down", window="event", finest_grain="week")
def small_deal_share(*, below: int = 100, of: Literal["won", "lost"] = "won"):
    """Won deals that are small.

    Formula: small / won
    Counts: won deals closed in the period
    Empty: no data when no deal was won
    """
    return deals.count(f"status = '{of}' and amount < {below}") / deals.count(f"status = '{of}'")
'''


def test_a_kpi_of_a_notebook_cell_behaves_as_a_built_in_one() -> None:
    frame = pd.DataFrame(
        {
            "deal_id": ["a", "b", "c"],
            "status": ["won", "won", "lost"],
            "amount": [50.0, 500.0, 70.0],
            "owner": ["Ann", None, "Ann"],
            "closed_at": pd.Timestamp("2026-09-02"),
        }
    )
    shell = InteractiveShell()
    shell.run_cell(CELL).raise_error()
    shell.run_cell(CELL).raise_error()
    crm = kt.from_frames(as_of="2026-10-05", deals=frame)
    own = kt.kpis.find("small_deal_share")
    assert shell.user_ns["small_deal_share"] is own is kt.small_deal_share
    assert own(crm, "2026-09").value == 0.5
    assert own(crm, "2026-09", below=1_000).value == 1.0
    assert own(crm, "2026-09", of="lost").value == 1.0
    assert own.by(crm, "2026-09", "owner")["value"].tolist() == [1.0, 0.0]
    assert own.series(crm, "2026-09", 2)["n"].tolist() == [0, 2]
    assert own.records(crm, "2026-09")["in_numerator"].tolist() == [True, False]
    assert "did you mean 'below'" in _message(lambda: own(crm, "2026-09", bellow=1))
    assert isinstance(own.options["of"].choices, tuple)
    assert own.bind().hash != own.bind(below=99).hash
    assert [phrase.said(Format("en")) for phrase in own.bind(below=99).phrases] == ["below: 99"]


def test_a_name_that_nobody_defined_says_what_comes_near() -> None:
    assert "decided_win_rate" in _message(lambda: kt.kpis.find("decided_winrate"))


def _message(call: object) -> str:
    with pytest.raises(DefinitionError) as caught:
        call()
    return str(caught.value)
