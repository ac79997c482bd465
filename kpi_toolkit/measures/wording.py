"""A KPI in a reader's words: the parts of its docstring, which the dictionary prints."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kpi_toolkit.errors import DefinitionError
from kpi_toolkit.format import Format
from kpi_toolkit.measures.formula import Node

FIELDS = ("Formula", "Counts", "Empty")


@dataclass(frozen=True)
class Phrase:
    """What readers are told of an option that was taken: "within {within_days} days", in English,
    by which translations look it up, and the numbers in it.
    """

    text: str
    numbers: Mapping[str, int]

    def said(self, words: Format) -> str:
        """The phrase in the language of a report."""
        counts = {name: words.count(number) for name, number in self.numbers.items()}
        return words.t(self.text, **counts)


def label(words: Format, text: str, phrases: Iterable[Phrase]) -> str:
    """A KPI's label, with what has to be said of its options in brackets."""
    said = ", ".join(filter(None, (phrase.said(words) for phrase in phrases)))
    return f"{words.t(text)} ({said})" if said else words.t(text)


@dataclass(frozen=True)
class Words:
    """What the dictionary prints of a KPI, in English; translations look these texts up."""

    sentence: str
    formula: str
    counts: str
    empty: str

    @classmethod
    def of(cls, function: Callable[..., Node]) -> Words:
        """The parts of a docstring: a sentence, then Formula, Counts and Empty."""
        lines = inspect.cleandoc(function.__doc__ or "").splitlines()
        parts: dict[str, list[str]] = {"": []}
        part = ""
        for line in lines:
            head, colon, rest = line.partition(":")
            if colon and head in FIELDS:
                part, line = head, rest
            parts.setdefault(part, []).append(line.strip())
        missing = [name for name in FIELDS if not parts.get(name)]
        if missing or not "".join(parts[""]):
            raise DefinitionError(
                f"KPI {function.__name__!r}: its docstring lacks "
                f"{', '.join(missing or ['its first sentence'])}; "
                "expected a sentence, then lines that start with 'Formula:', 'Counts:' and 'Empty:'"
            )
        return cls(*(" ".join(filter(None, parts[name])) for name in ("", *FIELDS)))
