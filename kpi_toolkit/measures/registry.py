"""The one registry of KPIs, and the decorator that fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import get_args

from kpi_toolkit.errors import DefinitionError, called, near_misses
from kpi_toolkit.format import Better, Unit
from kpi_toolkit.measures.formula import Node
from kpi_toolkit.measures.indicator import Indicator, of_catalogue
from kpi_toolkit.measures.inspected import inspected
from kpi_toolkit.measures.known import Known
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.measures.options import Says, options_of
from kpi_toolkit.measures.value import Window
from kpi_toolkit.measures.wording import Words
from kpi_toolkit.period import Grain

# %autoreload runs this module again in the same namespace: the KPIs defined so far stay.
_REGISTRY: dict[str, Kpi] = globals().get("_REGISTRY", {})


def registered() -> Mapping[str, Kpi]:
    """Every KPI that has been defined, by name."""
    return _REGISTRY


def find(name: str) -> Kpi:
    """A KPI by name. Raises DefinitionError with near misses."""
    if name not in _REGISTRY:
        raise DefinitionError(f"KPI {name!r}: {near_misses(name, _REGISTRY)}")
    return _REGISTRY[name]


@called
def kpi(  # noqa: PLR0913 - what a dictionary says of a KPI, each by its name
    *,
    label: str,
    unit: Unit,
    better: Better,
    window: Window,
    finest_grain: Grain = "month",
    catalogue: Iterable[str] = (),
    indicator: Indicator | None = None,
    reads_with: Iterable[str] = (),
    default_by: str | None = None,
    matures: str | None = None,
    says: Says | None = None,
    label_says: Iterable[str] = (),
    needs_history: bool = False,
    known: Known | None = None,
) -> Callable[[Callable[..., Node]], Kpi]:
    """Register the KPI of a function that returns arithmetic over measures, under its name.

    The function's keyword arguments are its options: a Literal of texts, or a whole number.
    `indicator` says whether it is leading or lagging; the catalogue's rows say it by themselves.
    `matures` is, for a cohort, the time from a record's beginning to its outcome. `says` gives
    the words for the values of an option, which stand where the docstring names it, as {hours}, and
    in the label: where a value is not the usual one, or always for those in `label_says`. With
    `needs_history`, a value is a caution while fewer than twelve months of records precede it.
    `known` says which records do not count for want of data. A second KPI of one name is refused,
    unless it is the same cell or module that is run again.
    """

    said = {"unit": unit, "better": better, "window": window, "finest_grain": finest_grain}

    def decorate(function: Callable[..., Node]) -> Kpi:
        _check(function.__name__, {**said, "indicator": indicator})
        made = Kpi(
            name=function.__name__,
            label=label,
            family=_family(function),
            words=Words.of(function),
            function=function,
            unit=unit,
            better=better,
            window=window,
            finest_grain=finest_grain,
            catalogue=tuple(catalogue),
            indicator=indicator or of_catalogue(catalogue),
            reads_with=tuple(reads_with),
            default_by=default_by,
            options=options_of(function),
            matures=matures,
            says=says or {},
            label_says=tuple(label_says),
            needs_history=needs_history,
            known=known,
        )
        made.bind()
        before = _REGISTRY.get(made.name)
        if before and before.function.__module__ != function.__module__:
            raise DefinitionError(
                f"KPI {made.name!r}: {before.function.__module__} defines one of that name "
                f"already; choose another name"
            )
        _REGISTRY[made.name] = inspected(made)
        return made

    return decorate


_WORDS: Mapping[str, tuple[str | None, ...]] = {
    "unit": get_args(Unit),
    "better": get_args(Better),
    "window": get_args(Window),
    "finest_grain": get_args(Grain),
    "indicator": (None, *get_args(Indicator)),
}


def _check(name: str, said: Mapping[str, str | None]) -> None:
    """A misspelt word would be taken for one of no meaning. Raises DefinitionError."""
    for argument, word in said.items():
        if word not in _WORDS[argument]:
            near = near_misses(word, filter(None, _WORDS[argument]))
            raise DefinitionError(f"KPI {name!r}, {argument}={word!r}: {near}")


def _family(function: Callable[..., Node]) -> str:
    """The module or the folder of kpi_toolkit.kpis that defines it; "own" of any other."""
    home, _, inside = function.__module__.partition("kpi_toolkit.kpis.")
    return inside.partition(".")[0] if inside and not home else "own"
