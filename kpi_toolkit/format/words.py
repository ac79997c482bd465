"""Texts in a language: gettext's words, and the spaces that a language wants."""

import gettext
import io
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from kpi_toolkit import resources

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
NNBSP, NBSP = "\u202f", "\u00a0"
_LONGEST_NAME, _HEAD = 48, 32


class Words:
    """The words of `language`."""

    language: Language

    def t(self, text: str, **values: object) -> str:
        """The text in this language, with {named} values put in."""
        found = _catalogue(self.language).gettext(text) if text else ""
        return self.typeset(found.format(**values) if values else found)

    def tn(self, one: str, many: str, n: int, **values: object) -> str:
        """The singular or the plural, with {n} put in as a count."""
        found = _catalogue(self.language).ngettext(one, many, n)
        return self.typeset(found.format(n=self._count(n), **values))

    def typeset(self, text: str) -> str:
        """French spacing: a narrow no-break space before ; ? ! %, a wide one before a colon."""
        if self.language != "fr":
            return text
        for mark in ";?!%»":
            text = text.replace(f" {mark}", NNBSP + mark)
        return text.replace(" :", NBSP + ":").replace("« ", "«" + NNBSP)

    @property
    def colon(self) -> str:
        """The colon with the space that the language puts before it."""
        return NBSP + ":" if self.language == "fr" else ":"

    def named(self, name: str) -> str:
        """A name as sentences and lists show it: of one longer than 48 letters the beginning and
        the end, since either may tell it from its like.
        """
        if len(name) <= _LONGEST_NAME:
            return name
        return f"{name[:_HEAD].rstrip()}…{name[_HEAD + 1 - _LONGEST_NAME :].lstrip()}"

    def clauses(self, parts: Iterable[str]) -> str:
        """Parts of a sentence with semicolons between them; empty ones are left out."""
        return self.typeset((" ; " if self.language == "fr" else "; ").join(filter(None, parts)))

    def _count(self, n: int) -> str:
        raise NotImplementedError


@lru_cache(maxsize=4)
def _catalogue(language: str) -> gettext.NullTranslations:
    path = resources.LOCALE / language / "LC_MESSAGES" / "kpi_toolkit.po"
    if not path.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
