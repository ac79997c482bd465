"""A failed command is one sentence on stderr and an exit code, never a traceback."""

import os
from typing import Any

import typer
from typer.core import TyperGroup

from kpi_toolkit.errors import KpiError, first_line

EXIT_CODES = (
    (0, "fine; for run-due also: nothing was due"),
    (1, "unexpected: a fault of the program"),
    (2, "kpi.toml, an option or an argument is wrong"),
    (3, "the data cannot be read, or too many rows are bad"),
    (4, "the KPI needs a table or column that the data lack"),
    (5, "the archive cannot be read or written, or has faults"),
    (6, "a report's notebook failed"),
    (7, "a page cannot be made"),
    (130, "interrupted"),
)
EPILOG = "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES) + "."


class Verbs(TyperGroup):
    """A group of verbs that says in one sentence what went wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run a verb; whatever it raises becomes a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise
        except KpiError as error:
            raise _told(str(error), error.exit_code, error) from error
        except Exception as error:
            said = f"{type(error).__name__}: {first_line(error)}"
            hint = "this is a fault of the program; set KPI_DEBUG=1 for the traceback"
            raise _told(f"{said} ({hint})", 1, error) from error


def _told(sentence: str, code: int, error: Exception) -> Exception:
    if os.environ.get("KPI_DEBUG"):
        return error
    typer.echo(f"kpi: {sentence}", err=True)
    return typer.Exit(code)
