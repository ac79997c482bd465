"""The page of all archived reports: a report's headline figures, its runs, their pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from kpi_toolkit.archive.rows import Run
from kpi_toolkit.blocks import fragment
from kpi_toolkit.config import Config
from kpi_toolkit.format import Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.editions.shelves import Headline, Listed, Shelf
from kpi_toolkit.insight.naming import report_title
from kpi_toolkit.measures.wording import label as label_of
from kpi_toolkit.render.html import style
from kpi_toolkit.render.text import line

# So many runs stand on the page; the others are one click away.
SHOWN = 8


def index(shelves: Sequence[Shelf], config: Config, now: dt.datetime) -> str:
    """The page, one file that fetches nothing; `now` is aware. Raises RenderError."""
    words = Format(config.project.language, config.project.currency)
    page = _Page(config, words)
    with fragment.template_faults():
        template = fragment.environment(config.root).get_template("index.html.j2")
        return template.render(
            language=words.language,
            header={
                "title": words.t("Reports"),
                "company": line(config.project.name),
                "period": "",
                "question": "",
                "meta": [],
            },
            shelves=[page.shelf(shelf) for shelf in shelves],
            style=style(config.root, "page.css", "index.css"),
            words=page.words_of_page(),
            footer=words.t("Made on {date}", date=words.instant(page.local(now))),
        )


class _Page:
    """The texts of the page, in a language."""

    def __init__(self, config: Config, words: Format) -> None:
        self.config, self.words = config, words

    def words_of_page(self) -> dict[str, str]:
        words = self.words
        return {
            "empty": words.t("No report has been made yet."),
            "html": words.t("Page"),
            "period": words.t("Period"),
            "edition": words.t("Edition"),
            "as_of": words.t("Data as of"),
            "made": words.t("Made on"),
            "report": words.t("Report"),
            "changes": words.t("Changes"),
            "since": words.t("since the edition before"),
        }

    def shelf(self, shelf: Shelf) -> dict[str, Any]:
        words = self.words
        scope, _, member = shelf.scope.partition("=")
        languages = {listed.run.language for listed in shelf.runs}
        rows = [self.run(listed, len(languages) > 1) for listed in shelf.runs]
        left = len(rows) - SHOWN
        return {
            "title": line(report_title(words, self.config, shelf.report)),
            "scope": line(wording.scope(words, scope, member)) if member else "",
            "headlines": [self.headline(headline) for headline in shelf.headlines],
            "runs": rows[:SHOWN],
            "older": rows[SHOWN:],
            "more": words.tn("One earlier run", "{n} earlier runs", left) if left > 0 else "",
        }

    def headline(self, found: Headline) -> dict[str, Any]:
        words, last = self.words, found.last
        known = [value for value in found.values if value is not None]
        return {
            "label": label_of(words, found.kpi.label, ()),
            "value": words.value(found.value, found.unit),
            "period": words.period_short(found.period),
            "row": {"spark": found.values, "limits": None, "signal": {"kind": "none"}}
            if len(known) > 1
            else None,
            "range": words.t(
                "{n} periods, from {low} to {high}"
                if last.grain == found.period.grain
                else "by {grain}, from {low} to {high}",
                n=words.count(len(known)),
                grain=words.t(last.grain),
                low=words.value(min(known), found.unit),
                high=words.value(max(known), found.unit),
            )
            if len(known) > 1
            else "",
        }

    def run(self, listed: Listed, tell_language: bool) -> Mapping[str, Any]:
        words, run = self.words, listed.run
        return {
            "period": self._period(run),
            "language": run.language.upper() if tell_language else "",
            "edition": str(run.edition or ""),
            "as_of": self._day(run.as_of),
            "made": words.instant(self.local(run.finished_at or run.started_at)),
            "failed": "" if run.status == "succeeded" else self._failed(run),
            "html": quote(listed.html),
            "pdf": quote(listed.pdf),
            "changes": quote(listed.changes),
        }

    def _failed(self, run: Run) -> str:
        words = self.words
        reason = line(run.error or "")
        if run.status == "abandoned":
            return words.t("Stopped: {reason}", reason=reason)
        return words.t("Failed: {reason}", reason=reason)

    def _period(self, run: Run) -> str:
        return self.words.period_short(
            self.config.calendar.containing(run.period_start, run.grain)  # type: ignore[arg-type]
        )

    def _day(self, moment: dt.datetime) -> str:
        return self.words.date(self.local(moment).date())

    def local(self, moment: dt.datetime) -> dt.datetime:
        """An aware moment in the project's time zone, to the minute."""
        plain = moment.astimezone(dt.UTC).replace(tzinfo=None, second=0, microsecond=0)
        return self.config.calendar.local(plain)
