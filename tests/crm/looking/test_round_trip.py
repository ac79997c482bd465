"""A table written in any dialect, proposed and read, has the values that were written."""

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.crm.looking.conftest import Look

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


@dataclass(frozen=True)
class Written:
    """How a file is written."""

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    before: str = ""
    behind: str = ""
    date: str = "%Y-%m-%d"
    void: str = ""
    titles: str = ""
    end: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL

    def amount(self, amount: Decimal) -> str:
        text = f"{amount:,.2f}".replace(",", "\0").replace(".", self.decimal)
        return self.before + text.replace("\0", self.thousands) + self.behind

    def day(self, day: dt.date) -> str:
        named = self.date.replace("%B", MONTHS.split()[day.month - 1])
        return day.strftime(named)


FRENCH = {"delimiter": ";", "decimal": ",", "date": "%d/%m/%Y"}
DIALECTS = {
    "plain": Written(),
    "french": Written(**FRENCH, thousands="\u202f", behind=" €"),
    "french of an old tool": Written(**FRENCH, encoding="cp1252", thousands="\xa0", end="\r\n"),
    "french with blanks": Written(**FRENCH, thousands=" ", titles="Export du 01/02/2024\n\n"),
    "french months": Written(delimiter="\t", decimal=",", date="%d %B %Y", encoding="utf-16"),
    "german": Written(delimiter=";", decimal=",", thousands=".", date="%d.%m.%Y"),
    "swiss": Written(delimiter=";", thousands="'", date="%d.%m.%Y", void="-"),
    "american": Written(thousands=",", before="$", date="%m/%d/%Y", void="N/A"),
    "two-digit years": Written(delimiter="|", date="%d-%m-%y", void="NULL"),
    "all in quotes": Written(quoting=csv.QUOTE_ALL, date="%Y/%m/%d", encoding="utf-8-sig"),
    "sep line": Written(delimiter=";", titles="sep=;\n", date="%Y%m%d"),
    "workbook days": Written(delimiter="\t", encoding="utf-16-le", date="%d-%m-%Y"),
}
Row = tuple[str, str, Decimal | None, dt.date, dt.date | None, str]


def rows(seed: int) -> list[Row]:
    draw = random.Random(seed)
    names = ["Société Générale", "Müller & Söhne", 'Fa. "Nord", Lyon', "NA", "Cœur\u00a0d'Or"]
    found: list[Row] = []
    for n in range(60):
        created = dt.date(2021, 1, 1) + dt.timedelta(days=draw.randrange(900))
        status = draw.choice(["won", "lost", "open"])
        amount = Decimal(draw.randrange(100, 900_000_00)) / 100 if draw.random() > 0.1 else None
        closed = created + dt.timedelta(days=draw.randrange(200)) if status != "open" else None
        found.append((f"{n:03}", draw.choice(names), amount, created, closed, status))
    return found


def as_text(found: list[Row], written: Written) -> bytes:
    words = {"won": "Gagnée", "lost": "Perdue", "open": "En cours"}
    target = io.StringIO(newline="")
    writer = csv.writer(
        target, delimiter=written.delimiter, lineterminator=written.end, quoting=written.quoting
    )
    writer.writerow(["Deal ID", "Account", "Amount", "Created", "Close date", "Status"])
    for key, account, amount, created, closed, status in found:
        money = written.void if amount is None else written.amount(amount)
        day = written.void if closed is None else written.day(closed)
        writer.writerow([key, account, money, written.day(created), day, words[status]])
    return (written.titles + target.getvalue()).encode(written.encoding)


@pytest.mark.parametrize("name", DIALECTS)
def test_what_was_written_is_read(name: str, look: Look) -> None:
    written, found = DIALECTS[name], rows(sum(map(ord, name)))
    proposal = look(
        {"deals.csv": as_text(found, written)}, currency="USD" if "am" in name else "EUR"
    )
    crm = proposal.connect()
    sql = (
        "SELECT deal_id, account_id, amount, CAST(created_at AS DATE), CAST(closed_at AS DATE), "
        "status FROM deals ORDER BY deal_id"
    )
    assert crm.query(sql) == found, proposal.text
    assert len(crm.quarantine()) == 0
