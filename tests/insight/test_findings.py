"""Sentences: what speaks, in which order, and with which numbers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.format import Format, Language
from kpi_toolkit.insight import findings
from kpi_toolkit.insight.comparison import Reading
from kpi_toolkit.insight.targets import attainment
from kpi_toolkit.kpis import customers, sales
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.report import Report
from tests import stable_crm
from tests.insight.readings import reading, value

EN = Format("en", "EUR")
CALM = [10.0, 12, 11, 13, 12, 14]  # mean 12, mean moving range 1.6, limits 7.7 to 16.3
KPIS = (
    sales.won_value, sales.decided_win_rate, sales.average_won_deal, sales.sales_cycle,
    sales.opportunity_to_customer_rate, sales.pipeline_value, customers.retention_rate,
)  # fmt: skip


def said(*readings: Reading, words: Format = EN) -> list[str]:
    told = findings.findings(readings, words)
    return [plain(f"{s.claim}: {s.evidence}") for s in told]


def plain(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_an_ordinary_change_is_no_finding() -> None:
    assert said(reading([*CALM, 15])) == []


def test_a_value_outside_its_limits_is() -> None:
    assert said(reading([*CALM, 18])) == [
        "Won value rises to 18: +28.6% on Q2 2026 (14), +63.6% on Q3 2025 (11); "
        "above its natural limits."
    ]


def test_eight_on_one_side_are() -> None:
    (sentence,) = said(reading([9.0, 9, 9, 9, 9, 9, 9, *[13.0, 12] * 4]))
    assert "eighth period in a row above its mean" in sentence


def test_a_change_beyond_the_limit_of_moving_ranges_is() -> None:
    """Within limits of 8.4 to 16.4, moving ranges of 1.5 let a change of 4.9 pass."""
    assert said(reading([*CALM, 15, 10.2])) == []
    (sentence,) = said(reading([*CALM, 15, 10]))
    assert sentence.endswith("within its natural limits.")


def rates(before: float, now: float, half: float, history: Sequence[float] = ()) -> Reading:
    made = reading([*history, before, now], unit="percent")
    wide = [replace(v, interval=(v.value - half, v.value + half)) for v in made.series if v.value]
    return replace(made, now=wide[-1], series=tuple(wide), previous=wide[-2], year_ago=None)


def test_a_rate_speaks_when_chance_does_not_explain_its_change() -> None:
    assert said(rates(0.40, 0.44, half=0.05)) == []
    assert said(rates(0.40, 0.50, half=0.05)) == [
        "Won value rises to 50.0%: +10.0 pp on Q2 2026 (40.0%)."
    ]


def test_a_certain_change_of_ordinary_size_is_no_finding() -> None:
    """Of many records the smallest change is certain: it must also be larger than usual."""
    history = [0.40, 0.44, 0.40, 0.44, 0.40, 0.44]
    assert said(rates(0.42, 0.45, half=0.001, history=history)) == []


def test_a_signal_that_may_be_chance_says_so() -> None:
    (sentence,) = said(rates(0.40, 0.44, half=0.05, history=[0.40] * 6))
    assert "not certain: the 95% interval [39.0–49.0] still contains the earlier value" in sentence


def test_the_most_unusual_comes_first_signals_before_others_and_five_at_most() -> None:
    names = [kpi.name for kpi in KPIS]
    wild = [replace_kpi(reading([*CALM, 17.0 + k]), names[k]) for k in range(6)]
    told = findings.findings([replace_kpi(reading([*CALM, 8]), names[6]), *wild], EN)
    assert [s.kpi for s in told] == names[5:0:-1]
    assert told[0].weight > told[1].weight
    # The sixth signal and the fall are named, so that nothing is kept from the reader.
    assert findings.untold(wild, told, EN)[0] == "Also unusual: Won value."


def replace_kpi(found: Reading, kpi: str) -> Reading:
    return replace(found, now=replace(found.now, kpi=kpi))


@pytest.mark.parametrize(("better", "favourable"), [("up", True), ("down", False)])
def test_a_rise_is_favourable_where_up_is_better(better: str, favourable: bool) -> None:
    (told,) = findings.findings([reading([*CALM, 18], better=better)], EN)
    assert told.favourable is favourable
    tone = findings.signal_tone(reading([*CALM, 18], better=better))
    assert tone == ("good" if favourable else "bad")


def test_a_kpi_with_few_periods_is_not_called_ordinary() -> None:
    young, calm = replace_kpi(reading([5.0, 9]), "young"), reading([*CALM, 13])
    assert findings.untold([young, calm], [], EN) == [
        "",
        "Within their ordinary variation: Won value.",
        "Too few periods to judge: Won value.",
    ]


def test_a_first_period_and_one_under_way_say_nothing() -> None:
    assert said(reading([9.0])) == said(reading([*CALM, 99], key="2026-Q4")) == []
    assert findings.signal_word(reading([9.0]), EN) == "too few periods"
    assert findings.signal_word(reading([*CALM, 99], key="2026-Q4"), EN) == "under way"


def test_a_target_and_its_share_are_named() -> None:
    (sentence,) = said(replace(reading([*CALM, 18]), target=20.0))
    assert "90.0% of the target (20)" in sentence


def of_kpi(found: Reading, kpi: Kpi, better: str = "up") -> Reading:
    now = replace(found.now, kpi=kpi.name, label=kpi.label, better=better)
    return replace(found, now=now)


def test_good_news_names_the_bad_that_may_explain_it() -> None:
    pipeline = of_kpi(reading([*CALM, 18]), sales.pipeline_value)
    slower = of_kpi(reading([*CALM, 18]), sales.sales_cycle, "down")
    first, second = said(pipeline, slower)
    assert first.endswith("above its natural limits; to be read with: Sales cycle.")
    assert "read with" not in second
    quicker = of_kpi(reading([*CALM, 6]), sales.sales_cycle, "down")
    assert "read with" not in " ".join(said(pipeline, quicker))


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([*CALM, 18], "above its natural limits (8 to 16)"),
        ([*CALM, 13], "within its natural limits (8 to 16)"),
        ([7.0] * 7, "Won value: 7 in Q3 2026, as in every earlier period."),
        ([*[7.0] * 6, 0], "Won value: 0 in Q3 2026, where every earlier period had 7."),
        ([5.0, 9], "Won value: 9 in Q3 2026."),
        ([5.0, None], "Won value: no data in Q3 2026."),
    ],
)
def test_a_trend_says_where_its_last_value_stands(
    numbers: list[float | None], message: str
) -> None:
    assert message in plain(findings.trend_message(reading(numbers), EN))


# -- a whole CRM


@cache
def readings(seed: int, key: str = "2026-Q3") -> list[Reading]:
    return of_tables(stable_crm.frames(seed), *KPIS, key=key)


def of_tables(tables: dict[str, pd.DataFrame], *kpis: Kpi, key: str = "2026-Q3") -> list[Reading]:
    """Readings over deals and accounts."""
    needed = {table: tables[table] for table in ("deals", "accounts")}
    crm = from_frames(as_of=stable_crm.AS_OF.to_pydatetime(), **needed)
    session = Report("none", period=key, crm=crm)._session
    return session.readings([kpi.bind() for kpi in kpis])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("seed", range(8))
def test_every_number_of_a_sentence_is_one_of_the_runs_values(
    seed: int, language: Language
) -> None:
    words = Format(language, "EUR")
    found = [replace(r, target=r.now.value * 0.9) for r in readings(seed) if r.now.value]
    texts = [(r, findings.trend_message(r, words)) for r in found]
    texts += [(r, findings._claim(r, words) + " " + findings._evidence(r, words)) for r in found]
    for r, text in texts:
        known = numbers_in(*true_texts(r, words))
        assert numbers_in(text) <= known, text


def true_texts(r: Reading, words: Format) -> list[str]:
    """What may be said of a reading, each number from its values."""
    bases = [b for b in (r.previous, r.year_ago) if b]
    periods = [words.period_short(b.period) for b in (r.now, *bases)]
    amounts = [r.now.value, *(b.value for b in bases)]
    amounts += [r.limits.lower, r.limits.upper] if r.limits else []
    changes = [words.change(r.now.value, b.value, r.now.unit).text for b in bases]
    amounts += [r.target] if r.target is not None else []
    share = attainment(r.now.value, r.target, r.now.better)
    interval = words.interval(*r.now.interval, r.now.unit) if r.now.interval else ""
    level = "95% 95 %"
    return [
        *periods, *changes, interval, level,
        *(words.value(amount, r.now.unit) for amount in amounts),
        words.percent(share or 0),
    ]  # fmt: skip


def numbers_in(*texts: str) -> set[str]:
    """The figures of texts, with their decimals and thousands as they are written."""
    figure = re.compile(r"\d+(?:[.,\u202f]\d+)*")
    return {found for text in texts for found in figure.findall(text)}


def test_a_number_that_no_value_gives_is_noticed() -> None:
    r = reading([*CALM, 18])
    assert not numbers_in("Won value rises to 19") <= numbers_in(*true_texts(r, EN))


def test_of_a_stable_process_few_findings_are_told() -> None:
    """Of forty CRMs' 280 readings 16 spoke, in 13 reports; with one moving range, 93 in 37."""
    spoken = [len(findings.findings(readings(seed), EN)) for seed in range(20)]
    assert sum(spoken) <= 0.08 * 20 * len(KPIS)
    assert sum(count > 0 for count in spoken) <= 8
    assert max(spoken) <= 3


def test_of_a_process_that_changed_the_change_is_told() -> None:
    """The same CRMs with every amount of the last quarter 80% larger."""
    told = []
    for seed in range(8):
        tables = stable_crm.frames(seed)
        late = tables["deals"]["closed_at"] >= "2026-07-01"
        tables["deals"].loc[late, "amount"] *= 1.8
        found = findings.findings(of_tables(tables, sales.average_won_deal), EN)
        told += [s.favourable for s in found]
    assert told == [True] * 8


def test_value_without_a_change_is_not_told() -> None:
    assert value(5.0).complete
    assert said(reading([12.0, *CALM, 20, 20])) == []
