"""What each verb says of four deals: two won by Ann, one lost by Bob, one open."""

import csv
import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from typer.testing import Result

from kpi_toolkit.cli import output
from tests.cli.conftest import Kpi, called
from tests.run.project import CONFIG, write_project


def test_the_version_is_a_number() -> None:
    assert called("--version").output.strip()[0].isdigit()


def test_check_says_what_was_read_and_what_it_makes_possible(kpi: Kpi) -> None:
    said = " ".join(kpi("check").output.split())
    assert "Ardane" in said
    assert "newest event: 2026-09-10 00:00" in said
    assert "deals deals.csv 4 4 0" in said
    assert "accounts new_customers, retention_rate, churn_rate" in said


def test_check_names_the_rows_set_aside(fresh: Path) -> None:
    deals = fresh.parent / "deals.csv"
    rows = [f"{n},Ann,won,1.00,2026-07-02,2026-08-01\n" for n in range(5, 60)]
    deals.write_text(deals.read_text() + "".join(rows) + "9x,Ann,won,much,2026-07-02,\n")
    said = " ".join(called("check", "--config", fresh).output.split())
    assert "deals deals.csv 60 59 1" in said
    assert "deals.amount: not an amount" in said


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('notebook = "sale.ipynb"', "notebook 'sale.ipynb': there is no such file"),
        ('schedule = "every monday"', "schedule 'every monday': "),
        ('period = "last qarter"', "period 'last qarter': expected"),
    ],
)
def test_check_refuses_a_report_that_would_fail_when_due(
    fresh: Path, line: str, sentence: str
) -> None:
    key = line.partition(" =")[0]
    written = next(one for one in CONFIG.splitlines() if one.startswith(f"{key} ="))
    fresh.write_text(CONFIG.replace(written, line), encoding="utf-8")
    said = called("check", "--config", fresh)
    assert said.exit_code == 2
    assert sentence in said.stderr


def test_list_names_every_kpi_and_what_the_data_lack(kpi: Kpi) -> None:
    entries = {entry["kpi"]: entry for entry in json.loads(kpi("list", "--json").output)}
    assert entries["decided_win_rate"] == {
        "kpi": "decided_win_rate",
        "catalogue": ["S05"],
        "family": "sales",
        "name": "Win rate",
        "unit": "percent",
        "better": "up",
        "available": True,
        "lacks": [],
    }
    assert entries["churn_rate"]["available"] is False
    assert entries["churn_rate"]["lacks"] == ["accounts"]
    assert "Win rate" in kpi("list").output


def test_kpis_are_called_as_the_reports_of_the_project_call_them(fresh: Path) -> None:
    french = CONFIG.replace('language = "en"', 'language = "fr"')
    fresh.write_text(f"{french}\n[headlines.won_value]\nact_on = 'x'\n", encoding="utf-8")
    assert "Montant signé" in called("list", "--config", fresh).output
    assert "won_value: Montant signé" in called("explain", "won_value", "--config", fresh).output
    said = " ".join(called("check", "--config", fresh).output.split())
    assert "Headlines: Montant signé is a headline that nobody answers for" in said
    told = json.loads(called("check", "--json", "--config", fresh).output)
    assert "Montant signé is" in told["headlines"][-1]["sentence"]


def test_explain_prints_the_dictionarys_entry(kpi: Kpi) -> None:
    said = kpi("explain", "decided_win_rate").output
    assert "won / (won + lost)" in said
    assert "no data when no deal was decided" in said


def test_explain_says_the_words_that_are_counted(kpi: Kpi) -> None:
    lines = [
        " ".join(line.split()) for line in kpi("explain", "email_open_rate").output.split("\n")
    ]
    assert "Words mailings.channel is 'email'" in lines


def test_explain_prints_the_queries(kpi: Kpi) -> None:
    said = kpi("explain", "decided_win_rate", "--sql", "--period", "2026-Q3").output
    assert "GROUPING SETS" in said
    assert "2026-06-30 22:00" in said


def test_value_prints_the_number_with_its_doubt(kpi: Kpi) -> None:
    said = kpi("value", "decided_win_rate", "--period", "2026-Q3").output
    assert said == "Win rate, Q3\u00a02026: 66.7% [20.8–93.9], n = 3\n"


def test_value_as_json_is_unrounded(kpi: Kpi) -> None:
    found = json.loads(kpi("value", "decided_win_rate", "--period", "2026-Q3", "--json").output)
    definition = found.pop("definition")
    assert len(definition) == 12
    assert found.pop("interval") == pytest.approx([0.2077, 0.9385], abs=1e-4)  # Wilson, 2 of 3
    assert found == {
        "kpi": "decided_win_rate",
        "period": "2026-Q3",
        "as_of": "2026-10-05T04:00:00Z",
        "unit": "percent",
        "currency": "EUR",
        "value": 2 / 3,
        "numerator": 2.0,
        "denominator": 3.0,
        "n": 3,
        "status": "ok",
        "reason": "",
        "rows": [],
    }


