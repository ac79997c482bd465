"""Periods as reports and people write them, in English and French: T3 2026, juin 2026, S38 2026."""

import re
import unicodedata

_MONTHS = (
    "january february march april may june july august september october november december",
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
)
_LEAST = 3  # letters of a month
_YEAR = r"(?:fy |exercice )?(?P<y>\d{4})"
# S1 may be a week or the first half of a year, so that a week has two digits behind an S.
_FORMS = (
    (r"(?:fy ?|exercice )(?P<y>\d{4})", "{y}"),
    (r"(?P<y>\d{4})q(?P<q>[1-4])", "{y}-Q{q}"),  # as pandas writes a Period
    (rf"[qt](?P<q>[1-4])[ /-]{_YEAR}", "{y}-Q{q}"),
    (r"(?:w|week |semaine )(?P<w>\d\d?)[ /-](?P<y>\d{4})", "{y}-W{w:0>2}"),
    (r"s(?P<w>\d\d)[ /-](?P<y>\d{4})", "{y}-W{w}"),
    (r"(?P<y>\d{4})-s(?P<w>\d\d)", "{y}-W{w}"),
    (r"(?P<month>[a-z]+) (?P<y>\d{4})", "{y}-{m}"),
    (r"(?P<d>\d\d?)(?:er)? (?P<month>[a-z]+) (?P<y>\d{4})", "{y}-{m}-{d:0>2}"),
)


def key_of(text: str) -> str:
    """The key of a period that is written so (T3 2026 -> 2026-Q3), else the text itself."""
    plain = " ".join(_folded(text).replace(",", " ").replace(".", " ").split())
    for pattern, key in _FORMS:
        if found := re.fullmatch(pattern, plain, re.ASCII):
            parts = found.groupdict()
            month = _month(parts["month"]) if "month" in parts else ""
            return text if month is None else key.format(**parts, m=month)
    return text


def _month(word: str) -> str | None:
    """The number of a month, as 09; None where a word begins no name of a month, or several."""
    numbers = {
        f"{n:02}"
        for names in _MONTHS
        for n, name in enumerate(names.split(), 1)
        if name.startswith(word) and len(word) >= _LEAST
    }
    return numbers.pop() if len(numbers) == 1 else None


def _folded(text: str) -> str:
    """Small letters without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
