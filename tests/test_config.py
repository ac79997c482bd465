"""kpi.toml is read whole or refused with all its mistakes."""

import datetime as dt
from pathlib import Path

import pytest

from kpi_toolkit.config import find_config, load
from kpi_toolkit.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


def write(folder: Path, text: str) -> Path:
    path = folder / "kpi.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text))
    return str(caught.value)


def test_the_sample_project_is_read() -> None:
    config = load(ROOT / "kpi.toml")
    assert (config.source.kind, config.project.currency) == ("sample", "EUR")
    assert config.project.as_of == dt.date(2026, 10, 5)
    assert config.reports["sales"].period == "last complete quarter"
    assert config.root == ROOT


def test_an_empty_file_has_every_default(tmp_path: Path) -> None:
    config = load(write(tmp_path, ""))
    assert config.source.kind == "files"
    assert config.project.language == "en"
    assert config.reports_folder == tmp_path / "reports"
    assert config.archive_url == f"sqlite:///{tmp_path / 'reports' / 'archive.sqlite'}"


def test_all_mistakes_are_told_at_once_with_near_misses(tmp_path: Path) -> None:
    told = refusal(
        tmp_path,
        """
        [project]
        curency = "EUR"
        language = "de"
        time_zone = "Europe/Pariss"
        [source]
        kind = "postgres"
        [reports.sales]
        notebook = "sales.ipynb"
        recipient = ["a@b.c"]
        [reports.Sales]
        notebook = "sales.ipynb"
        [tables.deals]
        fle = "deals.csv"
        bad_rows = 5
        [tables.deals.columns]
        amount = { colum = "value" }
        """,
    )
    for sentence in (
        "project.curency: unknown key, did you mean 'currency'?",
        "project.language 'de': expected one of fr, en",
        "project.time_zone 'Europe/Pariss': did you mean 'Europe/Paris'",
        "source.kind 'postgres': expected one of sample, files",
        "reports.sales.recipient: unknown key, did you mean 'recipients'?",
        "reports.Sales 'Sales': expected small letters",
        "tables.deals.fle: unknown key, did you mean 'file'?",
        "tables.deals.bad_rows 5: expected a share of the rows such as '5%'",
        "tables.deals.columns.amount.colum: unknown key, did you mean 'column'?",
    ):
        assert sentence in told


def test_a_syntax_error_has_its_line_and_column(tmp_path: Path) -> None:
    assert "line 2, column 9" in refusal(tmp_path, "[project]\nname =  \n")
    open_quote = refusal(tmp_path, '[project]\nname = "Ardane\n')
    assert open_quote.endswith("is a quote or a bracket missing there?")


def test_a_day_has_no_quotes_and_a_zone_no_spaces(tmp_path: Path) -> None:
    told = refusal(tmp_path, '[project]\nas_of = "05/10/2026"\ntime_zone = "New York"')
    assert "project.as_of '05/10/2026': expected a day without quotes such as 2026-10-05" in told
    assert "project.time_zone 'New York': did you mean 'America/New_York'?" in told


def test_a_secret_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = refusal(tmp_path, '[archive]\nurl = "postgresql://kpi:hunter2@db/kpi"')
    assert "expected 'env:NAME'" in told
    assert "hunter2" not in told


def test_the_archive_url_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load(write(tmp_path, '[archive]\nurl = "env:ARCHIVE_OF_TEST"'))
    with pytest.raises(ConfigError, match="ARCHIVE_OF_TEST is not set"):
        _ = config.archive_url
    monkeypatch.setenv("ARCHIVE_OF_TEST", "postgresql://db/kpi")
    assert config.archive_url == "postgresql://db/kpi"


def test_a_column_has_one_origin(tmp_path: Path) -> None:
    told = refusal(
        tmp_path,
        '[tables.deals]\nfile = "d.csv"\n[tables.deals.columns]\n'
        'amount = { column = "a", constant = 1 }\nowner = { values = { x = "y" } }\n',
    )
    assert told.count("expected exactly one of column, sql, constant and row = true") == 2


def test_columns_under_the_heading_of_their_table_are_told_in_one_sentence(tmp_path: Path) -> None:
    told = refusal(
        tmp_path,
        '[tables.orders]\nfile = "o.csv"\norder_id = "id"\nordered_at = { column = "day" }\n'
        '[staging.x]\nfile = "x.csv"\ncustomer = "id"\n[tables.deals]\nfle = "d.csv"\n',
    )
    assert (
        "tables.orders: order_id, ordered_at: unknown keys; columns stand under "
        "[tables.orders.columns]: did that heading get lost?"
    ) in told
    assert "staging.x: customer: unknown key; columns stand under [staging.x.columns]" in told
    assert "tables.deals.fle: unknown key, did you mean 'file'?" in told


def test_a_star_stands_for_values_and_is_none_itself(tmp_path: Path) -> None:
    told = refusal(
        tmp_path,
        '[tables.deals]\nfile = "d.csv"\n[tables.deals.columns]\n'
        'source = { column = "s", values = { "site web" = "Site web", "*" = "*" } }\n',
    )
    assert 'source.values: "*" = "*" makes a star of them: write "*" = "=" to keep other' in told


def test_a_table_has_a_source(tmp_path: Path) -> None:
    assert "tables.deals: expected file, sql, or both" in refusal(tmp_path, "[tables.deals]\n")


def test_short_forms_of_a_column(tmp_path: Path) -> None:
    config = load(
        write(
            tmp_path,
            '[tables.deals]\nfile = "d.csv"\n[tables.deals.columns]\n'
            'owner = "agent"\namount = ["a", "b"]\ncreated_at = { constant = 2022-04-01 }\n',
        )
    )
    columns = config.tables["deals"].columns
    assert columns["owner"].column == ("agent",)
    assert columns["amount"].column == ("a", "b")
    assert columns["created_at"].constant == dt.date(2022, 4, 1)


def test_kpi_toml_is_looked_for_upwards_then_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "notebooks" / "mine"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert find_config() is None
    with pytest.raises(ConfigError, match="there is no kpi.toml"):
        load()
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("KPI_CONFIG", str(write(other, "")))
    assert find_config() == other / "kpi.toml"
    write(tmp_path, "")
    assert find_config() == tmp_path / "kpi.toml"


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"\xff", "it is not UTF-8"), (None, "No such file")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, data: bytes | None, sentence: str) -> None:
    path = tmp_path / "kpi.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=sentence):
        load(path)


def test_names_are_by_language(tmp_path: Path) -> None:
    path = write(tmp_path, '[names.fr]\nProposal = "Proposition"\n')
    assert load(path).names == {"fr": {"Proposal": "Proposition"}}
    assert "names.de" in refusal(tmp_path, '[names.de]\nProposal = "Angebot"\n')
