"""Numbers, dates and words as a reader sees them, in French or English.

Nothing else formats a number. Babel knows the separators and the months, gettext the words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpi_toolkit.errors import ConfigError, near_misses
from kpi_toolkit.format.dates import Dates
from kpi_toolkit.format.numbers import (
    MINUS,
    MONEY,
    NO_DATA,
    Better,
    Change,
    Number,
    Numbers,
    Scale,
    Unit,
)
from kpi_toolkit.format.words import LANGUAGES, NBSP, NNBSP, Language

__all__ = [
    "LANGUAGES",
    "MINUS",
    "MONEY",
    "NBSP",
    "NNBSP",
    "NO_DATA",
    "Better",
    "Change",
    "Format",
    "Language",
    "Number",
    "Scale",
    "Unit",
]


@dataclass(frozen=True)
class Format(Numbers, Dates):
    """The formats of one language and currency: Format("fr").percent(0.421) -> '42,1 %'.

    `names` are what a project's readers call values of its CRM: {"Proposal": "Proposition"}.
    """

    language: Language = "en"
    currency: str = "EUR"
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ConfigError(
                f"language {self.language!r}: {near_misses(self.language, LANGUAGES)}"
            )
