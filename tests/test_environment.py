"""environment.yml asks conda for what pyproject.toml asks pip for."""

import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {
    "brotli": "brotli-python",
    "css-inline": "css_inline",
    "duckdb": "python-duckdb",
    "jupyter-server": "jupyter_server",
    "matplotlib": "matplotlib-base",
    "typst": "typst-py",
    "tzdata": "python-tzdata",
}
NOT_ON_CONDA_FORGE = {"font-source-sans-pro"}
DEBIAN_12S_PYTHON = "3.11.2"
THE_PROJECT = "-e . --no-deps"


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def conda_specs(environment: dict) -> dict[str, rattler.MatchSpec]:
    specs = [rattler.MatchSpec(d) for d in environment["dependencies"] if isinstance(d, str)]
    return {spec.name.normalized: spec for spec in specs}


def pip_lines(environment: dict) -> list[str]:
    (section,) = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    return section


def wanted(project: dict) -> dict[str, Requirement]:
    requirements = [Requirement(text) for text in project["dependencies"]]
    return {requirement.name: requirement for requirement in requirements}


def same_versions(requirement: SpecifierSet, spec: rattler.MatchSpec) -> bool:
    """Compare as text, blanks and pip's '==' before a wildcard aside."""
    return str(requirement).removeprefix("==") == str(spec.version or "").replace(" ", "")


def test_conda_installs_each_runtime_dependency(project: dict, environment: dict) -> None:
    expected = {CONDA_NAMES.get(n, n) for n in wanted(project)} - NOT_ON_CONDA_FORGE
    assert set(conda_specs(environment)) == expected | {"python", "pip"}


def test_the_versions_are_the_same(project: dict, environment: dict) -> None:
    specs = conda_specs(environment)
    different = [
        f"{requirement}: {specs[conda]}"
        for name, requirement in wanted(project).items()
        if (conda := CONDA_NAMES.get(name, name)) in specs
        if not same_versions(requirement.specifier, specs[conda])
    ]
    assert not different


def test_python_is_the_same(project: dict, environment: dict) -> None:
    supported = SpecifierSet(project["requires-python"])
    assert same_versions(supported, conda_specs(environment)["python"])


def test_pip_brings_what_conda_forge_lacks(project: dict, environment: dict) -> None:
    lines = pip_lines(environment)
    assert lines[-1] == THE_PROJECT
    requirements = {r.name: r for r in map(Requirement, lines[:-1])}
    assert set(requirements) == NOT_ON_CONDA_FORGE
    for name, requirement in requirements.items():
        assert requirement.specifier == wanted(project)[name].specifier


def test_the_only_channel_is_conda_forge(environment: dict) -> None:
    assert environment["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize(
    ("requirement", "spec", "same"),
    [
        (">=3.0", "pandas >=3.0", True),
        (">=3.0", "pandas >=3.1", False),
        (">=3.0", "pandas", False),
        ("==0.15.*", "typst-py 0.15.*", True),
        ("==0.15.*", "typst-py 0.14.*", False),
    ],
)
def test_the_comparison_tells_versions_apart(requirement: str, spec: str, same: bool) -> None:
    assert same_versions(SpecifierSet(requirement), rattler.MatchSpec(spec)) is same


def test_the_lock_pins_every_dependency_of_pyproject(project: dict) -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}
    development = [Requirement(text) for text in project["optional-dependencies"]["dev"]]
    for requirement in [*wanted(project).values(), *development]:
        pin = pins[canonicalize_name(requirement.name)]
        (version,) = [s.version for s in pin if s.operator == "=="]
        assert version in requirement.specifier, requirement


def test_every_pinned_package_runs_on_the_python_of_debian_12() -> None:
    """Some packages support 3.11 from a later release of it on; pip finds no such pin there."""
    too_new = {
        f"{package.name} {package.version}: Python {needed}"
        for package in distributions()
        if (needed := package.metadata["Requires-Python"])
        if not SpecifierSet(needed).contains(DEBIAN_12S_PYTHON)
    }
    assert not too_new
