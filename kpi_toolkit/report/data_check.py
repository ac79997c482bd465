"""The state of the data as blocks: what `kpi check` says, for readers of a page.

Values of personal columns are hidden: a page is mailed. Tables and columns bear the names of
kpi.toml, where a mistake is mended.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kpi_toolkit import blocks
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.accounting import accounted
from kpi_toolkit.format import NO_DATA, Format
from kpi_toolkit.insight.audit.assumed import assumptions
from kpi_toolkit.insight.audit.audit import Audit
from kpi_toolkit.insight.audit.remarked import HIDDEN, quoted, remarked
from kpi_toolkit.insight.audit.set_aside import SetAside
from kpi_toolkit.insight.targets.smart_words import weakness
from kpi_toolkit.report.reasons import kind
from kpi_toolkit.report.session import sentence

MOST_ROWS = 40
Column = tuple[Literal["left", "right"], str, list[str]]


@dataclass(frozen=True)
class DataCheck:
    """An audit in the words of a report; each part is a block."""

    audit: Audit
    words: Format

    def summary(self) -> Block:
        """The whole in a few sentences: what became of the rows, what was assumed of them,
        freshness, remarks, KPIs.
        """
        words, found = self.words, self.audit
        state = [self._fresh(), *self._late(), self._remarked(), self._possible(), self._aimless()]
        said = [accounted(words, found.tables), *assumptions(words, found), *state]
        return blocks.text(blocks.bullets(*filter(None, said)))

    def tables(self) -> Block:
        """What was read, kept, set aside and left out, by table and file."""
        words, tables = self.words, self.audit.tables
        named = any(read.file for read in tables)
        columns = [
            _texts(words.t("Table"), [read.table for read in tables]),
            *([_texts(words.t("File"), [read.file for read in tables])] if named else []),
            self._counts(words.t("Read"), [read.rows for read in tables]),
            self._counts(words.t("Kept"), [read.kept for read in tables]),
            self._counts(words.t("Set aside"), [read.quarantined for read in tables]),
        ]
        for head, counts in (
            (words.t("Replaced by a later row"), [read.superseded for read in tables]),
            (words.t("Left out"), [read.left_out for read in tables]),
        ):
            if any(counts):
                columns.append(self._counts(head, counts))
        return self._table(words.t("Rows by table"), columns)

    def set_aside(self) -> Block:
        """Why rows were set aside, with the first row of each reason."""
        words, found = self.words, self.audit.set_aside
        if not found:
            return sentence(words.t("No row was set aside."))
        columns = [
            _texts(words.t("Column"), [one.where for one in found]),
            _texts(words.t("Reason"), [kind(words, one.reason) for one in found]),
            self._counts(words.t("Rows"), [one.rows for one in found]),
            _texts(words.t("First row"), [self._example(one) for one in found]),
        ]
        return self._table(words.t("Rows set aside, by reason"), columns)

    def remarks(self) -> Block:
        """What was kept but calls for a look."""
        words = self.words
        found = remarked(words, self.audit.remarks, masked=True)
        if not found:
            return sentence(words.t("Nothing that was kept calls for a look."))
        places = [
            "" if one.line is None else self._place(one.table, one.file, one.line) for one in found
        ]
        columns = [
            _texts(words.t("Column"), [one.where for one in found]),
            _texts(words.t("Remark"), [one.text for one in found]),
            self._counts(words.t("Rows"), [one.rows for one in found]),
            _texts(words.t("First row"), places),
        ]
        return self._table(words.t("Rows kept that call for a look"), columns)

    def dates(self) -> Block:
        """From when to when each column of dates goes, and what lies in the future."""
        words = self.words
        dated = [one for one in self.audit.extents if one.first]
        if not dated:
            return sentence(words.t("The data have no dates."))
        columns = [
            _texts(words.t("Column"), [f"{one.table}.{one.column}" for one in dated]),
            ("right", words.t("First"), [_day(words, one.first) for one in dated]),
            ("right", words.t("Last"), [_day(words, one.last) for one in dated]),
        ]
        if any(one.ahead for one in dated):
            columns.append(self._counts(words.t("In the future"), [one.ahead for one in dated]))
        return self._table(words.t("First and last date by column"), columns)

    def gaps(self) -> Block:
        """The columns that are not filled in every row, the emptiest first."""
        words = self.words
        found = [one for one in self.audit.extents if one.has_gaps]
        if not found:
            return sentence(words.t("Every column is filled in every row."))
        found.sort(key=lambda one: one.share)
        columns = [
            _texts(words.t("Column"), [f"{one.table}.{one.column}" for one in found]),
            self._shares(words.t("Filled in"), [(one.filled, one.rows) for one in found]),
            self._counts(words.t("Rows without a value"), [o.rows - o.filled for o in found]),
        ]
        return self._table(words.t("Columns with gaps, the emptiest first"), columns)

    def required(self) -> Block:
        """Of each table, the records that have every field which kpi.toml requires."""
        words, found = self.words, self.audit.completeness
        if not found:
            return sentence(
                words.t("kpi.toml requires no field of a record (section quality.required).")
            )
        columns = [
            _texts(words.t("Table"), [one.table for one in found]),
            _texts(words.t("Required fields"), [", ".join(one.required) for one in found]),
            _texts(words.t("Not in the data"), [", ".join(one.missing) for one in found]),
            self._counts(words.t("Complete"), [one.complete for one in found]),
            self._shares(words.t("Share"), [(one.complete, one.rows) for one in found]),
        ]
        return self._table(words.t("Records with every required field"), columns)

    def kpis(self) -> Block:
        """What the data lack, and the KPIs that are not available for it."""
        words, found = self.words, self.audit.lacking
        if not found:
            return sentence(words.t("Every KPI is available."))
        names = [", ".join(words.t(kpi.label) for kpi in kpis) for kpis in found.values()]
        columns = [
            _texts(words.t("The data lack"), [", ".join(lacks) for lacks in found]),
            _texts(words.t("KPIs"), names),
            self._counts(words.t("Number"), [len(kpis) for kpis in found.values()]),
        ]
        return self._table(words.t("KPIs that are not available"), columns)

    def targets(self) -> Block:
        """What is wrong with the targets, and which lie beyond anything before."""
        words, found = self.words, self.audit
        if not found.targets:
            return sentence(words.t("There are no targets."))
        said = [weakness(one, words, masked=True) for one in found.weak]
        if not any(one.is_fault for one in found.weak):
            said.insert(0, words.t("Each target is dated, measurable, specific and owned."))
        return blocks.text(blocks.bullets(*said))

    def _table(self, message: str, columns: Sequence[Column]) -> Block:
        sides, heads, cells = zip(*columns, strict=True)
        rows = [list(row) for row in zip(*cells, strict=True)]
        more = len(rows) - MOST_ROWS
        left_out = (
            self.words.tn("Not shown: one more.", "Not shown: {n} more.", more) if more > 0 else ""
        )
        return blocks.table(
            message=message, subject=left_out, heads=heads, rows=rows[:MOST_ROWS], align=sides
        )

    def _counts(self, head: str, counts: Sequence[int]) -> Column:
        return "right", head, [self.words.count(n) if n else NO_DATA for n in counts]

    def _shares(self, head: str, parts: Sequence[tuple[int, int]]) -> Column:
        return "right", head, [self.words.percent(n / of) if of else NO_DATA for n, of in parts]

    def _example(self, found: SetAside) -> str:
        first = found.examples[0]
        place = self._place(found.table, first.file, first.line)
        if not first.value:
            return place
        value = HIDDEN if found.personal else quoted(self.words, first.value)
        return f"{place}{self.words.colon} {value}"

    def _place(self, table: str, file: str, line: int) -> str:
        words, several = self.words, self.audit.file_told(table, file)
        if several:
            return words.t("line {line} of {file}", line=line, file=several)
        return words.t("line {line}", line=line)

    def _fresh(self) -> str:
        words, age = self.words, self.audit.age_days
        if age is None:
            return words.t("No record has a date.")
        if not age:
            return words.t("The newest record is as recent as the data.")
        return words.tn(
            "The newest record is of the day before.",
            "The newest record is {n} days older than the date of the data.",
            age,
        )

    def _late(self) -> list[str]:
        return [silence.said(self.words) for silence in self.audit.late]

    def _remarked(self) -> str:
        found = len(remarked(self.words, self.audit.remarks))
        if not found:
            return self.words.t("Nothing that was kept calls for a look.")
        return self.words.tn(
            "One remark on rows that were kept.", "{n} remarks on rows that were kept.", found
        )

    def _possible(self) -> str:
        return self.words.t(
            "KPIs available: {n} of {all}",
            n=self.words.count(len(self.audit.available)),
            all=self.words.count(len(self.audit.kpis)),
        )

    def _aimless(self) -> str:
        if not self.audit.aimless:
            return ""
        names = ", ".join(self.audit.aimless)
        return self.words.t("Targets whose KPI does not exist: {names}", names=names)


def _texts(head: str, texts: Sequence[str]) -> Column:
    return "left", head, [text or NO_DATA for text in texts]


def _day(words: Format, day: dt.date | None) -> str:
    return words.date(day) if day else NO_DATA
