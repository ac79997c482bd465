"""What the data do not allow is told once at the end, and nothing introduces it."""

from typing import Any

from nbformat.v4 import new_markdown_cell

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.render.document import read
from tests.render.samples import code, notebook, shown

HEADER = blocks.header(
    title="Sales", period="Q3", period_key="2026-Q3", company="A", report="sales", language="en"
)
GONE = blocks.absent(
    "Conversion: not available (missing: Stages).", "Conversion", "missing: Stages"
)
HERE = blocks.text("Eight deals.")


def told(*cells: str | Block) -> list[Any]:
    """The kinds and texts of what is left of prose (markdown) and blocks."""
    made = [new_markdown_cell(c) if isinstance(c, str) else code(shown(c)) for c in cells]
    found = read(notebook(code(shown(HEADER)), new_markdown_cell("# Sales"), *made)).blocks
    return [_text(block["content"]) for block in found]


def _text(content: Any) -> str:
    if "parts" in content:
        return " ".join(run["t"] for part in content["parts"] for run in part["runs"])
    return content.get("text") or content.get("title") or ""


def test_prose_before_nothing_goes_with_it() -> None:
    assert told("## Stages\n\nWhere deals wait.", GONE, "Deals.", HERE) == [
        "Stages", "Deals.", "Eight deals.", "Not available: Conversion (missing: Stages)."
    ]  # fmt: skip


def test_prose_that_introduces_something_else_too_stays() -> None:
    assert told("Where deals wait.", GONE, HERE)[:2] == ["Where deals wait.", "Eight deals."]


def test_a_section_of_nothing_goes_and_the_next_takes_its_number() -> None:
    found = told("## Stages\n\nWhere deals wait.", GONE, "## Deals", HERE)
    assert found[:2] == ["Deals", "Eight deals."]


def test_a_section_that_was_empty_from_the_start_stays() -> None:
    assert told("## To be written", "## Deals", GONE, HERE)[0] == "To be written"


def test_what_lacks_the_same_is_told_together_and_before_the_definitions() -> None:
    other = blocks.absent("Time: not available (missing: Stages).", "Time", "missing: Stages")
    third = blocks.absent("Leads: not available (missing: Leads).", "Leads", "missing: Leads")
    definitions = blocks.definitions(title="Definitions", labels=["a", "b", "c"], items=[])
    found = told(GONE, third, other, GONE, HERE, definitions)
    assert found == [
        "Eight deals.",
        "Not available: Conversion, Time (missing: Stages); Leads (missing: Leads).",
        "Definitions",
    ]


def test_a_stack_keeps_what_it_has() -> None:
    assert told(blocks.stack(GONE, HERE)) != told(HERE)
    found = told("Before.", blocks.stack(GONE, GONE), "After.", HERE)
    assert found[:2] == ["After.", "Eight deals."]


def test_without_gaps_nothing_is_said() -> None:
    assert told("Deals.", HERE) == ["Deals.", "Eight deals."]
