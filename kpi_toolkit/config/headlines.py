"""The headlines of the executive edition: who answers for each, and what to do when it moves."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from kpi_toolkit.config.section import Section

Language = Literal["fr", "en"]


def _by_language(given: object) -> object:
    """A plain text is that of every language."""
    if isinstance(given, str):
        return {"fr": given, "en": given}
    if not isinstance(given, dict):
        raise ValueError('expected a text, or one a language as in { fr = "...", en = "..." }')
    return given


Text = Annotated[dict[Language, str], BeforeValidator(_by_language)]


class HeadlineConfig(Section):
    """One headline; what is missing is told by `kpi check`, so that a draft can be read."""

    owner: Text = {}
    act_on: Text = {}


def text_in(texts: dict[Language, str], language: str) -> str:
    """The text of a language, else of the other one, which is better than none."""
    found = [text.strip() for known, text in texts.items() if known == language]
    return next(filter(None, [*found, *map(str.strip, texts.values())]), "")
