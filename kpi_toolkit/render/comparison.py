"""Two archived runs beside each other, as a document that becomes a page."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from kpi_toolkit import blocks
from kpi_toolkit.archive.rows import Run, ValueRow
from kpi_toolkit.blocks import Block
from kpi_toolkit.config import Config
from kpi_toolkit.crm.row_changes import Edit, RowChange
from kpi_toolkit.crm.tables import TABLES, ColumnType
from kpi_toolkit.format import NO_DATA, Format
from kpi_toolkit.insight import wording
from kpi_toolkit.insight.editions import revised
from kpi_toolkit.insight.editions.compared import Beside, Compared, Difference, bound_of, period_of
from kpi_toolkit.insight.naming import report_title
from kpi_toolkit.measures.wording import label as label_of
from kpi_toolkit.render.document import Document
from kpi_toolkit.render.outline import outlined
from kpi_toolkit.render.text import legible, line

MOST_FIGURES, MOST_RECORDS = 200, 100


def document(found: Compared, config: Config) -> Document:
    """What differs between two runs, with the causes and the records behind them."""
    language = "fr" if found.after.language == "fr" else "en"
    names = config.names.get(language, {})  # type: ignore[call-overload]
    words = Format(language, config.project.currency, names)  # type: ignore[arg-type]
    page = _Page(found, config, words)
    parts = [page.own(), page.others(), page.records()]
    return Document(
        language=language,
        title=line(report_title(words, config, found.after.report)),
        question=line(page.question()),
        period=page.period(found.after),
        company=line(config.project.name),
        meta=tuple({"label": label, "value": line(value)} for label, value in page.meta()),
        blocks=outlined(
            [replace(b, content=legible(b.kind, b.content)) for b in parts if b is not None]
        ),
        created=words.date(config.calendar.local_day(_naive(found.after))),
        run=f"{found.before.run_id} – {found.after.run_id}",
    )


class _Page:
    """The parts of the page, in a language."""

    def __init__(self, found: Compared, config: Config, words: Format) -> None:
        self.found, self.config, self.words = found, config, words

    def period(self, run: Run) -> str:
        calendar = self.config.calendar
        return self.words.period_short(calendar.containing(run.period_start, run.grain))  # type: ignore[arg-type]

    def question(self) -> str:
        words, before = self.words, self.found.before
        if self.found.alike:
            return words.t("What has changed since edition {n}", n=before.edition or 1)
        return words.t("Compared with {period}", period=self._subject(before))

    def meta(self) -> list[tuple[str, str]]:
        words = self.words
        return [
            (words.t("Before"), self._run(self.found.before)),
            (words.t("After"), self._run(self.found.after)),
        ]

    def _run(self, run: Run) -> str:
        words, title = self.words, report_title(self.words, self.config, run.report)
        return words.t(
            "{report}, {period}, edition {n}, data as of {date}",
            report=title,
            period=self._subject(run),
            n=run.edition or 1,
            date=words.date(self.config.calendar.local_day(_naive(run))),
        )

    def _subject(self, run: Run) -> str:
        """The period, and the slice where it is one."""
        dimension, _, member = run.scope.partition("=")
        said = [self.period(run)]
        said += [wording.scope(self.words, dimension, member)] if member else []
        return ", ".join(said)

    def own(self) -> Block | None:
        """The totals of each run's own period."""
        words, found = self.words, self.found
        if not found.own:
            return None
        heads = [words.t("KPI"), self._head(found.before), self._head(found.after)]
        heads.append(words.t("Change"))
        rows = [self._beside(pair) for pair in found.own]
        if not found.alike:
            return self._periods(heads, rows)
        changed = sum(found.difference(pair) is not None for pair in found.own)
        return blocks.restated(
            title=words.tn(
                "One headline figure is different now",
                "{n} headline figures are different now",
                changed,
            )
            if changed
            else words.t("No headline figure has changed"),
            text="",
            heads=[*heads, words.t("Cause")],
            rows=rows,
        )

    def _periods(self, heads: list[str], rows: list[list[str]]) -> Block:
        """The figures of two periods or slices, of which nothing can have been restated."""
        words, found = self.words, self.found
        said = [
            words.t(
                "The two reports are of different periods or slices: nothing here was restated."
            )
        ]
        if not all(found.is_fair(pair) for pair in found.own):
            said.append(words.t("A period that is not over, or a younger cohort, is not compared."))
        return blocks.table(
            message=words.t("The figures of both reports"),
            subject=" ".join(said),
            heads=heads,
            rows=rows,
            align=["left", "right", "right", "right"],
            strong=(2,),
        )

    def _head(self, run: Run) -> str:
        if self.found.alike:
            return self.words.t("Edition {edition}", edition=run.edition or 1)
        return self._subject(run)

    def _beside(self, pair: Beside) -> list[str]:
        words, row = self.words, pair.row
        before = pair.before.value if pair.before else None
        after = pair.after.value if pair.after else None
        cells = [self.label(row), words.value(before, row.unit), words.value(after, row.unit)]  # type: ignore[arg-type]
        fair = self.found.is_fair(pair)
        cells.append(words.change(after, before, row.unit).text if fair else NO_DATA)  # type: ignore[arg-type]
        if self.found.alike:
            difference = self.found.difference(pair)
            cells.append(revised.why(words, difference.why) if difference else NO_DATA)
        return cells

    def others(self) -> Block | None:
        """The figures of other periods and of members that differ."""
        words = self.words
        own = {pair.row.key for pair in self.found.own} if self.found.alike else set()
        rest = [d for d in self.found.differences if d.change.key not in own]
        rest = [d for d in rest if d.change.kind != "completed"]
        if not rest:
            return None
        left = len(rest) - MOST_FIGURES
        return blocks.restated(
            title=words.t("Earlier periods and breakdowns that both reports show"),
            text=words.tn(
                "One other figure has changed.", "{n} other figures have changed.", len(rest)
            ),
            heads=[
                words.t("KPI, period"),
                words.t("Before"),
                words.t("After"),
                words.t("Change"),
                words.t("Cause"),
            ],
            rows=[self._other(d) for d in rest[:MOST_FIGURES]],
            after=words.tn("One more is not shown.", "{n} more are not shown.", left)
            if left > 0
            else "",
        )

    def _other(self, found: Difference) -> list[str]:
        words, change, unit = self.words, found.change, found.row.unit
        period = words.period_short(period_of(self.config, change))
        pairs = ((change.dimension, change.member), (change.dimension2, change.member2))
        members = [wording.member(words, cut, member or None) for cut, member in pairs if cut]
        return [
            ", ".join([self.label(found.row), *members, period]),
            words.value(change.before, unit),  # type: ignore[arg-type]
            words.value(change.after, unit),  # type: ignore[arg-type]
            words.change(change.after, change.before, unit).text,  # type: ignore[arg-type]
            revised.why(words, found.why),
        ]

    def records(self) -> Block | None:
        """The records that the causes name, each once, with what was edited."""
        words = self.words
        rows = {(row.table, row.id): row for d in self.found.differences for row in d.why.rows}
        if not rows:
            return None
        lines = [line for row in rows.values() for line in self._record(row)]
        left = len(lines) - MOST_RECORDS
        return blocks.table(
            message=words.tn(
                "One record behind the changes", "{n} records behind the changes", len(rows)
            ),
            subject=words.tn("One more is not shown.", "{n} more are not shown.", left)
            if left > 0
            else "",
            heads=[
                words.t("Record"),
                words.t("What happened"),
                words.t("Column"),
                words.t("Before"),
                words.t("After"),
            ],
            rows=lines[:MOST_RECORDS],
            align=["left"] * 5,
            phone=(0, 1),
        )

    def _record(self, row: RowChange) -> list[list[str]]:
        words = self.words
        name = f"{row.id} ({wording.column(words, row.table)})"
        what = revised.happened(words, row.kind)
        if not row.edits:
            return [[name, what, "", "", ""]]
        return [
            [name, what, wording.column(words, e.column), *self._states(row.table, e)]
            for e in row.edits
        ]

    def _states(self, table: str, edit: Edit) -> list[str]:
        """What a column held and holds, as readers write amounts and moments."""
        declared = TABLES[table].columns.get(edit.column)
        kind = declared.type if declared else "text"
        return [self._shown(kind, edit.column, text) for text in (edit.before, edit.after)]

    def _shown(self, kind: ColumnType, column: str, text: str | None) -> str:
        if text is None:
            return NO_DATA
        if kind == "money":
            amount = float(text)
            return self.words.number(amount, 0 if amount == int(amount) else 2)
        if kind == "date":
            return self.words.date(dt.date.fromisoformat(text))
        if kind == "instant":
            return self.words.instant(self.config.calendar.local(dt.datetime.fromisoformat(text)))
        return wording.member(self.words, column, text)

    def label(self, row: ValueRow) -> str:
        bound = bound_of(row.kpi, row.options)
        if bound is None:
            return row.kpi.replace("_", " ").capitalize()
        return label_of(self.words, bound.kpi.label, bound.phrases)


def _naive(run: Run) -> dt.datetime:
    return run.as_of.astimezone(dt.UTC).replace(tzinfo=None)
