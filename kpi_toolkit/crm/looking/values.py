"""The words of a CRM for what is one of a few things to us: value maps with the counts seen."""

from dataclasses import dataclass
from typing import Any

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.looking.heads import Column
from kpi_toolkit.crm.looking.names import plain
from kpi_toolkit.crm.looking.toml import shown

MOST_VALUES = 60
_WORDS = {
    "won": "won, closed won, win, gagne, gagnee, signe, signee, conclu, conclue, accepte, "
    "gewonnen, ganada, ganado",
    "lost": "lost, closed lost, perdu, perdue, refuse, refusee, rejete, verloren, perdida, perdido",
    "open": "open, opened, ouvert, ouverte, en cours, in progress, new, nouveau, pending",
    "new": "new, new business, nouveau, nouvelle affaire, newbusiness, nouveau client, initial, "
    "neugeschaft, neukunde, negocio nuevo, nuevo negocio",
    "renewal": "renewal, renewed, renouvellement, reconduction",
    "upsell": "upsell, up sell, expansion, montee gamme",
    "cross_sell": "cross sell, crosssell, vente croisee",
    "upgrade": "upgrade, expansion",
    "downgrade": "downgrade, contraction",
    "call": "call, appel, phone call, telephone",
    "email": "email, e mail, mail, courriel, incoming email",
    "message": "message, sms, note, communication, whatsapp, chat",
    "meeting": "meeting, event, reunion, rendezvous, rdv, visite",
    "demo": "demo, demonstration",
    "task": "task, todo, to do, tache, relance",
    "in": "in, inbound, incoming, entrant",
    "out": "out, outbound, outgoing, sortant",
    "request": "request, question, incident, problem, task, demande, service request, ticket",
    "complaint": "complaint, reclamation, plainte",
    "renewed": "renewed, renouvele",
    "changed": "changed, upgraded, downgraded, modifie",
    "cancelled": "cancelled, canceled, churned, resilie, annule",
    "nps": "nps, net promoter score",
    "csat": "csat, satisfaction, customer satisfaction",
    "ces": "ces, customer effort score",
    "positive": "positive, positif",
    "neutral": "neutral, neutre",
    "negative": "negative, negatif",
    "marketing": "marketing",
    "sales": "sales, ventes, commercial",
}
# Neither won nor plainly open: what they count as is a decision.
_UNSURE = """cancelled, canceled, annule, annulee, abandoned, abandonne, abandonnee, on hold,
suspendu, suspendue, en attente, stand by, deleted, supprime, archived, archive, disqualified,
disqualifie, duplicate, doublon, sans suite, no decision, closed, clos, close, ferme, fermee"""
# What stands before the outcome, the longer ones first.
_CLOSED = (
    *("closed", "cloture", "clos", "fermee", "ferme", "cerrada", "cerrado"),
    *("abgeschlossenund", "abgeschlossen", "geschlossenund", "geschlossen"),
)
_DOUBTFUL = frozenset(plain(word) for word in _UNSURE.split(","))
_YES, _NO = "true yes y oui o vrai 1 t x wahr ja", "false no n non faux 0 f falsch nein"
_TRUE, _FALSE = frozenset(_YES.split()), frozenset(_NO.split())


@dataclass(frozen=True)
class ValueMap:
    """A map for one column; `known` texts have a word of ours."""

    values: dict[str, Any]
    evidence: str
    known: int


def closed_set(column: Column, allowed: tuple[str, ...], whole: bool) -> ValueMap | None:
    """A map onto the allowed words; None where they stand as they are, or nothing is known.

    A text without a word of ours stays as it is, so that its rows are set aside by name.
    """
    words = _known(allowed)
    found = {text: words[plain(text)] for text in column.texts if plain(text) in words}
    rest = [text for text in column.texts if text not in found]
    if all(text in allowed for text in column.texts) and whole:
        return None
    told = counts(column)
    if rest:
        asked = ", ".join(shown(text) for text in rest[:6])
        told += (
            f". decide: {asked} {_is(rest)} none of {', '.join(allowed)}; such rows are set aside"
        )
    values = found | ({} if whole and not rest else {"*": "="})
    return ValueMap(values, told, len(found))


def status(column: Column) -> ValueMap | None:
    """A deal's status: words for won and lost, anything else is open but for what is doubtful."""
    words = _known(("won", "lost", "open"))
    bare = {text: _stage_word(text) for text in column.texts}
    values = {t: words[w] for t, w in bare.items() if words.get(w) in ("won", "lost")}
    if not {"won", "lost"} & set(values.values()) or len(bare) > MOST_VALUES:
        return None
    doubtful = [text for text, word in bare.items() if word in _DOUBTFUL]
    told = counts(column)
    if doubtful:
        told += f". decide: {', '.join(map(shown, doubtful))}: lost or open? rows are set aside"
    asked = dict.fromkeys(doubtful, "decide: lost or open")
    return ValueMap(values | asked | {"*": "open"}, told, len(values))


def boolean(column: Column) -> ValueMap | None:
    """A map of two words onto true and false; None where the cells say true and false, or more."""
    texts = [text.lstrip(TYPED).lower() for text in column.texts]
    if not texts or not set(texts) <= _TRUE | _FALSE:
        return None
    values = {text: text.lower() in _TRUE for text in column.texts if not text.startswith(TYPED)}
    return ValueMap(values | {"*": "="}, counts(column), len(values))


def is_truth(column: Column) -> bool:
    """Whether the cells say true or false, as the reader takes them."""
    return {text.lstrip(TYPED).lower() for text in column.texts} <= {"true", "false"}


def counts(column: Column, most: int = 8) -> str:
    """The different texts with how often each stands."""
    texts = column.texts
    told = [f"{shown(text.lstrip(TYPED), 30)} {column.cells[text][0]:,}" for text in texts[:most]]
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    empty = column.cells.get("", (0, 0))[0]
    number = f"{len(texts):,} value{'s' if len(texts) > 1 else ''}"
    return f"{number}: {', '.join(told)}{more}" + (f"; {empty:,} empty" if empty else "")


def _known(allowed: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in allowed:
        found |= dict.fromkeys(map(plain, _WORDS.get(word, word).split(", ")), word)
        found[plain(word)] = word
    return found


def _stage_word(text: str) -> str:
    """A stage without the number or word in front: "6 - Gagnée", "Closed Won", "Clos - perdu"."""
    bare = plain(text).lstrip("0123456789")
    for front in _CLOSED:
        if bare.startswith(front) and len(bare) > len(front):
            return bare[len(front) :]
    return bare


def _is(rest: list[str]) -> str:
    return "is" if len(rest) == 1 else "are"
