"""Days, moments and periods."""

import datetime as dt

from kpi_toolkit.format.words import NBSP, NNBSP, Words
from kpi_toolkit.period import Period

_FRENCH_IN = {"day": "le", "quarter": "au"}


class Dates(Words):
    """The dates of a language, as Babel has them."""

    def date(self, day: dt.date) -> str:
        """5 oct. 2026; 1er juil. 2026."""
        return self._day(day, "d MMM y")

    def date_short(self, day: dt.date) -> str:
        """A day whose year is told beside it: 30 sept.; 1er juil."""
        return self._day(day, "d MMM")

    def instant(self, moment: dt.datetime) -> str:
        """A local time: '5 oct. 2026, 06 h 00'; midnight is the day alone."""
        if moment.time() == dt.time():
            return self.date(moment.date())
        clock = (
            f"{moment:%H}{NNBSP}h{NNBSP}{moment:%M}" if self.language == "fr" else f"{moment:%H:%M}"
        )
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
        """A period's name for a column head: 'T3 2026', 'sept. 2026', 'S38 2026'."""
        if period.grain == "quarter":
            return (
                f"{'T' if self.language == 'fr' else 'Q'}{period.quarter}{NBSP}{self._year(period)}"
            )
        if period.grain == "month":
            return f"{self.month_short(period.start)}{NBSP}{period.start.year}"
        if period.grain == "week":
            year, week, _ = period.start.isocalendar()
            return f"{'S' if self.language == 'fr' else 'W'}{week:02d}{NBSP}{year}"
        if period.grain == "year":
            return self._year(period)
        return self.t("all time") if period.grain == "all" else self.date(period.start)

    def during(self, period: Period) -> str:
        """A period with its preposition: 'au T3 2026', 'en septembre 2026', 'on 5 Oct 2026'."""
        if period.grain == "all":
            return self.t("since the beginning")
        name, fiscal = self.period(period), period.calendar.fiscal_year_starts > 1
        if self.language == "en":
            return f"{'on' if period.grain == 'day' else 'in'} {name}"
        if period.grain == "year" and fiscal:
            return f"sur l’{name}"
        return f"{_FRENCH_IN.get(period.grain, 'en')} {name}"

    def days_of(self, period: Period) -> str:
        """The local days that a period covers: '1er juil. – 30 sept. 2026'."""
        if period.grain == "all":
            return self.t("all time")
        last = period.end - dt.timedelta(days=1)
        first = self._day(period.start, "d MMM" if period.start.year == last.year else "d MMM y")
        return self.date(last) if period.grain == "day" else f"{first} – {self.date(last)}"

    def _day(self, day: dt.date, pattern: str) -> str:
        from babel.dates import format_date

        text = format_date(day, pattern, locale=self._locale)
        return f"1er{text[1:]}" if self.language == "fr" and day.day == 1 else text

    @property
    def _locale(self) -> str:
        return "fr_FR" if self.language == "fr" else "en_GB"

    def _year(self, period: Period) -> str:
        fiscal = period.calendar.fiscal_year_starts > 1
        prefix = self.t("FY ") if fiscal else ""
        return f"{prefix}{period.fiscal_year}"
