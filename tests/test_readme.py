"""The commands that README.md and docs/ show are found, and the targets of make exist.

Those of kpi are executed by tests/system/test_readme_commands.py.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# docs/one_number.md is run with all that it prints by tests/system/test_one_number.py.
DOCS = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != "one_number.md"]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]
FENCE = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:kpi|make) [a-z][^`\n]*)`")
# Within sentences a command may stand without what it needs, or with dots for the reader to fill.
OPEN = re.compile(r"\.\.\.|…|<|\[|[A-Z]{3,}")


def commands(program: str) -> list[str]:
    """Each command of a program once, in the order of the pages."""
    found = (line for page in PAGES if page.is_file() for line in shown(page.read_text("utf-8")))
    return list(dict.fromkeys(line for line in found if line.split()[0] == program))


def shown(page: str) -> Iterator[str]:
    for block in FENCE.findall(page):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|;", line.partition(" #")[0]):
                words = re.sub(r"^\s*(\$ )?(\.venv/bin/)?", "", part).strip()
                if words and not words.startswith("#"):
                    yield words
    for words in INLINE.findall(FENCE.sub("", page)):
        if not OPEN.search(words):
            yield words


def test_commands_are_found_in_blocks_and_sentences() -> None:
    page = (
        "```sh\n$ make report  # first\nkpi run sales \\\n  --period 2026-Q3\n```\nThen `kpi list`."
    )
    assert list(shown(page)) == ["make report", "kpi run sales    --period 2026-Q3", "kpi list"]


def test_the_readme_shows_commands() -> None:
    assert len(commands("kpi")) >= 5
    assert "make report" in commands("make")


@pytest.mark.parametrize("command", commands("make"))
def test_each_target_of_make_is_there(command: str) -> None:
    """`-n` prints what a target would do; an unknown target is an error."""
    done = subprocess.run(
        [*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_unknown_target_would_be_noticed() -> None:
    done = subprocess.run(["make", "reprot", "-n"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