def test_value_by_a_dimension(kpi: Kpi) -> None:
    asked = ("value", "decided_win_rate", "--period", "2026-Q3", "--by", "owner")
    rows = json.loads(kpi(*asked, "--json").output)["rows"]
    assert [(row["owner"], row["value"], row["n"]) for row in rows] == [
        ("Ann", 1, 2),
        ("Bob", 0, 1),
    ]
    assert kpi(*asked).output.splitlines()[1].split() == ["owner", "Win", "rate", "n"]


def test_value_as_a_series_ends_with_the_period(kpi: Kpi) -> None:
    asked = ("value", "won_value", "--period", "2026-09", "--series", "3", "--json")
    rows = json.loads(kpi(*asked).output)["rows"]
    assert [(row["period"], row["value"]) for row in rows] == [
        ("2026-07", None),
        ("2026-08", 100.0),
        ("2026-09", 300.0),
    ]


def test_value_without_data_says_why(kpi: Kpi) -> None:
    asked = ("value", "decided_win_rate", "--period", "2025-Q1", "--json")
    found = json.loads(kpi(*asked).output)
    assert (found["value"], found["status"]) == (None, "no_data")
    assert found["reason"]


def test_a_value_of_nothing_says_over_which_days_the_records_run(kpi: Kpi) -> None:
    said = kpi("value", "decided_win_rate", "--period", "2019-09").output.replace("\xa0", " ")
    assert said.splitlines()[1] == (
        "The records run from 1 Aug 2026 to 1 Sept 2026. There is none in September 2019. "
        "Ask for August 2026 (--period 2026-08)."
    )
    assert "The records run" not in kpi("value", "won_value", "--period", "2026-08").output


def test_value_with_an_option(kpi: Kpi) -> None:
    asked = ("value", "opportunity_to_customer_rate", "--period", "2026-07", "--json")
    assert json.loads(kpi(*asked).output)["value"] == 2 / 3
    within = json.loads(kpi(*asked, "--option", "within_days=40").output)
    assert within["value"] == 1 / 3


