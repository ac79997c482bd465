"""Numbers, dates and words as a reader sees them, in French or English; nothing else formats a number.

Three or four figures, never more. Babel knows the separators and the months, gettext the words.
"""

import datetime as dt
import gettext
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from kpi_toolkit import resources
from kpi_toolkit.errors import ConfigError, near_misses
from kpi_toolkit.period import Period

Language = Literal["fr", "en"]
Unit = Literal["percent", "money", "days", "hours", "count", "ratio"]
Number = int | float | Decimal

NNBSP, NBSP, MINUS, NO_DATA = "\u202f", "\u00a0", "\u2212", "–"
SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "JPY": "¥"}
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@dataclass(frozen=True)
class Scale:
    """How a group of amounts is shown: divided by `divisor`, named by `unit`, with `digits` decimals."""

    divisor: float
    unit: str
    digits: int


@dataclass(frozen=True)
class Change:
    """A difference as text, and whether it is favourable; None where there is nothing to judge."""

    text: str
    favourable: bool | None


@dataclass(frozen=True)
class Format:
    """The formats of one language and currency: Format("fr").percent(0.421) -> '42,1 %'."""

    language: Language = "en"
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ConfigError(
                f"language {self.language!r}: {near_misses(self.language, LANGUAGES)}"
            )

    # -- words

    def t(self, text: str, **values: object) -> str:
        """The text in this language, with {named} values put in."""
        found = _catalogue(self.language).gettext(text) if text else ""
        return self.typeset(found.format(**values) if values else found)

    def tn(self, one: str, many: str, n: int, **values: object) -> str:
        """The singular or the plural, with {n} put in as a count."""
        found = _catalogue(self.language).ngettext(one, many, n)
        return self.typeset(found.format(n=self.count(n), **values))

    def typeset(self, text: str) -> str:
        """French spacing: a narrow no-break space before ; ? ! %, a no-break space before a colon."""
        if self.language != "fr":
            return text
        for mark in ";?!%»":
            text = text.replace(f" {mark}", NNBSP + mark)
        return text.replace(" :", NBSP + ":").replace("« ", "«" + NNBSP)

    @property
    def colon(self) -> str:
        """The colon with the space that the language puts before it."""
        return NBSP + ":" if self.language == "fr" else ":"

    # -- numbers

    def number(self, value: Number, digits: int = 0, sign: bool = False) -> str:
        """1234.5 -> '1 234,5'; a minus is U+2212, zero has no sign."""
        rounded = round(float(value), digits)
        text = f"{abs(rounded):,.{digits}f}"
        if self.language == "fr":
            text = text.replace(",", NNBSP).replace(".", ",")
        lead = MINUS if rounded < 0 else "+" if sign and rounded > 0 else ""
        return lead + text

    def count(self, value: Number | None) -> str:
        """A whole number, or a dash."""
        return NO_DATA if value is None else self.number(value)

    def percent(self, share: Number, digits: int = 1, sign: bool = False) -> str:
        """0.421 -> '42,1 %'."""
        return self.number(float(share) * 100, digits, sign) + self._mark("%")

    def points(self, share: Number, digits: int = 1) -> str:
        """A difference of two shares in points: 0.032 -> '+3,2 pt'."""
        return self.number(float(share) * 100, digits, sign=True) + NNBSP + self.points_unit

    @property
    def points_unit(self) -> str:
        """pt in French, pp in English."""
        return "pt" if self.language == "fr" else "pp"

    def money_scale(self, values: Iterable[Number | None]) -> Scale:
        """The scale on which the largest of some amounts has three figures."""
        top = max(
            (abs(float(v)) for v in values if v is not None and not math.isnan(v)), default=0.0
        )
        for divisor, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if top >= divisor * 0.9995:
                return Scale(divisor, self._money_unit(name), _decimals(top / divisor))
        return Scale(1.0, self._money_unit(""), 0 if top >= 100 or top == int(top) else 2)

    def money(self, value: Number, sign: bool = False) -> str:
        """4_820_000 -> '4,82 M€' in French, '€4.82m' in English."""
        scale = self.money_scale([value])
        text = self.number(float(value) / scale.divisor, scale.digits, sign)
        if self.language == "fr" or not _is_sign(self.symbol):
            return text + NNBSP + scale.unit
        lead = text[0] if text[0] in "+" + MINUS else ""
        return lead + self.symbol + text[len(lead) :] + scale.unit.removeprefix(self.symbol)

    @property
    def symbol(self) -> str:
        """The currency's sign, or its code."""
        return SIGNS.get(self.currency, self.currency)

    def duration(self, days: Number, digits: int | None = None, sign: bool = False) -> str:
        """61.2 -> '61 j'; below ten days, one decimal."""
        shown = (0 if abs(float(days)) >= 9.95 else 1) if digits is None else digits
        return self.number(days, shown, sign) + NNBSP + self.days_unit

    @property
    def days_unit(self) -> str:
        """j in French, d in English."""
        return "j" if self.language == "fr" else "d"

    def value(self, value: Number | None, unit: Unit, sign: bool = False) -> str:
        """A value with its unit, or a dash."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return NO_DATA
        if unit == "money":
            return self.money(value, sign)
        if unit == "percent":
            return self.percent(value, 1, sign)
        if unit == "days":
            return self.duration(value, None, sign)
        if unit == "hours":
            return self.number(value, 1, sign) + NNBSP + "h"
        return self.number(value, 0 if unit == "count" else 2, sign)

    def figure(self, value: Number | None, unit: Unit) -> tuple[str, str]:
        """A value and its unit apart, where units stand beside the rows: ('4,82', 'M€')."""
        if value is None:
            return NO_DATA, ""
        if unit == "money":
            scale = self.money_scale([value])
            return self.number(float(value) / scale.divisor, scale.digits), scale.unit
        if unit == "percent":
            return self.number(float(value) * 100, 1), "%"
        text = self.value(value, unit)
        number, gap, name = text.rpartition(NNBSP)
        return (number, name) if gap and unit in ("days", "hours") else (text, "")

    def change(
        self, new: Number | None, old: Number | None, unit: Unit, better: str = "up"
    ) -> Change:
        """Rates change in points, durations in days, other quantities in per cent; nothing to compare is a dash."""
        if new is None or old is None:
            return Change(NO_DATA, None)
        difference = float(new) - float(old)
        if unit == "percent":
            text = self.points(difference)
        elif unit in ("days", "hours"):
            text = self.value(difference, unit, sign=True)
        elif not old:
            return Change(NO_DATA, None)
        else:
            text = self.percent(difference / abs(float(old)), 1, sign=True)
        return Change(text, _favourable(text, difference, better))

    def interval(self, low: Number | None, high: Number | None, unit: Unit) -> str:
        """'37,8–46,4', without unit; a dash where there is none."""
        if low is None or high is None:
            return NO_DATA
        if unit == "percent":
            return f"{self.number(float(low) * 100, 1)}–{self.number(float(high) * 100, 1)}"
        scale = (
            self.money_scale([low, high])
            if unit == "money"
            else Scale(1.0, "", 0 if unit == "days" else 1)
        )
        return f"{self.number(float(low) / scale.divisor, scale.digits)}–{self.number(float(high) / scale.divisor, scale.digits)}"

    # -- dates

    def date(self, day: dt.date) -> str:
        """5 oct. 2026."""
        from babel.dates import format_date

        pattern = "d MMM y"
        return format_date(day, pattern, locale=self._locale)

    def instant(self, moment: dt.datetime) -> str:
        """A local time: '5 oct. 2026, 06 h 00' or '5 Oct 2026, 06:00'; midnight is the day alone."""
        if moment.time() == dt.time():
            return self.date(moment.date())
        clock = f"{moment:%H}{NNBSP}h{NNBSP}{moment:%M}" if self.language == "fr" else f"{moment:%H:%M}"
        return f"{self.date(moment.date())}, {clock}"

    def month_short(self, day: dt.date) -> str:
        """'sept.'."""
        from babel.dates import format_date

        return format_date(day, "LLL", locale=self._locale)

    def month_letter(self, day: dt.date) -> str:
        """'S'."""
        from babel.dates import format_date

        return format_date(day, "LLLLL", locale=self._locale).upper()

    def period(self, period: Period) -> str:
        """A period's name: 'T3 2026', 'septembre 2026', 'semaine 38, 2026'."""
        from babel.dates import format_date

        if period.grain == "month":
            return format_date(period.start, "LLLL y", locale=self._locale)
        if period.grain == "week":
            year, week, _ = period.start.isocalendar()
            return self.t("week {week}, {year}", week=week, year=year)
        if period.grain == "day":
            return self.date(period.start)
        return self.period_short(period)

    def period_short(self, period: Period) -> str:
        """A period's name for a column head: 'T3 2026', 'sept. 2026', 'S38'."""
        if period.grain == "quarter":
            return (
                f"{'T' if self.language == 'fr' else 'Q'}{period.quarter}{NBSP}{self._year(period)}"
            )
        if period.grain == "month":
            return f"{self.month_short(period.start)}{NBSP}{period.start.year}"
        if period.grain == "week":
            return f"{'S' if self.language == 'fr' else 'W'}{period.start.isocalendar().week:02d}"
        if period.grain == "year":
            return self._year(period)
        return self.t("all time") if period.grain == "all" else self.date(period.start)

    def days_of(self, period: Period) -> str:
        """The local days that a period covers: '1 juil. – 30 sept. 2026'."""
        from babel.dates import format_date

        if period.grain == "all":
            return self.t("all time")
        last = period.end - dt.timedelta(days=1)
        first = format_date(
            period.start,
            "d MMM" if period.start.year == last.year else "d MMM y",
            locale=self._locale,
        )
        return self.date(last) if period.grain == "day" else f"{first} – {self.date(last)}"

    # -- parts

    @property
    def _locale(self) -> str:
        return "fr_FR" if self.language == "fr" else "en_GB"

    def _mark(self, mark: str) -> str:
        return NNBSP + mark if self.language == "fr" else mark

    def _money_unit(self, name: str) -> str:
        if self.language == "fr":
            return name + self.symbol
        small = {"G": "bn", "M": "m"}.get(name, name)
        return (
            self.symbol + small
            if _is_sign(self.symbol)
            else f"{small}{NBSP}{self.symbol}".strip(NBSP)
        )

    def _year(self, period: Period) -> str:
        fiscal = period.calendar.fiscal_year_starts > 1
        prefix = self.t("FY ") if fiscal else ""
        return f"{prefix}{period.fiscal_year}"


def _is_sign(symbol: str) -> bool:
    return len(symbol) == 1


def _decimals(value: float) -> int:
    return 2 if value < 9.995 else 1 if value < 99.95 else 0


def _favourable(text: str, difference: float, better: str) -> bool | None:
    if not any(figure in text for figure in "123456789"):
        return None
    return (difference > 0) == (better == "up")


@lru_cache(maxsize=4)
def _catalogue(language: str) -> gettext.NullTranslations:
    path = resources.LOCALE / language / "LC_MESSAGES" / "kpi_toolkit.po"
    if not path.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
