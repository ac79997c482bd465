"""One tree of exceptions, each a sentence for the person who made the mistake, with the exit code
of the command line.
"""

import difflib
import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

NEAR = "did you mean"
Given = ParamSpec("Given")
Made = TypeVar("Made")


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


class CallError(ConfigError, TypeError):
    """A function is called without an argument that it needs, or with one that it does not take; a
    TypeError, as Python expects.
    """


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


def called(function: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function of which a call that does not fit is one sentence with what it takes, in place of
    Python's own TypeError with a traceback.
    """

    @wraps(function)
    def call(*given: Given.args, **named: Given.kwargs) -> Made:
        try:
            return function(*given, **named)
        except TypeError:
            signature = inspect.signature(function)
            try:
                signature.bind(*given, **named)
            except TypeError as misfit:
                raise CallError(_misfit(function, signature, given, misfit)) from None
            raise

    return call


def called_methods(kind: type[Made]) -> type[Made]:
    """A class whose public methods, and the making of it, are `called`."""
    for name, found in list(vars(kind).items()):
        if inspect.isfunction(found) and (name == "__init__" or not name.startswith("_")):
            setattr(kind, name, called(found))
    return kind


def _misfit(
    function: Callable[..., object],
    signature: inspect.Signature,
    given: tuple[object, ...],
    misfit: TypeError,
) -> str:
    """What is wrong with a call, and how it is written: a method by what it is one of."""
    home, _, name = function.__qualname__.rpartition(".")
    owner = getattr(given[0], "name", "") if home and given else ""
    written = {"__init__": home, "__call__": owner}.get(name, f"{owner}.{name}".lstrip("."))
    taken = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    return f"{written}: {misfit}; expected {written}{inspect.Signature(taken)}"


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
