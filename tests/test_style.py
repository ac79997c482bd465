"""What a linter does not check: sizes, names, docstrings, and what no tracked file may hold."""

import ast
import re
import subprocess
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 300
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}
# Joined here, so that this file does not hold what it looks for.
MACHINE_PATHS = "/(?:" + "|".join(["work", "root", "farm"]) + ")/|/tmp/" + "w/"
REGISTRY_HOSTS = "|".join(
    re.escape(".".join(parts))
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("anaconda", "org"),
        ("deb", "debian", "org"),
    ]
)
FORBIDDEN = re.compile(f"{MACHINE_PATHS}|{REGISTRY_HOSTS}")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


PYTHON_FILES = sorted((ROOT / "kpi_toolkit").rglob("*.py"))


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in PYTHON_FILES}
    long = [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > LONGEST_FILE]
    assert not long, "split: " + ", ".join(long)


def test_every_public_function_and_class_has_a_docstring() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in PYTHON_FILES
        for line, name in without_docstring(path.read_text("utf-8"))
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n    return 1", ["f"]),
        ("def f():\n    '''Say.'''", []),
        ("def _f():\n    return 1", []),
        ("class C:\n    '''Say.'''\n    def m(self):\n        return 1", ["C.m"]),
        ("class C:\n    '''Say.'''\n    def __len__(self):\n        return 1", []),
        ("class _C:\n    def m(self):\n        return 1", []),
        ("@overload\ndef f(): ...", []),
    ],
)
def test_the_check_finds_what_lacks_a_docstring(source: str, expected: list[str]) -> None:
    assert [name for _, name in without_docstring(source)] == expected


def test_no_tracked_file_names_a_machine_path_or_a_registry_host() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {found}"
        for path in tracked()
        for line, found in forbidden(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_check_finds_a_machine_path(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("fine\nsee /" + "work/shared\nfrom py" + "pi.org\n", encoding="utf-8")
    assert [line for line, _ in forbidden(note)] == [2, 3]


def test_no_file_has_a_vague_name() -> None:
    vague = [path for path in tracked("*.py") if path.stem.removeprefix("test_") in VAGUE_NAMES]
    assert not vague


def test_notebooks_are_stored_without_outputs() -> None:
    full = [path.name for path in tracked("*.ipynb") if has_outputs(path)]
    assert not full, f"make format strips them: {full}"


def without_docstring(source: str) -> list[tuple[int, str]]:
    """(line, name) of the public functions, classes and methods that say nothing of themselves."""
    found = []
    for node in ast.parse(source).body:
        if not public(node):
            continue
        found += [] if ast.get_docstring(node) else [(node.lineno, node.name)]
        if isinstance(node, ast.ClassDef):
            methods = [m for m in node.body if public(m) and not isinstance(m, ast.ClassDef)]
            found += [
                (m.lineno, f"{node.name}.{m.name}") for m in methods if not ast.get_docstring(m)
            ]
    return found


def public(node: ast.AST) -> bool:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    if not isinstance(node, kinds) or node.name.startswith("_"):
        return False
    return not any("overload" in ast.dump(decorator) for decorator in node.decorator_list)


def forbidden(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    lines = enumerate(text.splitlines(), start=1)
    return [(n, match[0]) for n, line in lines if (match := FORBIDDEN.search(line))]


def has_outputs(path: Path) -> bool:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return any(cell.outputs or cell.execution_count for cell in code)
