"""A history of stages is one, and its stages are put in the order in which deals enter them."""

from tests.crm.looking.conftest import Look

DEALS = "N° affaire;Étape;Montant HT;Date de création;Date de clôture\n" + "".join(
    f"{n};{'Gagnée' if n < 6 else 'Perdue' if n < 9 else 'Proposition'};{n}0,5;{n + 12}/03/2026;"
    f"{f'{n + 14}/07/2026' if n < 9 else ''}\n"
    for n in range(1, 10)
)
STEPS = ("Prise de contact", "D'abord", "Proposition", "Gagnée")
HISTORY = "N° affaire;Étape;Date d'entrée\n" + "".join(
    f"{n};{step};{n + 12}/0{3 + place}/2026 10:00\n"
    for place, step in reversed(list(enumerate(STEPS)))
    for n in range(1, 10)
    if place < 3 or n < 6
)
FILES = {"Opportunités.csv": DEALS, "Historique des étapes.csv": HISTORY}


def test_a_history_is_told_from_deals_whatever_its_name(look: Look) -> None:
    found = look({"a.csv": DEALS, "b.csv": HISTORY}).tables
    assert found["deals"]["file"] == "a.csv"
    assert found["deal_stages"]["file"] == "b.csv"
    assert set(found["deal_stages"]["columns"]) == {"deal_id", "stage", "entered_at"}


def test_stages_stand_in_the_order_in_which_deals_enter_them_without_the_closing_ones(
    look: Look,
) -> None:
    found = look(FILES)
    crm = found.connect()
    stages = crm.query("SELECT stage, position FROM stages ORDER BY position")
    assert stages == [("Prise de contact", 1), ("D'abord", 2), ("Proposition", 3)]
    written = (found.folder / "stages.sql").read_text("utf-8")
    assert '-- 9 of 9 deals were in "D\'abord" before' in written
    assert "put it right" in written.splitlines()[0]
    assert {"time_in_stage", "stage_conversion_rate"} <= {kpi.name for kpi in available(crm)}


def available(crm):  # type: ignore[no-untyped-def]
    from kpi_toolkit.kpis import registry

    return [kpi for kpi in registry().values() if not kpi.lacks(crm)]


def test_where_days_and_months_cannot_be_told_apart_no_order_is_proposed(look: Look) -> None:
    early = "N° affaire;Étape;Date d'entrée\n" + "".join(
        f"{n};{step};0{n}/0{3 + place}/2026 10:00\n"
        for n in range(1, 10)
        for place, step in enumerate(STEPS[:3])
    )
    found = look({**FILES, "Historique des étapes.csv": early})
    assert "deal_stages" in found.tables
    assert "stages" not in found.tables


def test_a_file_that_has_the_stages_is_taken(look: Look) -> None:
    stages = "Étape;Ordre\n" + "".join(f"{step};{n}\n" for n, step in enumerate(STEPS[:3], 7))
    found = look({**FILES, "etapes.csv": stages})
    assert found.tables["stages"]["file"] == "etapes.csv"
    assert not (found.folder / "stages.sql").exists()


def test_several_pipelines_have_an_order_each_that_is_not_guessed(look: Look) -> None:
    rows = DEALS.splitlines()
    told = [f"{row};{name}" for row, name in zip(rows[1:], "ABABABABA", strict=True)]
    piped = "\n".join([rows[0] + ";Pipeline", *told]) + "\n"
    found = look({**FILES, "Opportunités.csv": piped})
    assert "stages" not in found.tables
    assert "deal_stages" in found.tables


def test_the_stages_of_one_pipeline_bear_its_name(look: Look) -> None:
    rows = DEALS.splitlines()
    piped = "\n".join([rows[0] + ";Pipeline", *(f"{row};L'une" for row in rows[1:])]) + "\n"
    crm = look({**FILES, "Opportunités.csv": piped}).connect()
    sql = "SELECT count(*) FROM stages JOIN deals USING (pipeline) WHERE position = 1"
    assert crm.query(sql) == [(9,)]


def test_the_stage_that_a_closed_deal_was_in_is_taken_where_a_column_tells_it(look: Look) -> None:
    rows = DEALS.splitlines()
    known = "\n".join([rows[0] + ";Dernière étape", *(f"{row};D'abord" for row in rows[1:])]) + "\n"
    crm = look({"Opportunités.csv": known}).connect()
    found = crm.query("SELECT status, stage, count(*) FROM deals GROUP BY ALL ORDER BY ALL")
    assert found == [("lost", "D'abord", 3), ("open", "Proposition", 1), ("won", "D'abord", 5)]


def test_a_log_of_whole_deals_is_no_history(look: Look) -> None:
    log = "deal_id,stage,amount,status,changed_at\n" + "".join(
        f"{n % 4},{'B' if n > 4 else 'A'},{n}.5,open,2026-03-{n:02d}\n" for n in range(1, 9)
    )
    assert "deal_stages" not in look({"log.csv": log}).tables