def test_records_are_the_rows_behind_the_number(kpi: Kpi, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    kpi("value", "decided_win_rate", "--period", "2026-Q3", "--records", path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["deal_id"] for row in rows) == ["1", "2", "3"]


def test_run_says_what_it_made(reported: tuple[Path, Result]) -> None:
    config, result = reported
    lines = result.output.splitlines()
    assert lines[0].startswith("sales 2026-Q3: edition 1, 1 values, run r-")
    assert [Path(line.strip()).suffix for line in lines[1:]] == [".html", ".pdf", ".ipynb"]
    assert all(Path(line.strip()).is_file() for line in lines[1:])
    assert (config.parent / "reports" / "archive.sqlite").is_file()


def test_a_report_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    second = '\n[reports.bad]\nnotebook = "bad.ipynb"\nperiod = "last complete quarter"\n'
    config = write_project(tmp_path, config=CONFIG + second)
    text = (tmp_path / "sales.ipynb").read_text(encoding="utf-8")
    (tmp_path / "bad.ipynb").write_text(text.replace("import os", "import no_such"), "utf-8")
    result = called("run", "bad", "sales", "--config", config)
    assert result.exit_code == 6
    assert "report bad: notebook bad.ipynb, cell 3" in result.stderr
    assert "sales 2026-Q3: edition 1" in result.stdout


def test_nothing_is_due_without_a_schedule(tmp_path: Path) -> None:
    config = write_project(tmp_path, config=CONFIG.replace('schedule = "0 7 * * 1"\n', ""))
    result = called("run-due", "--config", config)
    assert (result.exit_code, result.output) == (0, "nothing is due\n")


def test_archive_lists_shows_and_checks(kpi: Kpi) -> None:
    head, run = kpi("archive", "list").output.splitlines()
    assert head.split()[:3] == ["run", "report", "scope"]
    assert run.split()[1:6] == ["sales", "all", "2026-Q3", "1", "en"]
    shown = " ".join(kpi("archive", "show", run.split()[0][:8]).output.split())
    assert "decided_win_rate quarter 2026-07-01 75.0% 4 ok" in shown
    assert "sales-2026-Q3.pdf" in shown
    assert kpi("archive", "check").output == "no fault\n"


def test_archive_check_names_a_missing_file(copied: Path) -> None:
    next((copied.parent / "reports").rglob("*.pdf")).unlink()
    result = called("archive", "check", "--config", copied)
    assert result.exit_code == 5
    assert "is missing" in result.stdout


def test_check_says_what_is_wrong_with_targets(copied: Path) -> None:
    with copied.open("a") as config:
        config.write('\n[targets]\nfile = "targets.csv"\n')
    targets = copied.parent / "targets.csv"
    targets.write_text("kpi,period,value,owner\nwon_valeu,2026-Q3,1,Eve\nwon_value,2026-Q3,1,Eve\n")
    said = " ".join(called("check", "--config", copied).output.split())
    assert (
        "Target at fault: “won_valeu”, Q3 2026: no KPI has this name. Did you mean “won_value”?"
    ) in said.replace("\xa0", " ")
    assert said.count("Target at fault") == 1
    targets.write_text("kpi,period,value,owner\nwon_value,2026-Q3,1,Eve\n")
    said = called("check", "--config", copied).output
    assert "Targets: 1, each dated, measurable, specific and owned" in said
    assert "at fault" not in said


def test_archive_diff_names_the_figures_that_differ_and_why(copied: Path) -> None:
    deals = copied.parent / "deals.csv"
    deals.write_text(deals.read_text().replace("4,Bob,open", "4,Bob,lost"))
    made = called("run", "--parameter", "deals=2", "--config", copied)
    assert made.exit_code == 0
    newer, older = (
        line.split()[0]
        for line in called("archive", "list", "--config", copied).output.splitlines()[1:]
    )
    said = " ".join(called("archive", "diff", older, newer, "--config", copied).output.split())
    assert "2026-07-01 75.0% 50.0% restated: records added or edited" in said
    assert "1 figures differ" in said


def test_archive_backup_is_a_whole_archive(copied: Path) -> None:
    folder = copied.parent / "backup"
    folder.mkdir()
    assert called("archive", "backup", folder / "a.sqlite", "--config", copied).exit_code == 0
    again = called("archive", "backup", folder / "a.sqlite", "--config", copied)
    assert (again.exit_code, "is not overwritten" in again.stderr) == (5, True)


def test_an_archive_without_runs_is_an_empty_list(fresh: Path) -> None:
    assert called("archive", "list", "--config", fresh).exit_code == 5


def test_snapshots_are_listed_and_pruned_but_not_what_reports_are_compared_with(
    copied: Path,
) -> None:
    deals = copied.parent / "deals.csv"
    for name in ("Cid", "Dov"):
        deals.write_text(deals.read_text().replace("Bob", name).replace("Cid", name))
        called("check", "--config", copied)
    listed = called("snapshots", "list", "--config", copied).output.splitlines()[1:]
    newest, between, reported = (line.split()[0] for line in listed)
    pruned = called("snapshots", "prune", "--keep", "1", "--config", copied).output
    assert pruned.splitlines() == [
        f"removed {between}",
        f"kept {reported}: the next report is compared with it",
    ]
    left = called("snapshots", "list", "--config", copied).output.splitlines()[1:]
    assert left == [listed[0], listed[2]]


def test_mail_preview_writes_the_archived_reports_mail(kpi: Kpi, tmp_path: Path) -> None:
    path = tmp_path / "sales.eml"
    assert kpi("mail", "preview", "sales", "--output", path).output == f"{path}\n"
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert mail["To"] == "Lead <lead@example.org>"
    assert mail["Subject"] == "Sales Q3 2026 – Ardane"
    (pdf,) = mail.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()[:5]) == ("sales-2026-Q3.pdf", b"%PDF-")
    html = mail.get_body(("html",)).get_content()
    assert "More deals are won" in html
    assert "Edition 1" in html


def test_mail_preview_by_run_lands_in_the_reports_folder(copied: Path) -> None:
    run = called("archive", "list", "--config", copied).output.splitlines()[1].split()[0]
    result = called("mail", "preview", run, "--to", "me@example.org", "--config", copied)
    path = copied.parent / "reports" / "sales-2026-Q3.eml"
    assert result.output == f"{path}\n"
    assert message_from_bytes(path.read_bytes())["To"] == "me@example.org"
    assert called("archive", "check", "--config", copied).exit_code == 0


def test_mail_preview_without_a_run_is_one_sentence(copied: Path) -> None:
    result = called("mail", "preview", "nothing", "--config", copied)
    assert (result.exit_code, "no such run" in result.stderr) == (5, True)


def test_data_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("name", "n"), [("\x1b[2J[bold]a\nb", 1)], right=(1,))
    assert capsys.readouterr().out.splitlines()[1] == " [2J[bold]a b  1"
