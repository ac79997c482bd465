"""A database is named by the environment, and its password by nobody."""

import builtins
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi_toolkit.config import load
from kpi_toolkit.crm.remote import address
from kpi_toolkit.errors import ConfigError

SECRET = "p/ss w+rd'1"
QUOTED = "p%2Fss%20w%2Brd%271"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "CRM_URL is not set"),
        (f"u:{QUOTED}@host/db", "its value is no SQLAlchemy URL; expected one such as postgresql"),
        (f"postgres://u:{QUOTED}@host/db", "'postgres': did you mean 'postgresql'"),
        (f"mysql+nothing://u:{QUOTED}@host/db", "'mysql'"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, value: str, sentence: str
) -> None:
    monkeypatch.setenv("CRM_URL", value)
    with pytest.raises(ConfigError, match=sentence) as refused:
        address.of("CRM_URL")
    assert not any(word in str(refused.value) for word in (SECRET, QUOTED))


@pytest.mark.parametrize(
    ("url", "module", "package"),
    [
        ("postgresql+psycopg://u@host/db", "psycopg", r'"kpi-toolkit\[postgresql\]"'),
        ("mysql+pymysql://u@host/db", "pymysql", '"pymysql"'),
    ],
)
def test_a_driver_that_is_not_installed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, package: str
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.partition(".")[0] == module:
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=f"{module} is not installed; pip install {package}"):
        address.engine(sa.make_url(url), "CRM_URL")


def test_a_drivers_message_loses_the_password_however_it_is_written() -> None:
    url = sa.make_url(f"postgresql://u:{QUOTED}@host/db?sslpassword=other-secret")
    told = f"no {SECRET}, {QUOTED}, p%2Fss+w%2Brd%271 or other-secret"
    assert address.without_password(told, url) == "no ***, ***, *** or ***"


def test_the_name_of_a_database_is_not_its_user() -> None:
    url = sa.make_url(f"postgresql://somebody:{QUOTED}@host:5433/crm")
    assert address.shown(url) == "database crm on host:5433"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('kind = "database"', "expects url = 'env:NAME'"),
        (f'kind = "database"\nurl = "postgresql://u:{QUOTED}@host/db"', "expected 'env:NAME'"),
        ('mode = "in place"', 'belong to kind = "database"'),
        ('kind = "database"\nurl = "env:X"\nmode = "inplace"', "did you mean 'in place'"),
    ],
)
def test_the_source_of_kpi_toml_names_a_variable(
    tmp_path: Path, source: str, sentence: str
) -> None:
    (tmp_path / "kpi.toml").write_text(f"[source]\n{source}\n")
    with pytest.raises(ConfigError, match=sentence) as refused:
        load(tmp_path / "kpi.toml")
    assert QUOTED not in str(refused.value)
