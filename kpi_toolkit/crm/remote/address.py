"""Where a database is. Its URL, which may hold a password, is read from the environment, and no
sentence, file or hash has more of it than the host and the database's name.
"""

import os
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from kpi_toolkit.errors import ConfigError, near_misses

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Engine

_EXPECTED = "expected one such as postgresql+psycopg://user:password@host/database"
_KNOWN = ("postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql")
# Where the package that brings a module has another name than the module.
_PACKAGES = {
    "psycopg": "kpi-toolkit[postgresql]",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "cx_Oracle": "cx-Oracle",
}
_CONNECT_SECONDS = 15


def of(variable: str) -> "URL":
    """The URL that an environment variable holds. Raises ConfigError, which never repeats it."""
    import sqlalchemy as sa

    where = f"source.url 'env:{variable}'"
    given = os.environ.get(variable, "")
    if not given:
        raise ConfigError(f"{where}: the environment variable {variable} is not set")
    try:
        url = sa.make_url(given.strip())
        url.get_dialect()
    except sa.exc.NoSuchModuleError:
        kind = url.drivername.partition("+")[0]
        raise ConfigError(f"{where}: {kind!r}: {near_misses(kind, _KNOWN)}") from None
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigError(f"{where}: its value is no SQLAlchemy URL; {_EXPECTED}") from None
    except ImportError as error:
        raise _no_driver(where, error, url) from None
    return url


def shown(url: "URL") -> str:
    """The database's name in sentences."""
    if url.get_backend_name() == "sqlite":
        return f"database {url.database}"
    port = f":{url.port}" if url.port else ""
    return f"database {url.database or '?'} on {url.host or 'this machine'}{port}"


def engine(url: "URL", variable: str) -> "Engine":
    """An engine that keeps no connection. Raises ConfigError when its driver is not installed."""
    import sqlalchemy as sa

    where = f"source.url 'env:{variable}'"
    try:
        if url.get_backend_name() == "sqlite":
            return _of_a_file(url, where)
        return sa.create_engine(url, poolclass=sa.NullPool, connect_args=_arguments(url))
    except ImportError as error:
        raise _no_driver(where, error, url) from None


def without_password(text: str, url: "URL") -> str:
    """A driver's message, whatever it repeats."""
    given = [str(url.password or ""), *_secrets(url)]
    forms = {
        form
        for secret in given
        for form in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret))
    }
    for form in sorted(filter(None, forms), key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _secrets(url: "URL") -> list[str]:
    """What the URL's options hold that is not for everybody's eyes."""
    hidden = ("pass", "pwd", "secret", "token", "key")
    return [
        text
        for option, value in url.query.items()
        if any(word in option.lower() for word in hidden)
        for text in ([value] if isinstance(value, str) else value)
    ]


def _arguments(url: "URL") -> dict[str, object]:
    """A server that does not answer must not hold a run for ever; who looks there sees who asks."""
    if url.get_driver_name() not in ("psycopg", "psycopg2"):
        return {}
    given = {"connect_timeout": _CONNECT_SECONDS, "application_name": "kpi-toolkit"}
    return {name: value for name, value in given.items() if name not in url.query}


def _of_a_file(url: "URL", where: str) -> "Engine":
    """SQLite makes a file that is not there, and lets anybody write: this does neither."""
    import sqlite3
    from pathlib import Path

    import sqlalchemy as sa

    path = Path(url.database or "")
    if not url.database or not path.is_file():
        raise ConfigError(f"{where}: {url.database or ':memory:'}: there is no such file")
    address = f"{path.absolute().as_uri()}?mode=ro"

    def opened() -> sqlite3.Connection:
        # The engine of the snapshot draws the rows from a thread of its own.
        return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)

    return sa.create_engine("sqlite://", creator=opened, poolclass=sa.NullPool)


def _no_driver(where: str, error: ImportError, url: "URL") -> ConfigError:
    module = (error.name or url.get_driver_name()).partition(".")[0]
    package = _PACKAGES.get(module, module)
    return ConfigError(f'{where}: the driver {module} is not installed; pip install "{package}"')
