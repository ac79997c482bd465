"""No secret of the environment gets into a file that is kept."""

import base64
import html
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from kpi_toolkit.archive.store import Archive
from kpi_toolkit.config import load
from kpi_toolkit.errors import RunError
from kpi_toolkit.run.leaks import leaked, refuse_secrets, without_secrets
from kpi_toolkit.run.planning import Asked, plan
from kpi_toolkit.run.steps import Workplace, run_report
from tests.run.project import write_project

NOW = datetime(2026, 10, 7, 12, tzinfo=UTC)
SECRET = 'p&ss "w<rd/\u00e9+1\\'
ENVIRONMENT = {"HOME": "/home/someone", "SMTP_PASSWORD": SECRET}


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        html.escape(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr({"password": SECRET}),
        *(base64.b64encode(f"{'u' * n}{SECRET}:v".encode()).decode() for n in range(4)),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_found_however_it_is_written(form: str) -> None:
    assert leaked(f"before {form} after".encode(), ENVIRONMENT) == "SMTP_PASSWORD"


@pytest.mark.parametrize(
    "name", ["API_KEY", "APIKEY", "github_token", "CLIENT_SECRET", "PGPASSWORD"]
)
def test_a_variable_is_secret_by_its_name(name: str) -> None:
    assert leaked(b"x hunter2hunter2 x", {name: "hunter2hunter2"}) == name


@pytest.mark.parametrize("name", ["HOME", "MONKEY", "KEYBOARD", "LANG"])
def test_other_variables_are_none(name: str) -> None:
    assert leaked(b"x hunter2hunter2 x", {name: "hunter2hunter2"}) is None


def test_the_password_within_an_address_is_secret_by_any_name() -> None:
    address = {"KPI_ARCHIVE": "postgresql://kpi:hunter2%2Bhunter2@db.example.org/kpi"}
    assert leaked(b"hunter2+hunter2", address) == "KPI_ARCHIVE"
    assert leaked(b"db.example.org", address) is None


def test_a_short_value_is_no_secret() -> None:
    assert leaked(b"1234567", {"API_KEY": "1234567"}) is None


def test_each_line_of_a_private_key_is_secret() -> None:
    key = {"SIGNING_KEY": "-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\n-----END KEY-----"}
    assert leaked(b"MIIEvQIBADANBgkqh", key) == "SIGNING_KEY"


def test_the_sentence_names_variable_and_file_and_not_the_secret() -> None:
    with pytest.raises(RunError) as raised:
        refuse_secrets({"html": b"fine", "ipynb": SECRET.encode()}, ENVIRONMENT)
    assert "its ipynb holds the value of the environment variable SMTP_PASSWORD" in str(
        raised.value
    )
    assert SECRET not in str(raised.value)


def test_a_sentence_that_holds_a_secret_is_not_kept() -> None:
    assert without_secrets("no route to host", ENVIRONMENT) == "no route to host"
    assert SECRET not in without_secrets(f"cannot log in with {SECRET}", ENVIRONMENT)


@pytest.mark.parametrize(
    "cell", ["print(os.environ['SMTP_PASSWORD'])", "raise ValueError(os.environ['SMTP_PASSWORD'])"]
)
def test_a_run_that_shows_a_secret_fails_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2hunter2")
    config = load(write_project(tmp_path, cell))
    place = Workplace(
        config, tmp_path / "kpi.toml", Archive.open(config.archive_url), clock=lambda: NOW
    )
    with pytest.raises(RunError, match="the variable SMTP_PASSWORD|environment variable SMTP_PAS"):
        run_report(plan(config, "sales", Asked(), NOW), place)
    (run,) = place.archive.runs(status=None)
    assert run.status == "failed"
    assert "SMTP_PASSWORD" in str(run.error)
    place.archive.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "sales.ipynb"]
    assert not [path for path in kept if b"hunter2hunter2" in path.read_bytes()]
    assert {path.name for path in (tmp_path / "reports").iterdir()} <= {
        "archive.sqlite",
        "archive.sqlite-wal",
        "archive.sqlite-shm",
        "index.html",
        ".index.lock",
    }
