"""Modules import only from their left: data flows one way, and no import goes back."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "kpi_toolkit"
# fmt: off
LAYERS = [
    "errors", "resources", "business", "period_names", "period", "format", "config",
    "crm", "models", "measures", "kpis", "archive", "insight", "charts", "blocks", "report",
    "render", "run", "deliver", "cli", "__main__",
]
# fmt: on
# The package's own __init__ gathers what an analyst calls, a report included.
REACH_OF_INIT = LAYERS.index("report")
# A fork for each module has the libraries loaded, and nothing of ours.
IMPORT_EACH_FIRST = """
import contextlib, os, sys
for name in sys.argv[1:]:
    with contextlib.suppress(Exception):
        __import__(name)
for name in [name for name in sys.modules if name.split(".")[0] == "kpi_toolkit"]:
    del sys.modules[name]
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            __import__(name)
        except BaseException as error:
            print(name, repr(error), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_every_module_has_a_layer() -> None:
    strangers = {layer_of(name) for name in modules(ROOT)} - {*LAYERS, ""}
    assert not strangers, f"add to LAYERS, at their place: {sorted(strangers)}"


def test_modules_import_only_from_their_left() -> None:
    known = modules(ROOT)
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for module, path in known.items()
        for line, target in imports(path.read_text(encoding="utf-8"), module, path, known)
        if not allowed(module, target)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_import_goes_in_a_circle() -> None:
    """Of modules without a circle, any can be imported first; a late import closes none."""
    known = modules(ROOT)
    graph = {name: loaded(name, path, known) for name, path in known.items()}
    list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


def test_each_layer_can_be_imported_first() -> None:
    """What the package's __getattr__ does in the middle of an import, no text shows."""
    names = [f"{PACKAGE}.{layer}" for layer in LAYERS]
    command = [sys.executable, "-W", "ignore", "-c", IMPORT_EACH_FIRST, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not done.stdout, done.stdout


def test_a_late_import_closes_no_circle() -> None:
    known = {f"{PACKAGE}.{name}": Path(f"{name}.py") for name in ("a", "b")}
    sources = {"a": "from kpi_toolkit.b import x", "b": "def f():\n    from kpi_toolkit.a import y"}
    late = {f"{PACKAGE}.{n}": at_load(ast.parse(text)) for n, text in sources.items()}
    found = {name: list(imports(text, name, known[name], known)) for name, text in late.items()}
    assert found == {f"{PACKAGE}.a": [(1, f"{PACKAGE}.b")], f"{PACKAGE}.b": []}


def test_oracles_import_nothing_of_the_toolkit() -> None:
    """An oracle that calls what it checks would agree with any mistake."""
    folder = ROOT / "tests" / "oracles"
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for path in sorted(folder.rglob("*.py"))
        for line, target in imports(path.read_text(encoding="utf-8"), "tests.oracles.x", path, {})
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "source", "permitted"),
    [
        ("crm.reading", "from kpi_toolkit.period import Period", True),
        ("crm.reading", "from kpi_toolkit.crm.tables import TABLES", True),
        ("crm.reading", "from kpi_toolkit.kpis import sales", False),
        ("crm.reading", "from kpi_toolkit import report", False),
        ("crm.reading", "import kpi_toolkit as kt", False),
        ("crm.reading", "def f():\n    import kpi_toolkit.run.job", False),
        ("crm.reading", "import_module('kpi_toolkit.cli')", False),
        ("crm.reading", "importlib.import_module('kpi_toolkit.cli')", False),
        ("crm.reading", "importlib.import_module('..cli', __package__)", False),
        ("crm", "import_module(f'{__name__}.presets.{name}')", True),
        ("", "import_module(f'{__name__}.cli')", False),
        ("crm.reading", "if TYPE_CHECKING:\n    from kpi_toolkit.run import job", False),
        ("crm.reading", "from ..cli import main", False),
        ("crm.reading", "from .tables import TABLES", True),
        ("crm.reading", "import pandas\nfrom pathlib import Path", True),
        ("period", "from kpi_toolkit.errors import PeriodError", True),
        ("period", "from kpi_toolkit.format import Format", False),
        ("run.job", "from kpi_toolkit.deliver.outbox import send", False),
        ("cli.run", "import kpi_toolkit as kt", True),
        ("", "from kpi_toolkit.report import Report", True),
        ("", "from kpi_toolkit.render.html import page", False),
    ],
)
def test_the_check_finds_an_import_to_the_right(module: str, source: str, permitted: bool) -> None:
    name = f"{PACKAGE}.{module}".rstrip(".")
    known = {f"{PACKAGE}.{layer}": Path() for layer in LAYERS}
    file = Path("reading.py" if "." in module else "__init__.py")
    found = imports(source, name, file, known)
    assert all(allowed(name, target) for _, target in found) is permitted


def modules(root: Path) -> dict[str, Path]:
    """Dotted name -> file, of every module of the package."""
    found = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def loaded(module: str, path: Path, known: dict[str, Path]) -> set[str]:
    """The modules that are loaded with one, the packages that they lie in included."""
    source = at_load(ast.parse(path.read_text(encoding="utf-8")))
    found = {target for _, target in imports(source, module, path, known)}
    found |= {target.rpartition(".")[0] for target in found if target.count(".") > 1}
    return {target for target in found & {*known} if not f"{module}.".startswith(f"{target}.")}


def at_load(tree: ast.Module) -> str:
    """The imports of a module's own lines: not those of its functions or for its types."""
    names = (ast.Import, ast.ImportFrom)
    return ast.unparse(ast.Module([node for node in tree.body if isinstance(node, names)], []))


def layer_of(module: str) -> str:
    """kpi_toolkit.crm.reading -> crm; the package itself -> ''."""
    return (module.split(".") + [""])[1]


def allowed(module: str, target: str) -> bool:
    own, wanted = layer_of(module), layer_of(target)
    if own == "":
        return wanted == "" or LAYERS.index(wanted) <= REACH_OF_INIT
    if wanted == "":
        return LAYERS.index(own) > REACH_OF_INIT
    return LAYERS.index(wanted) <= LAYERS.index(own)


def imports(
    source: str, module: str, path: Path, known: dict[str, Path]
) -> Iterator[tuple[int, str]]:
    """Each import of a module of ours, at any depth of the code: (line, dotted name)."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        for target in targets(node, module, package, known):
            if target.split(".")[0] == PACKAGE:
                yield node.lineno, target


def targets(node: ast.AST, module: str, package: str, known: dict[str, Path]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        origin = absolute("." * node.level + (node.module or ""), package)
        names = [f"{origin}.{alias.name}" for alias in node.names]
        return [name if name in known else origin for name in names]
    if isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
        return [absolute(literal(node.args[0], module), package)]
    return []


def absolute(name: str, package: str) -> str:
    """..cli in kpi_toolkit.crm -> kpi_toolkit.cli."""
    ups = len(name) - len(name.lstrip("."))
    parents = package.split(".")[: len(package.split(".")) - ups + 1] if ups else []
    return ".".join([*parents, name.lstrip(".")]).strip(".")


def literal(argument: ast.expr, module: str) -> str:
    """The text of import_module's argument; __name__ is put in, a name known only later is not."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if not isinstance(argument, ast.JoinedStr):
        return ""
    parts = [
        str(part.value)
        if isinstance(part, ast.Constant)
        else module * (getattr(part.value, "id", "") == "__name__")
        for part in argument.values
    ]
    return "".join(parts).rstrip(".")


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))
