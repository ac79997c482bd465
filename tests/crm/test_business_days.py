"""The time between two instants within business hours, against a count of minutes."""

import datetime as dt
import random
from itertools import accumulate
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

import kpi_toolkit as kt
from kpi_toolkit.business import BusinessHours
from kpi_toolkit.crm.building import Home
from kpi_toolkit.crm.connect import Crm
from kpi_toolkit.errors import ConfigError
from kpi_toolkit.measures import expression
from kpi_toolkit.period import Calendar

ONE = dt.timedelta(minutes=1)
NOON = dt.datetime.fromisoformat("2026-04-15T10:00")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def crm_of(pairs: list[tuple[dt.datetime, dt.datetime]], calendar: Calendar) -> Crm:
    """Tickets created and resolved at UTC instants, under a calendar of its own."""
    created, resolved = zip(*pairs, strict=True)
    tickets = pd.DataFrame({"ticket_id": [str(n) for n in range(len(pairs))]})
    tickets["created_at"] = pd.to_datetime(pd.Series(created))
    tickets["resolved_at"] = pd.to_datetime(pd.Series(resolved))
    plain = kt.from_frames(tickets=tickets, as_of="2026-12-01")
    types = {"tickets": plain._types["tickets"]}
    home = Home(calendar, "EUR")
    return Crm(plain.connection, types, home=home, as_of=plain.as_of)


def hours(crm: Crm) -> list[float | None]:
    sql = expression.render("business_hours(created_at, resolved_at)", {})
    rows = crm.query(f"SELECT {sql} FROM tickets ORDER BY CAST(ticket_id AS INTEGER)")
    return [row[0] for row in rows]


def open_minutes(
    first: dt.datetime, last: dt.datetime, zone: str, week: dict[int, tuple[tuple[int, int], ...]]
) -> list[int]:
    """Minute by minute since `first`, how many were within the hours of the local clock."""
    utc, there, found = first.replace(tzinfo=dt.UTC), ZoneInfo(zone), []
    while utc < last.replace(tzinfo=dt.UTC):
        local = utc.astimezone(there)
        minute = local.hour * 60 + local.minute
        found.append(any(a <= minute < b for a, b in week.get(local.weekday(), ())))
        utc += ONE
    return list(accumulate(map(int, found), initial=0))


WEEK = "Mon-Thu 09:00-12:30 14:00-18:00, Fri 09:00-17:15, Sat 08:00-24:00"
OF_WEEK = {
    **dict.fromkeys(range(4), ((540, 750), (840, 1080))),
    4: ((540, 1035),),
    5: ((480, 1440),),
}
ALWAYS = dict.fromkeys(range(7), ((0, 1440),))


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("UTC", "2026-03-20"),
        ("Europe/Paris", "2026-03-20"),
        ("Europe/Paris", "2026-10-16"),
        ("America/New_York", "2026-03-01"),
        ("America/New_York", "2026-10-25"),
        # The clocks change at midnight, and by half an hour.
        ("America/Santiago", "2026-08-28"),
        ("America/Santiago", "2026-03-28"),
        ("Australia/Lord_Howe", "2026-03-28"),
        ("Asia/Kolkata", "2026-03-20"),
    ],
)
@pytest.mark.parametrize(
    ("declared", "week"), [(WEEK, OF_WEEK), ("Mon-Sun 00:00-24:00", ALWAYS)], ids=["week", "always"]
)
def test_business_hours_are_those_that_the_local_clock_counts(
    zone: str, first: str, declared: str, week: dict[int, tuple[tuple[int, int], ...]]
) -> None:
    start = at(first)
    minutes = open_minutes(start, start + dt.timedelta(days=17), zone, week)
    draw = random.Random(zone + first)
    picked = [(draw.randrange(len(minutes)), draw.randrange(len(minutes))) for _ in range(300)]
    crm = crm_of(
        [(start + a * ONE, start + b * ONE) for a, b in picked],
        Calendar(zone, 1, BusinessHours(declared)),
    )
    found = hours(crm)
    assert [round(x * 60, 6) for x in found if x is not None] == [
        minutes[b] - minutes[a] for a, b in picked
    ]


