"""A failed command is one sentence on stderr and an exit code, never a traceback."""

import contextlib
import os
import select
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from kpi_toolkit.errors import KpiError, first_line

EXIT_CODES = (
    (0, "fine; for run-due also: nothing was due"),
    (1, "unexpected: a fault of the program; of doctor: a fault of the installation"),
    (2, "kpi.toml, an option or an argument is wrong"),
    (3, "the data cannot be read, or too many rows are bad"),
    (4, "the KPI needs a table or column that the data lack"),
    (5, "the archive cannot be read or written, or has faults"),
    (6, "a report's notebook failed"),
    (7, "a page cannot be made"),
    (130, "interrupted"),
    (141, "whoever read its output, as head does, has stopped"),
)
EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES) + "."


class Verbs(TyperGroup):
    """A group of verbs that says in one sentence what went wrong."""

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run the command line; where its output is closed, end as other tools do."""
        try:
            return super().main(*args, **settings)
        except SystemExit as ended:
            if ended.code == 1 and _is_unread():
                raise SystemExit(141) from None
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run a verb; whatever it raises becomes a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except typer.TyperException as error:
            raise _asked(error) from None
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError as error:
            if _is_unread():
                raise
            raise _told(_fault(error), 1, error) from error
        except KpiError as error:
            raise _told(str(error), error.exit_code, error) from error
        except Exception as error:
            raise _told(_fault(error), 1, error) from error


def _asked(error: Any) -> Exception:
    """A wrong use of a verb; one without its KPI says where to find one."""
    if getattr(getattr(error, "param", None), "metavar", "") == "KPI":
        error.message = error.message or "`kpi list` names them all"
    found: Exception = error
    return found


def _is_unread() -> bool:
    """Whether nobody reads our output any more: a broken pipe may as well be a server's."""
    poll = select.poll()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # a test's output is no file
            poll.register(stream.fileno(), 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _fault(error: Exception) -> str:
    said = f"{type(error).__name__}: {first_line(error)}"
    return f"{said} (this is a fault of the program; set KPI_DEBUG=1 for the traceback)"


def _told(sentence: str, code: int, error: Exception) -> Exception:
    if os.environ.get("KPI_DEBUG"):
        return error
    typer.echo(f"kpi: {sentence}", err=True)
    return typer.Exit(code)
