"""The options of a KPI: the keyword arguments of its function, each with the values that it may
take.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args, get_origin

from kpi_toolkit.errors import DefinitionError, near_misses
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.wording import Phrase

OptionValue = str | int | None
# What readers are told of each value of each option; int stands for any whole number.
Says = Mapping[str, Mapping[OptionValue | type[int], str]]


@dataclass(frozen=True)
class Option:
    """A keyword argument of a KPI: its default, and the values that it may take (None: any whole
    number).
    """

    default: OptionValue
    choices: tuple[str, ...] | None

    def read(self, kpi: str, name: str, given: object) -> OptionValue:
        """The value, or DefinitionError."""
        if self.choices is not None:
            if given in self.choices:
                return str(given)
            raise DefinitionError(
                f"option {name}={given!r} of {kpi}: {near_misses(given, self.choices)}"
            )
        if given is None and self.default is None:
            return None
        if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
            return given
        raise DefinitionError(
            f"option {name}={given!r} of {kpi}: expected a whole number, as in {name}=90"
        )


def phrase(says: Says, name: str, options: Mapping[str, OptionValue]) -> Phrase:
    """What readers are told of an option, given those that were taken; its name and value where
    the definition has no words for it.
    """
    value, known = options[name], says.get(name, {})
    plain = f"{name}: {value}".replace("_", " ")
    text = known.get(value, known.get(int, plain) if isinstance(value, int) else plain)
    numbers = {n: v for n, v in options.items() if isinstance(v, int) and f"{{{n}}}" in text}
    return Phrase(text, numbers)


def options_of(function: Callable[..., Node]) -> dict[str, Option]:
    """The options that a KPI's function declares. Raises DefinitionError for an argument that is
    none.
    """
    parameters = inspect.signature(function, eval_str=True).parameters
    return {name: _option(function, parameter) for name, parameter in parameters.items()}


def _option(function: Callable[..., Node], parameter: inspect.Parameter) -> Option:
    kind = parameter.annotation
    if parameter.kind is not parameter.KEYWORD_ONLY or parameter.default is parameter.empty:
        raise DefinitionError(
            f"KPI {function.__name__!r}: option {parameter.name!r} has to be a keyword argument "
            f"with a default"
        )
    if get_origin(kind) is Literal:
        return Option(parameter.default, tuple(get_args(kind)))
    if kind in (int, int | None):
        return Option(parameter.default, None)
    raise DefinitionError(
        f"KPI {function.__name__!r}: option {parameter.name!r} is {kind}; expected Literal[...] "
        f"of texts, or int"
    )
