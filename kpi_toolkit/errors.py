"""One tree of exceptions, each a sentence for the person who made the mistake, with the exit code
of the command line.
"""

import difflib
from collections.abc import Iterable

NEAR = "did you mean"


class KpiError(Exception):
    """A user's mistake or a refusal: one sentence that says what, where and what to do."""

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """IPython shows these lines instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ConfigError(KpiError):
    """kpi.toml, an option or an argument is wrong."""

    exit_code = 2


class PeriodError(ConfigError):
    """A period or a date cannot be read, or is finer than a KPI allows."""


class DefinitionError(ConfigError):
    """A KPI's definition, option or dimension is wrong."""


class UnknownName(DefinitionError, AttributeError):
    """The package has no such KPI or function; an AttributeError, as Python expects."""


class DataError(KpiError):
    """A source cannot be read, or too many of its rows are bad."""

    exit_code = 3


class NotAvailable(KpiError):
    """A KPI needs a table or column that the source lacks."""

    exit_code = 4


class ArchiveError(KpiError):
    """The archive cannot be read or written."""

    exit_code = 5


class RunError(KpiError):
    """A report's notebook failed."""

    exit_code = 6


class RenderError(KpiError):
    """A page cannot be made."""

    exit_code = 7


def near_misses(given: object, known: Iterable[object]) -> str:
    """ "did you mean 'owner'?", else what would have been accepted."""
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(given), names, 3, 0.6)
    if near:
        return f"{NEAR} {' or '.join(map(repr, near))}?"
    if not names:
        return "nothing is known here"
    shown = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
    return f"expected one of {shown}"


def first_line(error: BaseException) -> str:
    """The first line of a library's message."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
