"""A PostgreSQL server of its own, on a free port, in a folder that goes with it."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

ADMIN, READER = "admin-secret-1", "reader's/secret+2"
_TYPES = {
    "text": 'text COLLATE "en-x-icu"',
    "instant": "timestamptz",
    "date": "date",
    "money": "numeric(18,4)",
    "number": "double precision",
    "whole": "bigint",
    "boolean": "boolean",
}


@dataclass(frozen=True)
class Server:
    """A running server; `crm_reader` is a user who may only SELECT in the schema crm."""

    port: int
    folder: Path

    def execute(self, *statements: str) -> None:
        """Run SQL as the administrator."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def connect(self) -> psycopg.Connection:
        """A connection of the administrator, which commits at once and lives in UTC."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="admin", password=ADMIN, dbname="postgres",
            autocommit=True, options="-c TimeZone=UTC",
        )  # fmt: skip

    def url(self, password: str = "reader%27s%2Fsecret%2B2", database: str = "postgres") -> str:
        """The reader's URL."""
        return f"postgresql+psycopg://crm_reader:{password}@127.0.0.1:{self.port}/{database}"

    def log(self) -> str:
        """Every statement that was run."""
        return (self.folder / "log").read_text(encoding="utf-8")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Make a server, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="kpi-postgresql-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(port, folder)
    try:
        _start(server)
        server.execute(
            f"CREATE ROLE crm_reader LOGIN PASSWORD '{READER.replace(chr(39), chr(39) * 2)}'",
            "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC",
        )
        yield server
    finally:
        _run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


def grant(server: Server, schema: str) -> None:
    """Let the reader SELECT in a schema."""
    server.execute(
        f"GRANT USAGE ON SCHEMA {schema} TO crm_reader",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO crm_reader",
    )


def load(
    server: Server, schema: str, tables: dict[str, tuple[dict[str, str], list[tuple]]]
) -> None:
    """Tables with the canonical types of their columns, and their rows."""
    with server.connect() as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        for table, (columns, rows) in tables.items():
            shown = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in columns.items())
            connection.execute(f"CREATE TABLE {schema}.{table} ({shown})")
            with connection.cursor().copy(f"COPY {schema}.{table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        connection.execute("ANALYZE")
    grant(server, schema)


def _start(server: Server) -> None:
    word = server.folder / "word"
    word.write_text(ADMIN)
    if os.getuid() == 0:
        for path in (server.folder, word):
            shutil.chown(path, "postgres")
    data = str(server.folder / "data")
    _run("initdb", "-D", data, "-U", "admin", f"--pwfile={word}", "-A", "scram-sha-256",
         "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
    settings = f"-p {server.port} -k {server.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    settings += " -c log_statement=all -c timezone=America/New_York"
    log = str(server.folder / "log")
    _run("pg_ctl", "-D", data, "-w", "-l", log, "-o", settings, "start")


def _run(program: str, *arguments: str, check: bool = True) -> None:
    """Run a program of the newest PostgreSQL; as root, as the user postgres, since it insists."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))
    path = str(homes[-1] / program) if homes else program
    command = [path, *arguments]
    if os.getuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    done = subprocess.run(
        command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    assert not check or done.returncode == 0, f"{program}: {done.stderr}"
