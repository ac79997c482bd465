"""Which canonical table a file is, and which of its columns are which of ours, by their names."""

from dataclasses import dataclass
from functools import cached_property

from kpi_toolkit.crm.looking.heads import Column, Head
from kpi_toolkit.crm.looking.names import is_scaled, plain, shorter, words
from kpi_toolkit.crm.looking.synonyms import NOUNS, rarity, synonyms
from kpi_toolkit.crm.tables import TABLES, Table

# A file is proposed as a table from this score on: the name of the file and two telling columns,
# or the names of three or four columns.
LEAST_SCORE = 1.5
# Words of a column that numbers the rows, and how many of the rows have to have a number apart.
_NUMBERING = frozenset(("id", "n", "no", "nr", "num", "numero", "number", "ref", "reference", "#"))
_DISTINCT = 0.95
# What a deal has once, whatever its stages: a log of whole deals is no history of stages.
_ONCE = frozenset(("amount", "status", "closed_at", "expected_close_on", "close_reason"))
_SO, _NEARLY, _PERHAPS = 0, 1, 2


@dataclass(frozen=True)
class Match:
    """A source column for one of ours, by a name that says `weight` of the table, at most 1.

    One that is not sure only bears a part of such a name, or counts thousands or cents.
    """

    name: str
    column: Column
    sure: bool
    weight: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """A file as one table."""

    table: Table
    head: Head
    matches: tuple[Match, ...]

    @property
    def sure(self) -> tuple[Match, ...]:
        """The matches by the whole name."""
        return tuple(match for match in self.matches if match.sure)

    @cached_property
    def score(self) -> float:
        """How much speaks for the table: rare names more than those that many tables have."""
        told = sum(match.weight + 0.1 for match in self.sure)
        ids = [match for match in self.sure if match.name in self.table.key]
        own = max((0.5 if self._bears_noun(m) else 0.5 * m.weight for m in ids), default=0.0)
        return told + own + 1.2 * self.is_named

    def _bears_noun(self, match: Match) -> bool:
        """Whether the name of an id says whose id it is."""
        told = words(match.column.name)
        return len(told) > 1 and told[0] in NOUNS.get(self.table.name, "").split()

    @property
    def is_named(self) -> bool:
        """Whether the last telling word of the file's name is the table's."""
        named = f"{self.head.path.name.partition('.')[0]} {self.head.part}"
        told = [word for word in words(named) if _tables_of(word)]
        return bool(told) and self.table.name in _tables_of(told[-1])

    @property
    def fits(self) -> bool:
        """Whether enough speaks for it, and something beside ids."""
        if self.is_history:
            return True
        names = {match.name for match in self.sure}
        telling = any(not name.endswith("_id") for name in names)
        known = self.is_named or self.has_ids
        return self.score >= LEAST_SCORE and len(names) > 1 and telling and known

    @cached_property
    def is_history(self) -> bool:
        """Whether a row is a stay in a stage: the deals stand several times, with a stage and an
        instant, and with nothing that a deal has only once.
        """
        found = {match.name: match.column for match in self.sure}
        if self.table.name != "deal_stages" or not found.keys() >= self.table.columns.keys():
            return False
        deals = {match.name for match in matched(self.head, TABLES["deals"]) if match.sure}
        repeats = len(found["deal_id"].texts) < _DISTINCT * self.head.rows
        return repeats and not deals & _ONCE

    @property
    def has_ids(self) -> bool:
        """Whether its rows can be told apart."""
        ids = {name for name in self.table.key if self.table.is_required(name)}
        return ids <= {match.name for match in self.sure}


def candidates(head: Head) -> list[Candidate]:
    """The file as each table, the likeliest first."""
    found = [Candidate(table, head, matched(head, table)) for table in TABLES.values()]
    return sorted(found, key=_place)


def _place(found: Candidate) -> tuple[bool, bool, float, str]:
    """A history of stages comes first, then a table that the file is named by, where its rows have
    their ids.
    """
    named = found.fits and found.is_named and found.has_ids
    return not found.is_history, not named, -found.score, found.table.name


def matched(head: Head, table: Table) -> tuple[Match, ...]:
    """Each column of ours at most once, each of the file's at most once, in our order."""
    offers = sorted(
        (level, place, position, name, word)
        for position, column in enumerate(head.columns)
        if is_nameable(column, head)
        for name, (level, place, word) in _names_of(column.name, table).items()
    )
    taken: dict[str, Match] = {}
    used: set[int] = set()
    for level, _, position, name, word in offers:
        if name not in taken and position not in used:
            column = head.columns[position]
            scaled = table.columns[name].type == "money" and is_scaled(column.name)
            taken[name] = Match(name, column, level < _PERHAPS and not scaled, rarity(word))
            used.add(position)
    return _with_id(tuple(taken[name] for name in table.columns if name in taken), head, table)


def _with_id(matches: tuple[Match, ...], head: Head, table: Table) -> tuple[Match, ...]:
    """The matches, and where none is the id, the column that is numbered and hardly repeats."""
    key = next(iter(table.columns))
    sure = {match.name: match.column for match in matches if match.sure}
    if key in sure or not key.endswith("_id"):
        return matches
    used = [id(column) for column in sure.values()]
    for column in head.columns:
        if id(column) not in used and is_nameable(column, head) and _numbers(column, head, table):
            own = bool(set(words(column.name)) & set(NOUNS.get(table.name, "").split()))
            others = (m for m in matches if m.name != key and m.column is not column)
            return (Match(key, column, sure=True, weight=1.0 if own else 0.2), *others)
    return matches


def _numbers(column: Column, head: Head, table: Table) -> bool:
    """Whether a column is named a number or reference, of nothing else, and nearly every row has
    its own.
    """
    told = set(words(column.name))
    others = told - _NUMBERING - set(NOUNS.get(table.name, "").split())
    enough = _DISTINCT * (head.rows - len(head.faults))
    return (
        bool(told & _NUMBERING)
        and not any(_tables_of(word) for word in others)
        and len(column.texts) >= enough
    )


def is_nameable(column: Column, head: Head) -> bool:
    """Whether a column can be named in kpi.toml: by a name, and one that stands once."""
    return column.name in head.nameable


def _names_of(name: str, table: Table) -> dict[str, tuple[int, int, str]]:
    """Our columns that a name may mean: how nearly, how far behind it stands in their list, and by
    which word.
    """
    known = synonyms(table.name)
    bare = plain(name)
    found = {column: (_SO, place, bare) for column, place in known.get(bare, {}).items()}
    for variant in shorter(name, frozenset(NOUNS.get(table.name, "").split())):
        for column, place in known.get(variant, {}).items():
            found.setdefault(column, (_NEARLY, place, variant))
    if found:
        return found
    for word, columns in known.items():
        if len(word) > 5 and (bare.startswith(word) or bare.endswith(word)):
            for column, place in columns.items():
                found.setdefault(column, (_PERHAPS, place, word))
    return found


def _tables_of(word: str) -> list[str]:
    return [table for table, nouns in NOUNS.items() if word in nouns.split()]