def test_a_holiday_and_a_night_do_not_count() -> None:
    # Thursday 30 April 17:30 to Monday 4 May 10:15 in Paris, over 1 May: half an hour and 75 min.
    calendar = Calendar("Europe/Paris", 1, BusinessHours(holidays="FR"))
    crm = crm_of([(at("2026-04-30T15:30"), at("2026-05-04T08:15"))], calendar)
    assert hours(crm) == [1.75]
    calendar = Calendar("Europe/Paris", 1, BusinessHours(closed=(dt.date(2026, 5, 4),)))
    crm = crm_of([(at("2026-04-30T15:30"), at("2026-05-04T08:15"))], calendar)
    assert hours(crm) == [9.5]


def test_the_table_has_a_row_for_each_day_and_its_formula_agrees() -> None:
    calendar = Calendar("Europe/Paris", 1, BusinessHours(holidays="FR"))
    pairs = [(at("2026-04-30T15:30"), at("2026-05-04T08:15")), (at("2026-03-27T03:00"), NOON)]
    crm = crm_of(pairs, calendar)
    days = crm.frame("SELECT * FROM business_days ORDER BY day")
    assert list(days.columns[:1]) == ["day"]
    assert len(days) == (days["day"].iloc[-1] - days["day"].iloc[0]).days + 1
    may = days[days["day"] == "2026-05-01"].iloc[0]
    assert may["opens_at"] == may["closes_at"] == pd.Timestamp("2026-04-30 22:00")
    before = (
        "{0}.hours_before + hours({0}.opens_at, least(greatest({1}, {0}.opens_at), {0}.closes_at))"
    )
    drafted = f"({before.format('f', 'resolved_at')}) - ({before.format('c', 'created_at')})"
    sql = expression.render(drafted, {})
    on = [
        expression.render(f"{t}.day = local_day({c})", {}, time_zone="Europe/Paris")
        for t, c in (("c", "created_at"), ("f", "resolved_at"))
    ]
    rows = crm.query(
        f"SELECT {sql} FROM tickets LEFT JOIN business_days AS c ON {on[0]} "
        f"LEFT JOIN business_days AS f ON {on[1]} ORDER BY ticket_id"
    )
    assert [row[0] for row in rows] == hours(crm)


def test_no_instant_has_no_hours_and_they_may_be_negative() -> None:
    pairs = [(NOON, pd.NaT), (pd.NaT, NOON), (NOON, at("2026-04-14T10:00"))]
    crm = crm_of(pairs, Calendar("Europe/Paris"))  # type: ignore[arg-type]
    assert hours(crm) == [None, None, -9.0]


def test_a_mistyped_year_costs_no_thousand_years() -> None:
    crm = crm_of([(NOON, at("9999-12-31T00:00")), (NOON, NOON)], Calendar("Europe/Paris"))
    assert hours(crm) == [None, 0.0]
    assert crm.query("SELECT max(day) FROM business_days")[0][0].year == 2200


def test_a_later_moment_of_knowledge_has_its_year() -> None:
    crm = crm_of([(NOON, NOON)], Calendar("Europe/Paris"))
    last = "SELECT max(day) FROM business_days"
    assert crm.query(last)[0][0].year == 2027
    later = crm.at("2031-05-01")
    assert later.query(last)[0][0].year == 2032
    assert crm.query(last)[0][0].year == 2032


def test_a_kpi_in_business_hours_sums_whole_microseconds() -> None:
    pairs = [(at("2026-04-15T10:00"), at("2026-04-15T10:00:00.000001"))] * 3
    crm = crm_of(pairs, Calendar("Europe/Paris"))
    text = "business_hours(created_at, resolved_at)"
    assert expression.length_of(text) == expression.HOUR
    sql = expression.render(expression.duration(text), {})
    assert crm.query(f"SELECT sum({sql}) FROM tickets") == [(3,)]


def test_an_unknown_country_is_one_sentence_where_its_holidays_are_needed() -> None:
    crm = crm_of([(NOON, NOON)], Calendar("UTC", 1, BusinessHours(holidays="ZZ")))
    assert crm.query("SELECT count(*) FROM tickets") == [(1,)]
    with pytest.raises(ConfigError, match="holidays 'ZZ'"):
        hours(crm)
