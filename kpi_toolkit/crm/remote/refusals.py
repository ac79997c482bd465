"""What a database refuses, as one sentence: what, where, and what to do."""

from typing import TYPE_CHECKING

from kpi_toolkit.crm.remote import address
from kpi_toolkit.errors import DataError, first_line

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

CONNECTING = "connecting"
# By PostgreSQL's code; elsewhere, and for other codes, the driver's own first line tells.
_SENTENCES = {
    "28P01": "the user or the password is wrong",
    "28000": "this user may not connect from here",
    "3D000": "there is no such database",
    "42501": "{message}; the user of the URL needs the right to SELECT there",
    "25006": "{message}; only what reads is run, in a transaction that cannot write",
    "25P03": "the session was closed after an hour without a question: connect again",
    "57014": "{message}; the server limits how long a statement may take",
}


def sentence(error: Exception, url: "URL", what: str) -> DataError:
    """The sentence for an error of SQLAlchemy or of a driver; `what` was being read."""
    cause: BaseException = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or ""
    message = address.without_password(_message(cause), url)
    where = address.shown(url)
    if what != CONNECTING:
        where += f": {what}" if what else ""
    elif not code:
        code = _log_in(message)
        where += "" if code else ": it cannot be reached"
    return DataError(f"{where}: {_SENTENCES.get(code, '{message}').format(message=message)}")


def _message(cause: BaseException) -> str:
    """The first line, without the driver's own address line before it."""
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return str(primary or first_line(cause))


def _log_in(message: str) -> str:
    """libpq gives a failed log-in no code: its words are the server's own."""
    if "password authentication failed" in message or "no password supplied" in message:
        return "28P01"
    if "does not exist" in message and "database" in message:
        return "3D000"
    return "28000" if "pg_hba.conf" in message else ""
