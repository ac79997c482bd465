"""A whole report over data in which every text tries to be something else."""

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

import kpi_toolkit as kt
from kpi_toolkit.blocks import Block
from kpi_toolkit.deliver.message import Envelope, message
from kpi_toolkit.render.document import Document, Stamp, read
from kpi_toolkit.render.html import page
from kpi_toolkit.render.pdf import pdf
from tests.render.reading import Page

HOSTILE = [
    "<script>alert(1)</script>",
    "$\\frac{1}{0}$ $",
    "_{^}\\undefined$x$",
    '#read("/etc/passwd")',
    "{{7*7}}{% raw %}",
    "]]>&lt;&#x0;",
    "\u202eevil\x1b[31m",
    "=cmd|' /C calc'!A0",
    "Bcc: all@example.org\r\nX: y",
    "x" * 2000,
]


def deals() -> pd.DataFrame:
    count = 40 * len(HOSTILE)
    day = pd.Series(pd.date_range("2025-07-01", periods=count, freq="27h"))
    name = pd.Series([HOSTILE[n % len(HOSTILE)] for n in range(count)])
    status = pd.Series([("won", "lost", "open")[n % 3] for n in range(count)])
    return pd.DataFrame(
        {
            "deal_id": [str(n) for n in range(count)],
            "owner": name,
            "source": name,
            "stage": name,
            "close_reason": name,
            "status": status,
            "amount": [(-1) ** n * 10.0 ** (n % 14) for n in range(count)],
            "created_at": day,
            "closed_at": day.where(status != "open"),
        }
    )


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("nowhere"))
        crm = kt.from_frames(deals=deals(), as_of="2026-10-05", name=HOSTILE[0])
        report = kt.Report("sales", period="2026-Q3", crm=crm)
        shown = [
            report,
            report.findings(kt.won_value),
            report.scorecard(kt.won_value, kt.decided_win_rate),
            report.trend(kt.won_value),
            report.ranking(kt.won_value, by="owner"),
            report.variance(kt.won_value, by="source"),
            report.table(report.records(kt.won_value).head(30), HOSTILE[1], subject=HOSTILE[0]),
            report.quality(),
            report.dictionary(),
        ]
        return read(notebook(shown), Stamp("r-1", "1", "5 Oct 2026"))


def notebook(shown: list[kt.Report | Block]) -> nbformat.NotebookNode:
    outputs = [new_output("display_data", data=one._repr_mimebundle_()) for one in shown]
    return new_notebook(cells=[new_code_cell("x", outputs=[output]) for output in outputs])


def active(seen: Page) -> list[str]:
    """Elements and attributes that could run or fetch something."""
    return [
        f for f in seen.faults if re.match(r"</|<(?!svg|table|td|th|tr|style)|<\w+ (on|form)", f)
    ]


def test_the_page_runs_nothing_and_fetches_nothing(document: Document) -> None:
    seen = Page(page(document))
    assert not active(seen)
    assert not [a for a in seen.addresses if not a.startswith(("#", "data:image/png"))]
    assert "<script>alert(1)</script>" in seen.text


def test_the_paper_is_set(document: Document) -> None:
    assert pdf(document).startswith(b"%PDF-")


def test_the_mail_has_the_headers_that_it_is_given(document: Document, tmp_path: Path) -> None:
    envelope = Envelope("a@example.org", "b@example.org", "r-1", pd.Timestamp("2026-10-05T04Z"))
    mail = message(document, envelope, b"%PDF-", "sales.pdf")
    assert mail["To"] == "b@example.org"
    assert not {"Bcc", "X"} & set(mail.keys())
    html = mail.get_body(("html",))
    assert html is not None
    assert not active(Page(html.get_content()))


def test_a_report_that_shows_nothing_is_an_empty_page() -> None:
    nothing = read(new_notebook(cells=[new_code_cell("x = 1")]))
    assert pdf(nothing).startswith(b"%PDF-")
    assert "Report" in page(nothing)
