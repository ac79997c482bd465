"""The quick way to a moment gives what the exact way gives, for any text, format and zone."""

import random
from collections.abc import Iterator

import duckdb
import pytest

from kpi_toolkit.crm import full_moments, moments
from kpi_toolkit.crm.database import locked
from kpi_toolkit.crm.moments import Moment

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Africa/Casablanca", "Asia/Kathmandu"]
ZONES += ["Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Tehran", "Europe/Dublin"]
FORMATS = {
    "iso": "{Y}-{m}-{d}{T}{H}:{M}:{S}{z}",
    "%d/%m/%Y": "{d}/{m}/{Y}",
    "%d/%m/%Y %H:%M": "{d}/{m}/{Y} {H}:{M}",
    "%m.%d.%y": "{m}.{d}.{y}",
    "%Y%m%d %H%M%S": "{Y}{m}{d} {H}{M}{S}",
    "%m/%Y": "{m}/{Y}",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with locked() as connection:
        yield connection


def written(rng: random.Random, form: str) -> str:
    odd = rng.random() < 0.2
    parts = {
        "Y": str(rng.choice([rng.randint(1960, 2045), rng.randint(0, 9999) if odd else 2024])),
        "m": f"{rng.randint(0, 13) if odd else rng.randint(1, 12):02}",
        "d": f"{rng.randint(0, 32):02}",
        "H": f"{rng.randint(0, 25) if odd else rng.randint(0, 23):02}",
        "M": f"{rng.randint(0, 61) if odd else rng.choice([0, 30, 59]):02}",
        "S": rng.choice(["00", "59", "60", "07.5", "07,25", "07.1234567"]) if odd else "00",
        "T": rng.choice("T "),
        "y": f"{rng.randint(0, 99):02}",
        "z": rng.choice(["", "", "Z", "+02:00", "-0330", "+14", "-00:00", "+99:00"]),
    }
    text = form.format(**parts)
    if odd and text:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(["", " ", "\n", "-", "1", "x", "\u0661"]) + text[at + 1 :]
    return text


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [False, True])
def test_the_quick_way_gives_the_same(
    engine: duckdb.DuckDBPyConnection, zone: str, day: bool
) -> None:
    rng = random.Random(zone)
    for date_format, form in FORMATS.items():
        texts = [written(rng, form) for _ in range(3000)]
        moment = Moment(date_format, time_zone=zone, day=day)
        local, exact = full_moments.local("x", moment), moments.cast("x", moment)
        either = full_moments.cast("l", "x", moment, exact)
        quick = full_moments.cast("l", "x", moment, "NULL")
        engine.execute("CREATE OR REPLACE TEMP TABLE texts AS SELECT unnest(?) AS x", [texts])
        located = f"SELECT x, {local} AS l FROM texts"
        found = f"SELECT {exact} AS a, {either} AS b, {quick} AS c FROM ({located})"
        rows, known, wrong = engine.execute(
            "SELECT count(*), count(c), count(*) FILTER (a IS DISTINCT FROM b OR c IS DISTINCT "
            f"FROM b AND c IS NOT NULL) FROM ({found})"
        ).fetchall()[0]
        assert known > rows / 8
        assert wrong == 0


def test_formats_with_words_or_offsets_have_no_quick_way() -> None:
    for date_format in ("%d %B %Y", "%d/%m/%Y %I:%M %p", "%d/%m/%Y %z", "excel", "epoch_ms"):
        assert full_moments.local("x", Moment(date_format)) == ""


@pytest.mark.parametrize("zone", ZONES[1:])
def test_changes_of_the_clocks_are_the_engines(
    engine: duckdb.DuckDBPyConnection, zone: str
) -> None:
    """Each quarter of an hour of some years, by the table of offsets and by the engine."""
    quarters = (
        "SELECT t + to_minutes(CAST(n * 15 AS INTEGER)) AS l FROM range(35040) AS r(n), "
        "(VALUES (TIMESTAMP '1971-01-01'), (TIMESTAMP '2011-06-01'), (TIMESTAMP '2019-01-01'), "
        "(TIMESTAMP '2024-01-01'), (TIMESTAMP '2031-06-01')) AS years(t)"
    )
    moment = Moment(time_zone=zone)
    by_table = full_moments.cast("l", "'2024'", moment, "NULL")
    rows, known, wrong = engine.execute(
        f"SELECT count(*), count(a), count(*) FILTER (a IS NOT NULL AND a IS DISTINCT FROM b) "
        f"FROM (SELECT {by_table} AS a, {moments.placed('l', moment)} AS b FROM ({quarters}))"
    ).fetchall()[0]
    assert known > 0.85 * rows
    assert wrong == 0
