"""Report: what a notebook asks, it gets back as blocks, in JupyterLab as on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from kpi_toolkit import config as configuration
from kpi_toolkit.blocks import Block
from kpi_toolkit.crm.connect import Crm, connect
from kpi_toolkit.errors import called_methods
from kpi_toolkit.format import Format, Unit
from kpi_toolkit.insight.editions.archived import reference
from kpi_toolkit.insight.headlines import headlines as declared
from kpi_toolkit.insight.naming import report_title
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.period import Period, parse_as_of, parse_period
from kpi_toolkit.report import headlines as edition
from kpi_toolkit.report import overview, shifts, summary, tables
from kpi_toolkit.report import restated as revisions
from kpi_toolkit.report import targets as aims
from kpi_toolkit.report.ahead import ahead
from kpi_toolkit.report.at_risk import at_risk
from kpi_toolkit.report.coverage import coverage
from kpi_toolkit.report.crosstab import crosstab
from kpi_toolkit.report.display import show_frames_as_blocks
from kpi_toolkit.report.forecast_scores import forecast_scores
from kpi_toolkit.report.in_brief import in_brief
from kpi_toolkit.report.open_deals import open_deals
from kpi_toolkit.report.pictures import Pictures
from kpi_toolkit.report.records import records as records_of
from kpi_toolkit.report.scope import Scope
from kpi_toolkit.report.session import Asked, Session

if TYPE_CHECKING:
    import pandas as pd

    from kpi_toolkit.report.data_check import DataCheck


@called_methods
class Report(Pictures):
    """A report on one period, over the project's data.

    `period` is "2026-Q3", "2026-09", "2026-W38", "2026", "all" or words such as "last complete
    quarter"; `as_of` the moment of knowledge ("" = the project's, else now); `scope` a slice such
    as "team=North"; `language` "fr", "en" or "" for the project's. `crm` replaces the data of
    kpi.toml. Raises ConfigError, PeriodError, DataError.
    """

    def __init__(
        self,
        name: str,
        *,
        period: str | Period,
        as_of: str = "",
        scope: str = "all",
        language: str = "",
        crm: Crm | None = None,
    ) -> None:
        crm = None if crm is None else Crm.of(crm)
        config = None if crm and configuration.find_config() is None else configuration.load()
        if crm is None and config is not None:
            crm = connect(config, as_of=as_of or None)
        assert crm is not None
        moment = parse_as_of(as_of, crm.calendar, crm.as_of)
        found = parse_period(period, crm.calendar, moment).require_started(moment)
        sliced = Scope.parse(scope)
        sliced.check(crm)
        stanza = config.reports.get(name) if config else None
        chosen = language or (stanza.language if stanza and stanza.language else crm.language)
        names = config.names.get(chosen, {}) if config else {}  # type: ignore[call-overload]
        words = Format(chosen, crm.currency, names)  # type: ignore[arg-type]
        self._session = Session(
            name=name,
            title=report_title(words, config, name),
            crm=crm,
            period=found,
            as_of=moment,
            scope=sliced,
            words=words,
            reference=reference(config, name, str(sliced), found, chosen) if config else None,
            shifts=shifts.declared(config.shifts) if config else (),
            headlines=declared(config.headlines, words.language) if config else (),
        )
        show_frames_as_blocks(self._session)

    # -- what an analyst takes from it

    @property
    def crm(self) -> Crm:
        """The data."""
        return self._session.crm

    @property
    def period(self) -> Period:
        """The period that the report is about."""
        return self._session.period

    @property
    def as_of(self) -> dt.datetime:
        """The moment of knowledge, UTC."""
        return self._session.as_of

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        return summary.header(self._session)._repr_mimebundle_()

    # -- what the data allow

    def available(self) -> tuple[Kpi, ...]:
        """The KPIs whose data are there, family by family, the most telling of each first."""
        return overview.available(self._session)

    def families(self, *, most: int = 12) -> Mapping[str, tuple[Kpi, ...]]:
        """At most so many of those KPIs, by family: scorecard(**report.families())."""
        return overview.by_family(self.available(), most)

    def headlines(self, *, most: int = 6) -> tuple[Kpi, ...]:
        """At most so many of those KPIs: the first of each family, then the second, those that say
        something of their own before the others.
        """
        return overview.headlines(self._session, self.available(), most)

    def coverage(self) -> Block:
        """Over which days the records run, and what to ask for if not over this period."""
        return coverage(self._session, [kpi.bind() for kpi in self.available()])

    # -- the first page

    def findings(self, *kpis: Asked, **groups: Iterable[Asked]) -> Block:
        """What changed in some KPIs, in words, the most unusual first; asked as `scorecard` is."""
        every = [
            bound for asked in (kpis, *groups.values()) for bound in self._session.several(asked)
        ]
        return summary.findings(self._session, every)

    def scorecard(self, *kpis: Asked, **groups: Iterable[Asked]) -> Block:
        """KPIs as rows; keyword arguments make named groups: scorecard(result=(won_value,))."""
        named: Mapping[str, Iterable[Asked]] = {**({"": kpis} if kpis else {}), **groups}
        return summary.scorecard(
            self._session,
            {name: self._session.several(found) for name, found in named.items()},
        )

    def restated(self) -> Block:
        """What the last archived report said differently; put it after the blocks whose figures it
        is to compare.
        """
        return revisions.restated(self._session)

    def targets(self, *kpis: Asked, by: str | None = None) -> Block:
        """The targets that hold for the period, of all KPIs or of some: what is reached, the pace
        against the business days, the landing; those of the members of a dimension with `by`.
        """
        return aims.targets(self._session, [self._session.bound(k) for k in kpis], by)

    def ahead(self, *, months: int | None = None) -> Block:
        """What the open deals should bring by the end of the quarter, or in some coming months,
        beside the target, and which deals need a word first; the figures are those of `forecast`
        and `at_risk`.
        """
        return ahead(self._session, months)

    def in_brief(self, *shown: Block) -> Block:
        """What charts and tables say that stand further below: their messages, one to five, for the
        first page.
        """
        return in_brief(self._session, shown)

    # -- the executive edition: [headlines] of kpi.toml

    def headline_kpis(self) -> tuple[Kpi, ...]:
        """The headlines: findings(*report.headline_kpis())."""
        return edition.kpis(self._session)

    def headline_scorecard(self) -> Block:
        """The headlines as rows, leading ones before lagging ones."""
        return edition.scorecard(self._session)

    def headline_actions(self) -> Block:
        """Who answers for each headline and what to do when it moves, those that moved first."""
        return edition.actions(self._session)

    def edition_check(self) -> Block | None:
        """What breaks the rules of an edition (5 to 10 headlines, leading and lagging balanced,
        each with an owner and with what to do); nothing where all is well.
        """
        return edition.edition_check(self._session)

    # -- tables

    def forecast_scores(self) -> Block:
        """How the archived forecasts of this report turned out."""
        return forecast_scores(self._session)

    def open_deals(self, *, n: int = 20) -> Block:
        """The `n` open deals from which most is to be expected, each with its win probability and
        why; their ids and owners are for readers who work on them.
        """
        return open_deals(self._session, n)

    def records(self, kpi: Asked) -> pd.DataFrame:
        """The rows behind a KPI of this period, within the report's scope; none where it is not
        available, for which `table` then says the reason.
        """
        return records_of(self._session, self._session.bound(kpi))

    def table(
        self,
        frame: pd.DataFrame,
        message: str,
        *,
        subject: str = "",
        columns: Sequence[str] = (),
        units: Mapping[str, Unit] | None = None,
    ) -> Block:
        """A frame under a sentence that says what it shows; units={"amount": "money"} formats a
        column.

        `columns` are those to show, in their order; one that the data lack, or have not filled
        in, is left out.
        """
        return tables.table(self._session, frame, message, subject, columns, units or {})

    def crosstab(self, kpi: Asked, *, by: Sequence[str], n: int = 12) -> Block:
        """A KPI that adds up by two dimensions at once: the `n` greatest members of the first as
        rows, those of the second as columns.
        """
        return crosstab(self._session, self._session.bound(kpi), by, n)

    def at_risk(self, *, by: str | None = None, n: int = 12, silent_days: int = 30) -> Block:
        """The `n` greatest open deals to worry about, why, and what to do: past their expected
        closing, nothing recorded for more than `silent_days`, open for longer than nine of ten won
        deals took, or kept by an owner who has left; how many each member of a dimension has
        with `by`.
        """
        return at_risk(self._session, by, n, silent_days)

    def quality(self) -> Block:
        """How many rows were read, and which were set aside."""
        return tables.quality(self._session)

    def data_check(self) -> DataCheck:
        """The state of the data, as `kpi check` says it; its parts are blocks, beginning with
        `summary`.
        """
        # Few reports are about the data: these modules load when one is.
        from kpi_toolkit.insight.audit.audit import audit
        from kpi_toolkit.report.data_check import DataCheck

        config = configuration.load() if configuration.find_config() else None
        return DataCheck(audit(self.crm, config), self._session.words)

    def dictionary(self) -> Block:
        """The definitions of the KPIs shown so far."""
        return tables.dictionary(self._session, self._session.shown)
