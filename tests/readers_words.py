"""The English texts that a reader can see: those that the code, the KPIs and a notebook hold."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from kpi_toolkit import kpis
from kpi_toolkit.crm.tables import TABLES
from kpi_toolkit.format import Format
from kpi_toolkit.insight.wording import column_words
from kpi_toolkit.kpis import facts
from kpi_toolkit.measures import evaluate, recorded
from kpi_toolkit.measures.fact import Fact
from kpi_toolkit.render.markdown import MarkdownCell

Text = str | tuple[str, str]  # a tuple is a singular with its plural

# Texts that a call takes from elsewhere, and what gives them.
ELSEWHERE = {
    "text": "label or definition",
    "self.text": "option",
    "self.reason": "empty",
    "column_words(name)": "column",
    "label": "table",
    "last.grain": "grain",
    "kpi.finest_grain": "grain",
    "kpi.label": "label",
    "name.capitalize()": "notebook",
    "message": "notebook",
    "subject": "notebook",
    "source": "notebook",
    "(stanza.title if stanza else '') or name.replace('_', ' ').capitalize()": "notebook",
}


@dataclass(frozen=True)
class Recording(Format):
    """A format that notes what is looked up."""

    seen: list[str] = field(default_factory=list)

    def t(self, text: str, **values: object) -> str:
        """The text itself."""
        self.seen.append(text)
        return text


def of_code(files: Iterable[Path]) -> tuple[set[Text], set[str]]:
    """The texts that calls of t and tn hold, and those arguments that come from elsewhere."""
    texts: set[Text] = set()
    unknown: set[str] = set()
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        for function, call in _calls(tree):
            if call.func.attr == "tn":  # type: ignore[attr-defined]
                one, many = call.args[:2]
                texts.add((ast.literal_eval(one), ast.literal_eval(many)))
                continue
            found = list(_strings(call.args[0], [function, tree]))
            texts |= set(found)
            if not found and ast.unparse(call.args[0]) not in ELSEWHERE:
                unknown.add(f"{path.name}: {ast.unparse(call.args[0])}")
    return texts, unknown


@cache
def of_kpis() -> frozenset[str]:
    """Families, labels, definitions, options, reasons, tables, grains, dimensions."""
    found = {family.capitalize() for family in (*kpis.FAMILIES, "own")}
    for kpi in kpis.registry().values():
        if not kpi.function.__module__.startswith("kpi_toolkit."):
            continue
        words = kpi.words
        found |= {kpi.label, words.sentence, words.formula, words.counts, words.empty}
        found |= {kpi.known.text} if kpi.known else set()
        found |= {text for phrases in kpi.says.values() for text in phrases.values() if text}
    known = [fact for fact in vars(facts).values() if isinstance(fact, Fact)]
    found |= {column_words(d) for fact in known for d in fact.dimensions}
    found |= {
        evaluate.NOT_STARTED,
        evaluate.NEVER_HALF,
        recorded.BEFORE,
        recorded.AFTER,
        *map(column_words, TABLES),
    }
    found |= {column_words(column) for table in TABLES.values() for column in table.columns}
    return frozenset(found | {"day", "week", "month", "quarter", "year"})


def of_notebook(path: Path) -> set[str]:
    """Headings and paragraphs, groups of the scorecard, and the tables' messages and columns."""
    recording = Recording("en")
    found = {column_words(path.stem)}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            list(MarkdownCell(recording, path.name).blocks(cell.source))
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call):
                found |= set(_of_report_call(node))
            if isinstance(node, ast.Dict):
                found |= set(_groups(node))
    return found | set(recording.seen)


def _groups(headlines: ast.Dict) -> Iterator[str]:
    """The groups of a scorecard that a notebook names once, for its findings too."""
    for key, value in zip(headlines.keys, headlines.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(value, ast.Tuple):
            yield str(key.value).capitalize()


def _of_report_call(call: ast.Call) -> Iterator[str]:
    named = {k.arg: k.value for k in call.keywords if k.arg}
    name = getattr(call.func, "attr", "")
    if name == "scorecard":
        yield from (group.capitalize() for group in named)
    if name == "table":
        yield ast.literal_eval(call.args[1])
        yield from (ast.literal_eval(named[k]) for k in ("subject",) if k in named)
        yield from map(column_words, ast.literal_eval(named["columns"]))


def _calls(tree: ast.AST, within: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.FunctionDef) else within or tree
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("t", "tn"):
            yield inner, node
        yield from _calls(node, inner)


def _strings(node: ast.AST, scopes: list[ast.AST]) -> Iterator[str]:
    """The texts that an expression may be, by what its names are assigned in the scopes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (s for part in (node.body, node.orelse) for s in _strings(part, scopes))
    elif isinstance(node, ast.Subscript):
        yield from _strings(node.value, scopes)
    elif isinstance(node, ast.Dict):
        yield from (s for value in node.values for s in _strings(value, scopes))
    elif isinstance(node, ast.Name):
        yield from (s for value in _assigned(node.id, scopes) for s in _strings(value, scopes))


def _assigned(name: str, scopes: list[ast.AST]) -> Iterator[Any]:
    for scope in scopes:
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name for target in node.targets
            ):
                yield node.value
                return
