"""Which parameters reach a notebook, and how those typed on a command line are read."""

from pathlib import Path

import pytest

from kpi_toolkit.errors import ConfigError
from kpi_toolkit.run.parameters import checked_parameters, declared_parameters, from_text
from tests.run.project import write_notebook

DECLARED = {"period": "", "deals": 3, "rate": 0.5, "smooth": True, "Loud": 1}


def test_declared_are_the_names_of_the_tagged_cell(tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", ["other = 1"])
    declared = declared_parameters(tmp_path / "n.ipynb")
    assert declared == {
        "period": "last complete quarter",
        "as_of": "",
        "scope": "all",
        "language": "",
        "deals": 3,
    }


def test_an_unknown_name_is_refused_with_near_misses() -> None:
    with pytest.raises(ConfigError, match=r"parameter 'deal' of n\.ipynb: did you mean 'deals'\?"):
        checked_parameters({"deal": 4}, DECLARED, "n.ipynb")


def test_a_name_that_is_code_is_refused() -> None:
    """papermill would write it into a cell as it stands."""
    name = "x=1; import os\ny"
    with pytest.raises(ConfigError, match="parameter"):
        checked_parameters({name: 1}, {**DECLARED, name: 0}, "n.ipynb")


@pytest.mark.parametrize("name", ["smtp_password", "api_key", "TOKEN"])
def test_a_secret_is_never_a_parameter(name: str) -> None:
    with pytest.raises(ConfigError, match="a secret is never a parameter"):
        checked_parameters({name: "x"}, {**DECLARED, name: ""}, "n.ipynb")


def test_typed_values_are_literals_where_the_default_is_no_text() -> None:
    given = {"period": "2026", "deals": "4", "rate": "0.25", "smooth": "false"}
    expected = {"period": "2026", "deals": 4, "rate": 0.25, "smooth": False}
    assert from_text(given, DECLARED) == expected


def test_a_list_is_no_parameter() -> None:
    with pytest.raises(ConfigError, match="expected a number, a text, true or false"):
        from_text({"deals": "[1, 2]"}, DECLARED)


NOTEBOOK = '{"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [%s]}'
CELL = """{"cell_type": "code", "source": ["a = open(1)"], "metadata": {"tags": ["parameters"]},
    "outputs": [], "execution_count": null}"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{}", "it is not a Jupyter notebook"),
        ("[]", "it is not a Jupyter notebook"),
        ("[" * 100_000, "it is not a Jupyter notebook"),
        ("not json", "it is not a Jupyter notebook"),
        ("\xff", "it is not a Jupyter notebook"),
        (NOTEBOOK % "1", "it is not a Jupyter notebook"),
        (NOTEBOOK % '{"cell_type": "code", "source": ""}', "it is not a Jupyter notebook"),
        (NOTEBOOK.replace("4,", "3,", 1) % CELL, "it is not a Jupyter notebook"),
        (NOTEBOOK % "", "no cell is tagged 'parameters'"),
        (NOTEBOOK % CELL, "must hold plain values"),
    ],
)
def test_a_notebook_without_readable_parameters_is_one_sentence(
    tmp_path: Path, content: str, reason: str
) -> None:
    (tmp_path / "n.ipynb").write_text(content, encoding="latin-1")
    with pytest.raises(ConfigError, match=reason):
        declared_parameters(tmp_path / "n.ipynb")


def test_a_missing_notebook_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        declared_parameters(tmp_path / "n.ipynb")
