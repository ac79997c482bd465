"""A report as a mail: text, HTML with one chart, and the PDF. One message a person."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from kpi_toolkit.deliver.letter import letter
from kpi_toolkit.deliver.picture import png
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.render.document import Document

# Deliberately narrower than RFC 5322: what it leaves out could open another header or recipient.
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_NAMED = re.compile(r"(?P<name>[^<>\"]*)<(?P<address>[^<>]+)>\s*")
_SUBJECT_LENGTH = 150


@dataclass(frozen=True)
class Envelope:
    """Who sends what to whom: addresses as in kpi.toml, the run that made it, and when (aware).

    `project` is the folder whose templates/ come first.
    """

    sender: str
    recipient: str
    run_id: str
    sent_at: datetime
    project: Path | None = None


def message(document: Document, envelope: Envelope, pdf: bytes, pdf_name: str) -> EmailMessage:
    """The mail of a report; its bytes depend on the arguments alone. Raises ConfigError."""
    sender, recipient = address(envelope.sender), address(envelope.recipient)
    key = hashlib.sha256(f"{envelope.run_id} {recipient.addr_spec}".encode()).hexdigest()[:32]
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, recipient
    mail["Subject"] = subject(document)
    mail["Date"] = format_datetime(envelope.sent_at)
    mail["Message-ID"] = f"<{key}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    _fill(mail, document, f"{key[:16]}.chart@{sender.domain}", envelope.project)
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=pdf_name)
    for number, part in enumerate(_multiparts(mail)):
        part.set_boundary(f"=_{key}_{number}")
    return mail


def address(text: str) -> Address:
    """'Reports <reports@example.org>' as an address. Raises ConfigError."""
    named = _NAMED.fullmatch(text.strip())
    name, found = (named["name"].strip(), named["address"]) if named else ("", text.strip())
    if not _ADDRESS.fullmatch(found) or not text.isprintable():
        raise ConfigError(
            f"address {text!r}: expected name@example.org, or Name <name@example.org>"
        )
    return Address(display_name=name, addr_spec=found)


def subject(document: Document) -> str:
    """Title, period and company on one line, without characters that steer a mail program."""
    title = f"{document.title} {document.period}".strip()
    whole = " – ".join(part for part in (title, document.company) if part)
    plain = "".join(c if c.isprintable() else " " for c in whole)
    return " ".join(plain.split())[:_SUBJECT_LENGTH]


def _fill(mail: EmailMessage, document: Document, picture_id: str, project: Path | None) -> None:
    shown = letter(document)
    mail.set_content(shown.text())
    mail.add_alternative(shown.html(f"cid:{picture_id}", project), subtype="html")
    if shown.chart:
        body = mail.get_body(("html",))
        assert body is not None
        picture = png(shown.chart["wide"])
        body.add_related(picture, maintype="image", subtype="png", cid=f"<{picture_id}>")


def _multiparts(mail: Message) -> Iterator[Message]:
    return (part for part in mail.walk() if part.is_multipart())
