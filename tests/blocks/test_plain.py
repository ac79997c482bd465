"""The text form of each kind: golden texts, as a console shows them."""

from kpi_toolkit import blocks
from tests.render.samples import every_kind

GOLDEN = {
    "header": """\
Ardane
Sales Q3 2026
Faster?
Data as of: 5 Oct 2026 · Compared with: Q2""",
    "findings": """\
What to remember
1. Won value beats its target: 4.82 for 4.60.  [+4.8%]
Weight: effect.""",
    "scorecard": """\
Scorecard
Q3 2026
KPI                    Q3  on Q2  on 2025  target  Signal     n     95% CI
Result
Won value (€m)  4.82 rev.  +9.3%   −15.0%  104.8%  8 above  212  20.9–24.6
Won value (€m)  4.82 rev.  +9.3%   −15.0%  104.8%  8 above  212  20.9–24.6
On a tint: unfavourable.""",
    "restated": """\
Restated
Q2 as published.
KPI        Published  Restated  Change  Cause
Won value       4.47      4.41   −1.3%  5 deals cancelled
The rest stands.""",
    "heading": "Won value",
    "chart": """\
August passes the limit.
By month
Month  Days
Aug      61
Limits from 18 months.""",
    "table": """\
Four deals.
By amount
Account    Owner  Amount
Account 0  Ana    95 710
Account 1  Ana    95 710
Total              2 017""",
    "quality": """\
Data quality
312 rows set aside
Reason   Rows
No date   141
Total     312
See the file.""",
    "text": """\
Note
A paragraph.
Bold and not
- first
- second
1. one""",
    "preformatted": "a  b\n1  2",
    "picture": "A grey box.",
    "definitions": """\
Dictionary
Won value
  Signed.
  Formula: sum
  Counts: by date
  Empty: 0""",
    "row": """\
Half a page.
Deals
Bars: 3, 2.
A note.

Half a page.
Deals
Bars: 3, 2.
A note.""",
}


def test_every_kind_has_its_golden_text() -> None:
    found = {name: str(block) for name, block in every_kind(rows=2).items()}
    assert found == GOLDEN


def test_no_finding_says_so() -> None:
    empty = blocks.findings(title="Findings", heads=["a"] * 4, items=[], nothing="Nothing moved.")
    assert str(empty) == "Findings\nNothing moved."


def test_a_block_prints_itself_as_its_text() -> None:
    block = every_kind()["heading"]
    assert block._repr_mimebundle_()["text/plain"] == str(block)
