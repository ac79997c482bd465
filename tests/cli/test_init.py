"""`kpi init` begins a project that works as it is, asks where it may, and overwrites nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpi_toolkit import resources
from kpi_toolkit.cli import app, asking, project_files
from kpi_toolkit.cli.first_headlines import ACT_ON
from kpi_toolkit.config import Config, load
from kpi_toolkit.config.headlines import text_in
from kpi_toolkit.kpis import registry
from tests.cli.conftest import called
from tests.cli.test_errors import refused

DEALS = "Id,Owner,Stage,Amount,Created,Closed\n" + "".join(
    f"{n},Ann,Closed Won,{n}00.50,2026-07-{n:02d},2026-08-{n:02d}\n" for n in range(1, 20)
)
OPTIONS = (
    *("--name", 'Fils & "Cie" \\ Söhne'),
    *("--language", "fr"),
    *("--currency", "USD"),
    *("--time-zone", "America/New_York"),
    *("--fiscal-year-starts", "4"),
    *("--holidays", "US"),
)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def answered(monkeypatch: pytest.MonkeyPatch, *arguments: str, answers: str) -> Result:
    """The result of a command on a terminal where somebody types the answers."""
    monkeypatch.setattr(asking, "on_terminal", lambda: True)
    result = CliRunner().invoke(app, ["init", *arguments], input=answers)
    assert result.exit_code == 0, result.output
    return result


def begun(folder: str) -> Config:
    return load(Path(folder) / "kpi.toml")


def test_a_new_folder_becomes_a_project_over_the_sample_company() -> None:
    said = called("init", "demo")
    assert said.exit_code == 0
    config = begun("demo")
    assert config.source.kind == "sample"
    assert config.project.name == "Ardane Systèmes"
    for report in config.reports.values():
        assert (config.root / report.notebook).is_file()
    assert (config.root / "data").is_dir()
    assert "/reports/" in (config.root / ".gitignore").read_text()


def test_it_says_what_it_wrote_what_it_took_and_what_to_type_next() -> None:
    said = called("init", "demo").output
    assert "written in demo: kpi.toml, .gitignore, notebooks/" in said
    assert "taken by default, change them in kpi.toml: name = 'Ardane Systèmes'" in said
    steps = [line.split("  ")[1] for line in said.splitlines()[-4:]]
    assert steps == ["cd demo", "kpi check", "kpi run", "jupyter lab notebooks"]
    reports = "overview, sales, pipeline, lost_deals, executive, data"
    assert f"the reports {reports}, as HTML and PDF in reports/" in said


def test_in_the_working_folder_there_is_nowhere_to_go() -> None:
    said = called("init").output
    assert said.splitlines()[-4] == "Next:"
    assert load("kpi.toml").source.kind == "sample"


def test_options_are_settings() -> None:
    assert "taken by default" not in called("init", "demo", *OPTIONS).output
    project = begun("demo").project
    assert project.name == 'Fils & "Cie" \\ Söhne'
    assert (project.language, project.currency, project.holidays) == ("fr", "USD", "US")
    assert (project.time_zone, project.fiscal_year_starts) == ("America/New_York", 4)


def test_of_files_the_project_bears_the_folders_name() -> None:
    called("init", "--from", "hubspot", "acme")
    assert begun("acme").project.name == "acme"
    assert begun("acme").project.as_of is None


def test_a_project_is_never_overwritten() -> None:
    called("init", "demo", "--name", "First")
    before = sorted(Path().rglob("*"))
    refused(called("init", "demo", "--name", "Second"), 2, "demo/kpi.toml: it is there already")
    assert begun("demo").project.name == "First"
    assert sorted(Path().rglob("*")) == before


def test_other_files_are_left_as_they_are_and_named() -> None:
    own = [Path("demo/.gitignore"), Path("demo/notebooks/sales.ipynb")]
    for path in own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    said = called("init", "demo").output
    assert "there already and left as it was: .gitignore, notebooks/sales.ipynb" in said
    assert all(path.read_text(encoding="utf-8") == "mine" for path in own)


def test_on_a_terminal_what_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = "hubspot\nAcme\n\nUSD\nAmerica/New_York\n4\n"
    said = answered(monkeypatch, "acme", answers=answers).output
    assert "Time zone of the business" in said
    assert "taken by default" not in said
    config = begun("acme")
    assert config.project.language == "en"
    assert (config.project.name, config.project.fiscal_year_starts) == ("Acme", 4)
    assert config.source.kind == "files"


def test_a_wrong_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = "hubspott\nsample\nAcme\nde\nfr\n\n\n13\n12\n"
    said = answered(monkeypatch, answers=answers).output
    assert "'hubspott': did you mean 'hubspot'?" in said
    assert "'de': input should be" in said
    project = load("kpi.toml").project
    assert (project.language, project.fiscal_year_starts) == ("fr", 12)


def test_an_option_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = answered(monkeypatch, "--from", "zendesk", *OPTIONS, answers="").output
    assert "Records of" not in said
    assert "Currency" not in said


def test_the_sample_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, "--sample", answers="")
    assert load("kpi.toml").source.kind == "sample"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--language", "de"), "--language 'de': input should be"),
        (("--currency", "euro"), "--currency 'euro': expected a code of three capitals"),
        (("--time-zone", "Europe/Pari"), "--time-zone 'Europe/Pari': "),
        (("--fiscal-year-starts", "13"), "--fiscal-year-starts 13: input should be less than"),
        (("--name", "a\nb"), "--name 'a b': it holds control characters"),
        (("--from", "hubspott"), "--from 'hubspott': did you mean 'hubspot'?"),
        (("--from", "hubspot", "--sample"), "--from and --sample: expected one of them"),
        (("--from", "hubspot", "--data", "nowhere"), "--data nowhere: there is no such folder"),
        (("--data", "."), "--data .: expected with --from"),
        (("--look", "deals.csv"), "--look deals.csv: there is no such file"),
        (("one", "two"), "two: expected one folder, and one is one already"),
    ],
)
def test_a_mistake_is_one_sentence_and_writes_nothing(
    arguments: tuple[str, ...], sentence: str
) -> None:
    refused(called("init", *arguments), 2, sentence)
    assert not list(Path().iterdir())


def test_a_file_is_no_folder() -> None:
    Path("demo").write_text("mine", encoding="utf-8")
    refused(called("init", "demo"), 2, "demo: it is a file; expected the folder")


def test_a_folder_that_cannot_be_made_is_one_sentence() -> None:
    Path("demo").write_text("mine", encoding="utf-8")
    refused(called("init", "demo/inside"), 2, "demo/inside/kpi.toml: Not a directory")


@pytest.mark.parametrize("place", [".", "data"])
def test_data_that_nobody_named_are_not_passed_over(place: str) -> None:
    """Whoever has put files there does not mean the sample company."""
    Path(place).mkdir(exist_ok=True)
    (Path(place) / "deals.csv").write_text(DEALS, encoding="utf-8")
    refused(called("init"), 2, f"{Path(place) / 'deals.csv'}: is it data to report on?")
    assert not Path("kpi.toml").exists()
    assert called("init", "--sample").exit_code == 0


def test_a_vendors_exports_are_mapped_where_they_lie() -> None:
    Path("data").mkdir()
    Path("data/deals.csv").write_text(
        "Record ID,Deal Stage,Amount,Create Date,Close Date\n"
        "1,Closed Won,10,2026-07-01 09:30,2026-08-01 09:30\n",
        encoding="utf-8",
    )
    said = called("init", "--from", "hubspot").output
    assert "deals: data/deals.csv" in said
    assert "not mapped, so comments: stages, deal_stages, accounts" in said
    assert load("kpi.toml").source.path == "data"
    assert "deals.csv" in called("check").output


def test_exports_in_the_projects_own_folder_are_found() -> None:
    Path("deals.csv").write_text("id,status,value,add_time\n1,won,5,2026-07-01 09:30:00\n")
    called("init", "--from", "pipedrive")
    config = load("kpi.toml")
    assert config.source.path == "."
    assert set(config.tables) == {"deals"}


@pytest.mark.parametrize("folder", ["exports", 'ex "p\\orts\x7f'])
def test_exports_elsewhere_are_named_by_an_option(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "deals.csv").write_text("id,status,value,add_time\n1,won,5,2026-07-01")
    called("init", "--from", "pipedrive", "--data", folder, "acme")
    assert begun("acme").source.path == str(tmp_path / folder)


def test_without_an_export_it_says_which_files_to_put_where() -> None:
    said = " ".join(called("init", "--from", "zendesk", "help").output.split())
    assert "help/data: no export of Zendesk yet; put there, as CSV, what you have of" in said
    assert "tickets.csv (tickets)" in said
    assert set(begun("help").tables) >= {"tickets", "users"}


def test_a_file_with_other_columns_is_not_taken_for_an_export() -> None:
    """As one whose headings are in another language."""
    Path("data").mkdir()
    Path("data/deals.csv").write_text("ID de fiche,Phase\n1,Gagné\n", encoding="utf-8")
    said = called("init", "--from", "hubspot").output
    assert "data/deals.csv: its columns are not those of HubSpot" in said
    assert "`kpi init --look data/deals.csv` proposes a mapping of it" in said


def test_files_are_looked_at_and_a_mapping_proposed() -> None:
    """A shell makes two arguments of `--look *.csv`: the second is a file, and not the folder."""
    Path("deals.csv").write_text(DEALS, encoding="utf-8")
    Path("people.csv").write_text("Id,Name,Email\n1,Zoe,zoe@example.org\n", encoding="utf-8")
    said = called("init", "--look", "deals.csv", "people.csv", "acme", "--currency", "USD")
    assert said.exit_code == 0
    config = begun("acme")
    assert config.project.currency == "USD"
    assert "deals" in config.tables
    assert list(config.reports) == list(resources.REPORTS)


def test_all_bundled_notebooks_can_be_reports() -> None:
    assert tuple(project_files.REPORTS) == resources.REPORTS


def test_an_edition_begins_with_headlines_that_the_columns_allow_and_without_an_owner() -> None:
    Path("deals.csv").write_text(DEALS, encoding="utf-8")
    called("init", "--look", "deals.csv", "acme", "--language", "fr")
    found = begun("acme").headlines
    assert list(found) == [
        *("opportunities_created", "pipeline_value", "pipeline_velocity"),
        *("won_value", "decided_win_rate", "sales_cycle"),
    ]
    assert not any(text_in(one.owner, "fr") for one in found.values())
    assert text_in(found["won_value"].act_on, "fr").startswith("Comparer à l’objectif")


def test_the_sample_company_has_its_owners() -> None:
    called("init", "--sample", "demo")
    found = begun("demo").headlines
    assert len(found) == 8
    owners = {text_in(one.owner, "en") for one in found.values()}
    assert owners == {"Sales management", "Customer service"}


def test_without_headlines_there_is_no_edition() -> None:
    """Of closed deals alone come three KPIs at most, none of them leading."""
    rows = "".join(f"{n},won,{n}0.5,2026-08-{n:02d}\n" for n in range(1, 20))
    Path("deals.csv").write_text("deal_id,status,amount,closed_at\n" + rows, encoding="utf-8")
    called("init", "--look", "deals.csv", "acme")
    config = begun("acme")
    assert "sales" in config.reports and "executive" not in config.reports
    assert not config.headlines


def test_a_draft_is_of_a_kpi_that_tells_what_is_coming_or_what_has_come() -> None:
    assert {registry()[name].indicator for name in ACT_ON} == {"leading", "lagging"}


def test_a_city_names_its_zone() -> None:
    refused(called("init", "--time-zone", "Paris"), 2, "did you mean 'Europe/Paris'?")
    refused(called("init", "--time-zone", "new york"), 2, "did you mean 'America/New_York'?")


def test_a_file_that_is_no_table_is_named_and_the_others_are_looked_at() -> None:
    """As `--look data/*` gives them."""
    Path("deals.csv").write_text(DEALS, encoding="utf-8")
    Path("SOURCE.md").write_text("# From\n", encoding="utf-8")
    refused(called("init", "--look", "SOURCE.md", "acme"), 2, "SOURCE.md: it is none of .csv, .tsv")
    said = called("init", "--look", "SOURCE.md", "deals.csv", "acme")
    assert "SOURCE.md: not looked at, since it is none of .csv" in said.output
    assert list(begun("acme").tables) == ["deals"]


def test_what_a_person_has_to_decide_is_told() -> None:
    text = "deal_id;status;created_at\n1;won;01/02/2024\n2;lost;03/04/2024\n"
    Path("deals.csv").write_text(text, encoding="utf-8")
    said = called("init", "--look", "deals.csv", "acme").output
    assert 'refused until you have decided what stands there as "decide: ...", 1 times' in said


def test_files_that_are_left_out_are_named() -> None:
    Path("deals.csv").write_text(DEALS, encoding="utf-8")
    Path("weather.csv").write_text("town,rain\nLyon,3\n", encoding="utf-8")
    Path("notes.json").write_text("{", encoding="utf-8")
    said = called("init", "--look", "deals.csv", "notes.json", "weather.csv", "acme").output
    assert "not read, and kpi.toml says why: notes.json, weather.csv" in said
    assert "Nothing is proposed for" in Path("acme/kpi.toml").read_text(encoding="utf-8")


def test_a_proposal_without_a_date_says_so() -> None:
    Path("customers.csv").write_text("customerID,tenure,Churn,Contract\nA,1,No,X\n")
    said = called("init", "--look", "customers.csv", "acme").output
    assert "no column was read as a date, and most KPIs need one" in said


def test_a_proposal_of_no_table_says_so() -> None:
    Path("weather.csv").write_text("town,rain\nLyon,3\n", encoding="utf-8")
    said = called("init", "--look", "weather.csv", "acme").output
    assert "no table is proposed as it stands: kpi.toml says of each file why" in said


def test_the_package_is_the_command() -> None:
    command = [sys.executable, "-m", "kpi_toolkit", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip()[0].isdigit()


def test_the_missing_configuration_names_the_verb() -> None:
    refused(called("check"), 2, "`kpi init` makes one")
