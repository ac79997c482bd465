"""Files that name each other's records are joined, so that what one says of them is known."""

from tests.crm.looking.conftest import Look

DEALS = "N° affaire;Société;Commercial;Montant;Créé le;Statut\n" + "".join(
    f"D{n};{'ABC'[n % 3]} SA;{'Anne' if n % 2 else 'Luc'};{n}0;2024-01-{n:02};gagné\n"
    for n in range(1, 13)
)
CLIENTS = "Client;Secteur;Région;Segment\nA SA;BTP;Nord;PME\nB SA;BTP;Sud;GC\n"


def test_what_clients_say_is_known_of_their_deals(look: Look) -> None:
    found = look({"affaires.csv": DEALS, "clients.csv": CLIENTS})
    assert found.says('8 of 12 filled cells of "Société" stand in "Client" of "clients.csv"')
    sql = "SELECT segment, region, count(*) FROM deals GROUP BY ALL ORDER BY ALL"
    got = found.connect().query(sql)
    assert got == [("GC", "Sud", 4), ("PME", "Nord", 4), (None, None, 4)]


def test_a_name_is_brought_to_the_id_that_the_other_file_has(look: Look) -> None:
    clients = "Id client;Nom client;Segment\n7;A SA;PME\n8;B SA;GC\n9;C SA;GC\n"
    found = look({"affaires.csv": DEALS, "clients.csv": clients})
    assert found.tables["deals"]["columns"]["account_id"] == "accounts.Id client"
    sql = "SELECT DISTINCT account_id FROM deals ORDER BY 1"
    assert found.connect().query(sql) == [("7",), ("8",), ("9",)]


def test_the_team_of_an_owner_is_known(look: Look) -> None:
    users = "Commercial,Équipe\nAnne,Nord\nLuc,Sud\n"
    found = look({"affaires.csv": DEALS, "commerciaux.csv": users})
    sql = "SELECT team, count(*) FROM deals GROUP BY 1 ORDER BY 1"
    assert found.connect().query(sql) == [("Nord", 6), ("Sud", 6)]


def test_the_region_of_a_seller_is_that_of_the_deal(look: Look) -> None:
    """Though users have no column for it."""
    users = "Commercial,Équipe,Région\nAnne,Nord,Lille\nLuc,Sud,Nice\n"
    found = look({"affaires.csv": DEALS, "commerciaux.csv": users})
    sql = "SELECT team, region, count(*) FROM deals GROUP BY ALL ORDER BY ALL"
    assert found.connect().query(sql) == [("Nord", "Lille", 6), ("Sud", "Nice", 6)]


def test_files_that_do_not_belong_together_are_not_joined(look: Look) -> None:
    other = "Client;Secteur;Région;Segment\nX SA;BTP;Nord;PME\nY SA;BTP;Sud;GC\n"
    found = look({"affaires.csv": DEALS, "clients.csv": other})
    assert "joins" not in found.tables["deals"]


def test_a_file_with_two_rows_of_a_client_is_not_joined(look: Look) -> None:
    """Its rows would multiply."""
    found = look({"affaires.csv": DEALS, "clients.csv": CLIENTS + "A SA;BTP;Est;PME\n"})
    assert "joins" not in found.tables["deals"]
