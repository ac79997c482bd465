"""docs/one_number.md is true: each command and each piece of Python prints the lines below it."""

import html
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "one_number.md"
BLOCK = re.compile(r"^```(sh|python|text|page)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"<(head|script|style|svg).*?</\1>", re.DOTALL)

pytestmark = pytest.mark.system


def steps(page: str) -> Iterator[tuple[str, str, list[str]]]:
    """What is run, in which language, and the lines that it is said to print."""
    ran: list[tuple[str, str]] = []
    for kind, text in BLOCK.findall(page):
        if kind in ("sh", "python"):
            ran.append((kind, text))
            continue
        yield from ((k, t, []) for k, t in ran[:-1])
        (language, source), ran = ran[-1], []
        yield f"{language}, {kind}", source, text.splitlines()
    assert not ran, "a command without what it prints"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, which has run nothing."""
    folder = tmp_path_factory.mktemp("one_number")
    shutil.copy(ROOT / "kpi.toml", folder)
    return folder


def test_each_line_is_printed_by_the_command_above_it(project: Path) -> None:
    found = list(steps(PAGE.read_text("utf-8")))
    assert len(found) >= 8
    for language, source, lines in found:
        run = python if language.startswith("python") else commands
        said = plain(run(source, project))
        if language.endswith("page"):
            (page,) = (project / "reports").rglob("sales-2026-Q3.html")
            said = plain(html.unescape(re.sub("<[^>]+>", " ", HIDDEN.sub(" ", page.read_text()))))
        assert [line for line in lines if plain(line) not in said] == [], source


def test_the_arithmetic_of_the_last_line_holds() -> None:
    sums = re.search(
        r"(\d+) − (\d+) \+ (\d+) = (\d+) of (\d+) \+ (\d+) = (\d+)", PAGE.read_text("utf-8")
    )
    assert sums
    then, lost, won, now, whole, entered, all_now = map(int, sums.groups())
    assert (then - lost + won, whole + entered) == (now, all_now)


def commands(source: str, folder: Path) -> str:
    """What the commands of a block print, one after the other."""
    kpi = [sys.executable, "-c", "from kpi_toolkit.cli import main; main()"]
    lines = [shlex.split(line) for line in source.splitlines()]
    assert all(line[0] == "kpi" for line in lines)
    return "".join(printed([*kpi, *line[1:]], folder) for line in lines)


def python(source: str, folder: Path) -> str:
    """What a piece of Python prints."""
    return printed([sys.executable, "-c", source], folder)


def printed(command: list[str], folder: Path) -> str:
    """The output of a command that succeeds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "400"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def plain(text: str) -> str:
    """Words with one blank between them."""
    return " ".join(text.split())
