"""A report's mail, read back as a mail program reads it."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block, Finding, ScoreRow
from kpi_toolkit.deliver.message import Envelope, address, message, subject
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.render.document import Document

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} =cmd|' /C calc'!A0"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="500pt" height="100pt" viewBox="0 0 500 100">'
    '<rect width="300" height="50" fill="#123F6D"/></svg>'
)
PDF = b"%PDF-1.7\nnot much of one"
ENVELOPE = Envelope(
    "Reports <reports@example.org>",
    "lead@example.org",
    "r-8c41f7",
    datetime(2026, 10, 5, 4, tzinfo=UTC),
)
FINDINGS = blocks.findings(
    title="What stands out",
    heads=["Finding", "Change", "Weight", "Section"],
    items=[
        Finding(
            [("Deals take longer", True), (f": {HOSTILE}", False)],
            "+6 d",
            False,
            80,
            action="Team leads: look for what waits",
        )
    ],
)
SCORECARD = blocks.scorecard(
    title="Figures",
    subject="",
    heads=["KPI", "Trend", "Q3", "on Q2", "year", "target", "signal", "n", "interval"],
    groups=[
        (
            "Result",
            [
                ScoreRow(
                    "Win rate", "42.1", "%", previous=("+3.2 pp", True), target=(0.9, False, "90%")
                )
            ],
        )
    ],
)
CHART = blocks.chart(
    name="trend", message="Up since June.", subject="Win rate", alt='Up "42.1%"', wide=SVG
)
RESTATED = blocks.restated(
    title="Restated",
    text="",
    heads=["KPI", "before", "now", "change", "cause"],
    rows=[["Win rate", "39.5%", "38.9%", "−0.6 pp", "source data"]],
)


def document(*shown: Block, **facts: str) -> Document:
    laid = tuple({"kind": block.kind, "content": block.content} for block in shown)
    told = {"title": "Sales", "period": "Q3 2026", "company": "Ardane", "edition": "2", **facts}
    return Document("en", blocks=laid, run="r-8c41f7", **told)


def read_back(mail: EmailMessage) -> EmailMessage:
    found = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def mailed(*shown: Block, **facts: str) -> EmailMessage:
    return read_back(message(document(*shown, **facts), ENVELOPE, PDF, "sales-2026-Q3.pdf"))


@pytest.fixture(scope="module")
def mail() -> EmailMessage:
    return mailed(FINDINGS, blocks.row(SCORECARD, CHART), RESTATED)


def html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return body.get_content()


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()


def test_the_headers_say_who_what_and_that_nobody_wrote_it(mail: EmailMessage) -> None:
    assert mail["From"] == "Reports <reports@example.org>"
    assert mail["To"] == "lead@example.org"
    assert mail["Subject"] == "Sales Q3 2026 – Ardane"
    assert mail["Date"].datetime == ENVELOPE.sent_at
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_pdf_is_attached_as_it_is(mail: EmailMessage) -> None:
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "sales-2026-Q3.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == PDF


def test_the_chart_is_a_png_that_the_html_names(mail: EmailMessage) -> None:
    (picture,) = (part for part in mail.walk() if part.get_content_maintype() == "image")
    assert picture.get_content()[:8] == b"\x89PNG\r\n\x1a\n"
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html(mail)
    assert "<svg" not in html(mail)


def test_findings_figures_restatements_and_edition_are_in_both_bodies(mail: EmailMessage) -> None:
    for body in (html(mail), plain(mail)):
        for text in (
            "Deals take longer",
            "Team leads: look",
            "42.1",
            "+3.2 pp",
            "38.9%",
            "Edition 2",
            "r-8c41f7",
        ):
            assert text in body


def test_styles_stand_in_the_elements(mail: EmailMessage) -> None:
    (kept,) = re.findall(r"<style[^>]*>(.*?)</style>", html(mail), re.DOTALL)
    assert kept.strip().startswith("@media (max-width: 620px)")
    assert kept.count("@") == 1
    assert '<span class="bad" style="padding: 1px 4px;background-color: #fbe9e2;' in html(mail)


def test_nothing_in_the_html_is_fetched(mail: EmailMessage) -> None:
    assert "http" not in html(mail)


def test_data_stay_text(mail: EmailMessage) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in html(mail)
    assert HOSTILE in plain(mail)


def test_the_same_run_and_recipient_give_the_same_bytes() -> None:
    def once(to: str) -> bytes:
        envelope = Envelope(ENVELOPE.sender, to, ENVELOPE.run_id, ENVELOPE.sent_at)
        return message(document(FINDINGS, CHART), envelope, PDF, "x.pdf").as_bytes()

    assert once("lead@example.org") == once("lead@example.org")
    ids = {message_from_bytes(once(to))["Message-ID"] for to in ("a@example.org", "b@example.org")}
    assert len(ids) == 2


def test_a_report_without_findings_or_charts_is_a_mail_too() -> None:
    bare = mailed()
    assert "Sales" in html(bare)
    assert not [part for part in bare.walk() if part.get_content_maintype() == "image"]


def test_french_words_in_a_french_mail() -> None:
    laid = Document("fr", "Ventes", edition="1")
    mail = read_back(message(laid, ENVELOPE, PDF, "ventes-2026-Q3.pdf"))
    assert "Le rapport complet est joint en PDF" in plain(mail)


def test_a_title_cannot_open_another_header() -> None:
    mail = mailed(title="Sales\r\nBcc: all@example.org\n\n<b>", company="\u202eevil\x00")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Sales Bcc: all@example.org <b> Q3 2026 – evil"


def test_a_subject_is_one_line_of_some_length() -> None:
    assert len(subject(document(title="x" * 1000))) == 150


@pytest.mark.parametrize(
    "text",
    [
        "lead@example.org\r\nBcc: all@example.org",
        "lead@example.org, all@example.org",
        "Lead\n<lead@example.org>",
        '"a\\"b"@example.org',
        "lead",
        "",
        "@example.org",
        "lead@exa mple.org",
    ],
)
def test_what_is_no_single_plain_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"expected name@example\.org"):
        address(text)


def test_a_name_may_stand_before_an_address() -> None:
    found = address("Équipe Ventes <ventes@example.org>")
    assert (found.display_name, found.addr_spec) == ("Équipe Ventes", "ventes@example.org")
