"""Who sells: teams, names, and when each arrived and left."""

from dataclasses import dataclass
from datetime import date

START = date(2021, 1, 4)


@dataclass(frozen=True)
class User:
    """A user of the CRM; `share` weighs a seller's part of the team's deals, 0 for others.

    `active_to` is the last day of work.
    """

    name: str
    team: str
    share: int = 0
    skill: int = 0
    active_from: date = START
    active_to: date | None = None


LEAVER = "Nathalie D’Hondt"
LEAVES = date(2026, 6, 30)
HEAD_OF_SALES = "Hélène Vasseur"
OPERATIONS = "Paul Da Costa"

USERS = (
    User("Camille Roussel", "North", 150, 3, date(2019, 3, 4)),
    User("Julien Mercier", "North", 130, 2, date(2020, 9, 7)),
    User("Thomas Lefèvre", "North", 110, 0, date(2021, 1, 11)),
    User("Maxime Girard", "North", 90, -1, date(2022, 5, 2)),
    User(LEAVER, "North", 80, 1, date(2018, 10, 1), LEAVES),
    User("Inès Benali", "South", 150, 3, date(2020, 2, 3)),
    User("Élodie Faure", "South", 105, 0, date(2021, 6, 14)),
    User("Hugo Marchand", "South", 95, -1, date(2022, 11, 7)),
    User("Léa Fontaine", "South", 80, -2, date(2024, 9, 2)),
    User("Bertrand Quéméneur", "South", 75, -3, date(2018, 1, 8), date(2024, 8, 30)),
    User("Sarah Nguyen", "Export", 130, 1, date(2019, 9, 2)),
    User("Oliver O’Connor", "Export", 85, 0, date(2022, 3, 14)),
    User("Siobhán Fitzgerald-Murray", "Export", 70, 2, date(2025, 9, 1)),
    User(HEAD_OF_SALES, "Management", active_from=date(2017, 5, 2)),
    User(OPERATIONS, "Operations", active_from=date(2019, 1, 7)),
)
SELLERS = tuple(user for user in USERS if user.share)
TEAMS = ("North", "South", "Export")
