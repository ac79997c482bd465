"""Names of columns and files, made comparable."""

import re
import unicodedata

_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SCALE = re.compile(
    r"[(\[][^()\[\]]*?(?:\b[km](?=[\W_]|eur|usd|gbp|chf)|[€$£][km]\b|000"
    r"|\b(?:thousand|million|millier|mio|mln|tsd|cents?\b|centimes?\b))",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS = re.compile(r"[a-z0-9#]+")
_ARTICLES = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "del", "of", "the", "en"))
_LEADING = ("property", "hs", "sf", "crm", "u", "dossier")


def words(name: str) -> tuple[str, ...]:
    """The words of a name: without accents, capitals, punctuation, articles and parentheses."""
    bare = _PARENTHESES.sub(" ", name)
    bare = bare if _WORDS.search(bare.lower()) else name
    folded = unicodedata.normalize("NFKD", _CAMEL.sub(" ", bare).replace("°", " "))
    ascii_only = folded.encode("ascii", "ignore").decode().lower()
    return tuple(word for word in _WORDS.findall(ascii_only) if word not in _ARTICLES)


def plain(name: str) -> str:
    """The words in one piece, so that CloseDate, close_date and closedate are the same."""
    return "".join(words(name))


def is_scaled(name: str) -> bool:
    """Whether parentheses say that an amount counts thousands, millions or cents, as in (k€)."""
    return bool(_SCALE.search(name))


def shorter(name: str, nouns: frozenset[str]) -> tuple[str, ...]:
    """The plain name without what tools put before and behind it, and without the table's noun."""
    found = list(words(name))
    while len(found) > 1 and found[0] in _LEADING:
        found = found[1:]
    if len(found) > 1 and found[-1] == "c":
        found = found[:-1]
    without_noun = found[1:] if len(found) > 1 and found[0] in nouns else found
    return tuple(dict.fromkeys(("".join(found), "".join(without_noun))))
