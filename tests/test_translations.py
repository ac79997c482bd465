"""Everything a reader sees in English has one French text, with the same values in it."""

import datetime as dt
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from kpi_toolkit import resources
from kpi_toolkit.format import Format
from kpi_toolkit.format.words import Language
from kpi_toolkit.period import Calendar, parse_period
from tests.readers_words import Text, of_code, of_kpis, of_notebook

ROOT = Path(__file__).resolve().parent.parent
TODAY = dt.datetime(2026, 10, 5, tzinfo=dt.UTC).replace(tzinfo=None)
CATALOGUE = resources.LOCALE / "fr" / "LC_MESSAGES" / "kpi_toolkit.po"
# The tutorial is for analysts, in English.
REPORTS = sorted({*(ROOT / "notebooks").glob("*.ipynb")} - {ROOT / "notebooks/start_here.ipynb"})
# A space belongs before these in French; format puts the narrow one in. Not in {a}:{b} or 10:30.
UNSPACED = re.compile(r"[^\s\u202f\u00a0;?!:{][;?!](?=\s|$)|\w:(?=\s|$)|'|\d%")


def needed() -> set[Text]:
    texts, _ = of_code((ROOT / "kpi_toolkit").rglob("*.py"))
    return texts | of_kpis() | set().union(*map(of_notebook, REPORTS))


def catalogue(path: Path = CATALOGUE) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def texts(message: Message) -> list[tuple[str, str]]:
    """Each English text of an entry with its French."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string, strict=False))


def faults(path: Path, wanted: set[Text]) -> list[str]:
    """What is wrong with a catalogue, a line each."""
    entries = [message for message in catalogue(path) if message.id]
    ids = [m.id if isinstance(m.id, str) else tuple(m.id) for m in entries]
    found = [f"lacks {text!r}" for text in sorted(wanted - set(ids), key=str)]
    found += [f"nothing uses {text!r}" for text in sorted(set(ids) - wanted, key=str)]
    lines = re.findall(r'^msgid (".+"\n(?:".*"\n)*|""\n(?:".*"\n)+)', path.read_text("utf-8"), re.M)
    found += [f"twice: {line.strip()}" for line in sorted(set(lines)) if lines.count(line) > 1]
    for message in entries:
        found += _faults_of(message)
    return found


def _faults_of(message: Message) -> list[str]:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(forms) or (not isinstance(message.id, str) and len(forms) != 2):
        return [f"not translated: {message.id!r}"]
    found = [f"fuzzy: {message.id!r}"] if message.fuzzy else []
    for number, (english, french) in enumerate(texts(message)):
        optional = {"n"} if number == 0 and not isinstance(message.id, str) else set()
        if (placeholders(english) ^ placeholders(french)) - optional:
            found.append(f"other values: {english!r}, {french!r}")
        if UNSPACED.search(french):
            found.append(f"spaces or apostrophe: {french!r}")
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_has_one_french_translation() -> None:
    wrong = faults(CATALOGUE, needed())
    assert not wrong, "\n".join(wrong)


def test_every_call_looks_up_a_text_that_is_known() -> None:
    _, unknown = of_code((ROOT / "kpi_toolkit").rglob("*.py"))
    assert not unknown, f"add what gives them to readers_words.ELSEWHERE: {sorted(unknown)}"


def test_templates_hold_no_text_of_their_own_to_translate() -> None:
    files = [f for f in (ROOT / "templates").rglob("*") if f.suffix in (".j2", ".typ")]
    assert files
    held = [f.name for f in files if re.search(r"\.tn?\(", f.read_text("utf-8"))]
    assert not held, held


GOOD = 'msgid "{n} of {all}"\nmsgstr "{n} sur {all}"\n'
PLURAL = 'msgid "One row"\nmsgid_plural "{n} rows"\nmsgstr[0] "Une ligne"\n'


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (GOOD, []),
        ("", ["lacks '{n} of {all}'"]),
        (GOOD + 'msgid "Old"\nmsgstr "Vieux"\n', ["nothing uses 'Old'"]),
        (GOOD + GOOD, ['twice: "{n} of {all}"']),
        ('msgid "{n} of {all}"\nmsgstr ""\n', ["not translated: '{n} of {all}'"]),
        ("#, fuzzy\n" + GOOD, ["fuzzy: '{n} of {all}'"]),
        (
            'msgid "{n} of {all}"\nmsgstr "{n} sur {tout}"\n',
            ["other values: '{n} of {all}', '{n} sur {tout}'"],
        ),
        (
            'msgid "{n} of {all}"\nmsgstr "{n} d\'entre: {all}"\n',
            ['spaces or apostrophe: "{n} d\'entre: {all}"'],
        ),
        (GOOD + PLURAL, ["not translated: ('One row', '{n} rows')"]),
        (GOOD + PLURAL + 'msgstr[1] "{n} lignes"\n', []),
        (GOOD + PLURAL + 'msgstr[1] "lignes"\n', ["other values: '{n} rows', 'lignes'"]),
    ],
)
def test_the_check_finds(entries: str, expected: list[str], tmp_path: Path) -> None:
    path = tmp_path / "words.po"
    path.write_text(entries, encoding="utf-8")
    wanted: set[Text] = {"{n} of {all}"}
    if "One row" in entries:
        wanted.add(("One row", "{n} rows"))
    assert faults(path, wanted) == expected


def test_texts_are_found_wherever_a_call_may_take_them_from(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "CAUSES = {1: 'one', 2: 'two'}\n"
        "def f(words, up, far):\n"
        "    text = 'rises' if up else 'falls'\n"
        "    words.t(text), words.t('plain'), words.t(CAUSES[1]), words.tn('a', 'b', 3)\n"
        "    words.t(far.away)\n"
    )
    found, unknown = of_code([code])
    assert found == {"one", "two", "rises", "falls", "plain", ("a", "b")}
    assert unknown == {"code.py: far.away"}


def test_a_text_is_french_with_its_values_and_spaces() -> None:
    words = Format("fr")
    assert words.t("on {period}", period="T2\u00a02026") == "sur T2\u00a02026"
    assert words.tn("One KPI", "{n} KPIs", 1) == "Un indicateur"
    assert words.tn("One KPI", "{n} KPIs", 8) == "8 indicateurs"
    assert words.clauses(["+3", "", "−2"]) == "+3\u202f; −2"


@pytest.mark.parametrize(
    ("language", "period", "expected"),
    [
        ("fr", "2026-Q3", "au T3\u00a02026"),
        ("fr", "2026-09", "en septembre 2026"),
        ("fr", "2026-W38", "en semaine 38, 2026"),
        ("fr", "2026", "en 2026"),
        ("fr", "2026-07-01", "le 1er juil. 2026"),
        ("fr", "all", "depuis l’origine"),
        ("en", "2026-Q3", "in Q3\u00a02026"),
        ("en", "2026-07-01", "on 1 Jul 2026"),
        ("en", "all", "since the beginning"),
    ],
)
def test_a_period_has_its_preposition(language: Language, period: str, expected: str) -> None:
    assert Format(language).during(parse_period(period, Calendar(), TODAY)) == expected


def test_a_financial_year_is_named_so() -> None:
    year = parse_period("2026", Calendar("Europe/Paris", 4), TODAY)
    assert Format("fr").during(year) == "sur l’exercice 2026"
    assert Format("en").during(year) == "in FY 2026"
