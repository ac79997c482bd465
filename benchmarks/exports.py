"""Exports of a CRM as CSV, the same at every run: deals as a French CRM writes them, with a file of
products to join, or orders by the gigabyte.
"""

from pathlib import Path

import duckdb

DEALS = """
    SELECT 'D-' || lpad(i::VARCHAR, 7, '0') AS "N°",
        CASE pick(1, 16) WHEN 0 THEN 'Renouvellement, dit "' || pick(2, 900) || '"'
            WHEN 1 THEN 'Renouvellement; lot ' || pick(2, 900)
            WHEN 2 THEN 'Extension; lot ' || pick(2, 900)
            ELSE 'Projet ' || pick(3, 9999) END AS "Intitulé",
        'Compte ' || pick(4, 50000) AS "Compte",
        ['Zoé Martin', 'Paul Lefèvre', 'Ann Li', 'José Ruiz', 'Kim Ng'][1 + pick(5, 5)]
            AS "Propriétaire",
        ['Nord', 'Sud', 'Est', 'Ouest'][1 + pick(6, 4)] AS "Région",
        ['Web', 'Salon', 'Partenaire', 'Réseau'][1 + pick(7, 4)] AS "Origine",
        'PR-' || pick(8, 60) AS "Produit",
        ['Gagnée', 'Perdue', 'En cours'][1 + pick(9, 3)] AS "Statut",
        ['Découverte', 'Proposition', 'Négociation'][1 + pick(10, 3)] AS "Étape",
        french(exp(6 + pick(11, 6000) / 1000.0)) AS "Montant",
        french(pick(12, 10000) / 100.0) AS "Commission",
        strftime(morning(13, 1400), '%d/%m/%Y %H:%M') AS "Créée le",
        strftime(morning(14, 1400), '%d/%m/%Y') AS "Clôture prévue",
        CASE WHEN pick(9, 3) < 2 THEN
            strftime(morning(13, 1400) + to_days(pick(15, 90)::INTEGER + 1), '%d/%m/%Y %H:%M')
            END AS "Clôturée le",
        ['oui', 'non'][1 + pick(16, 2)] AS "Prioritaire"
    FROM range({rows}) AS r(i)"""

PRODUCTS = """
    SELECT 'PR-' || i AS code, 'Produit ' || i AS nom FROM range(60) AS r(i)"""

ORDERS = """
    SELECT 'order-' || lpad(i::VARCHAR, 9, '0') AS order_id, '1' AS line,
        'account ' || lpad(pick(1, 900000)::VARCHAR, 12, '0') AS account_id,
        'deal ' || lpad(pick(2, 9000000)::VARCHAR, 14, '0') AS deal_id,
        'product ' || pick(3, 500) || ' of the autumn range' AS product,
        ['web', 'shop', 'field'][1 + pick(4, 3)] AS channel, 1 + pick(5, 9) AS quantity,
        printf('%.2f', 5 + pick(6, 900000) / 100.0) AS amount,
        strftime(morning(7, 1400), '%Y-%m-%dT%H:%M:%S') AS ordered_at
    FROM range({rows}) AS r(i)"""

MACROS = """
    CREATE MACRO draw(i, salt, n) AS (hash(i, salt) % n)::BIGINT;
    CREATE MACRO french(x) AS replace(printf('%.2f', x), '.', ',');
    CREATE MACRO instant(i, salt, days) AS TIMESTAMP '2022-01-01'
        + to_days(draw(i, salt, days)::INTEGER) + to_minutes(480 + draw(i, salt + 50, 700))"""

DEALS_TOML = """
[project]
name = "bench"
time_zone = "Europe/Paris"
currency = "EUR"
[tables.deals]
file = "deals.csv"
delimiter = ";"
decimal = ","
date_format = "%d/%m/%Y %H:%M"
[tables.deals.joins.products]
file = "products.csv"
on = { code = "Produit" }
[tables.deals.columns]
deal_id = "N°"
account_id = "Compte"
owner = "Propriétaire"
region = "Région"
source = "Origine"
product = "products.nom"
status = { column = "Statut", values = { "Gagnée" = "won", Perdue = "lost", "En cours" = "open" } }
stage = "Étape"
amount = "Montant"
commission = "Commission"
created_at = "Créée le"
expected_close_on = { column = "Clôture prévue", date_format = "%d/%m/%Y" }
closed_at = "Clôturée le"
is_focus = { column = "Prioritaire", values = { oui = true, non = false } }
title = { column = "Intitulé", dimension = true }
"""

ORDERS_TOML = """
[project]
name = "bench"
time_zone = "UTC"
[tables.orders]
file = "orders.csv"
delimiter = ";"
key = "order_id"
"""


def deals(folder: Path, rows: int, dirty: bool) -> None:
    """deals.csv, of which one line in a hundred is bad when it is to be dirty, and its project."""
    _write(DEALS.format(rows=rows), folder / "deals.csv")
    _write(PRODUCTS, folder / "products.csv")
    (folder / "kpi.toml").write_text(DEALS_TOML, encoding="utf-8")
    if dirty:
        _spoil(folder / "deals.csv")


def orders(folder: Path, rows: int) -> None:
    """orders.csv and its project: 130 bytes a row."""
    _write(ORDERS.format(rows=rows), folder / "orders.csv")
    (folder / "kpi.toml").write_text(ORDERS_TOML, encoding="utf-8")


def _write(select: str, path: Path) -> None:
    sql = select.replace("pick(", "draw(i, ").replace("morning(", "instant(i, ")
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for macro in MACROS.split(";"):
            connection.execute(macro)
        connection.execute(f"COPY ({sql}) TO '{path}' (DELIMITER ';', HEADER)")


def _spoil(path: Path) -> None:
    """In turn: a field less, a quote that is never closed, an amount and a day that are none."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for n in range(100, len(lines) - 1, 100):
        cells = lines[n].split(";")
        match n // 100 % 4:
            case 0:
                cells.pop()
            case 1:
                cells[-1] = '"' + cells[-1]
            case 2:
                cells[-6] = "à voir"
            case 3:
                cells[-3] = "31/02/2024"
        lines[n] = ";".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
