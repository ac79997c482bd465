"""Sentences: what speaks, in which order, and with which numbers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from kpi_toolkit.crm.connect import from_frames
from kpi_toolkit.format import Format, Language
from kpi_toolkit.insight.change import claims, findings, judgement
from kpi_toolkit.insight.change.claims import Sentence
from kpi_toolkit.insight.change.reading import Reading
from kpi_toolkit.insight.targets.targets import attainment
from kpi_toolkit.kpis import customers, sales
from kpi_toolkit.measures.comparison import compare
from kpi_toolkit.measures.kpi import Kpi
from kpi_toolkit.report import Report
from tests import stable_crm
from tests.insight.readings import beside, reading

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


def test_a_cause_is_for_what_is_a_change_only() -> None:
    rise, ordinary = reading([*CALM, 18]), reading([*CALM, 15])
    missed = replace(ordinary, target=20.0)
    fallen_below = reading([*CALM, *CALM, *CALM, 3, 4])  # outside, but above the period before
    assert findings.changed([rise]) == [rise] and findings.changed([ordinary]) == []
    assert said(missed) and findings.changed([missed]) == []
    assert fallen_below.signal.is_one and findings.changed([fallen_below]) == []


def test_eight_on_one_side_are() -> None:
    steady = [10.0, 12, 11, 13, 12, 14, 11, 12, 13, 10]
    (sentence,) = said(reading([*steady, *[16.0, 15] * 4]))
    assert "eighth period in a row above its mean" in sentence


def test_a_signal_is_told_only_where_chance_among_so_many_kpis_does_not_explain_it() -> None:
    """A limit that one KPI of one would pass, one of twenty may pass by chance."""
    found = reading([*CALM, 11, 12, 13, 12, 11, 12, 16.8])
    assert found.signal.kind == "outside"
    assert len(findings.findings([found], EN)) == 1
    crowd = [replace_kpi(reading([*CALM, 11, 12, 13, 12, 11, 12, 13.0]), "quiet")] * 30
    assert findings.findings([found, *crowd], EN) == []
    assert findings.untold([found, *crowd[:1]], [], EN)[1] == ""
    assert findings.untold([found, *crowd], [], EN)[1] == (
        "Out of limits, though it may be chance: Won value."
    )


def rates(before: float, now: float, half: float, history: Sequence[float] = ()) -> Reading:
    made = reading([*history, before, now], unit="percent")
    wide = [replace(v, interval=(v.value - half, v.value + half)) for v in made.series if v.value]
    compared = compare(wide[-1], wide[-2])
    return replace(made, now=wide[-1], series=tuple(wide), previous=compared, year_ago=None)


def test_with_few_periods_a_rate_speaks_when_chance_does_not_explain_its_change() -> None:
    assert said(rates(0.40, 0.44, half=0.05)) == []
    assert said(rates(0.40, 0.50, half=0.05)) == [
        "Won value rises to 50.0%: +10.0 pp on Q2 2026 (40.0%)."
    ]
    # Among ten such KPIs, more is needed.
    crowd = [replace_kpi(rates(0.40, 0.40, half=0.05), "quiet")] * 9
    assert said(rates(0.40, 0.50, half=0.05), *crowd) == []


def test_a_certain_change_of_ordinary_size_is_no_finding() -> None:
    """Of many records the smallest change is certain: it must also be larger than usual."""
    history = [0.40, 0.44, 0.40, 0.44, 0.40, 0.44]
    assert said(rates(0.42, 0.45, half=0.001, history=history)) == []


def test_a_signal_of_which_the_change_may_be_chance_says_so() -> None:
    (sentence,) = said(rates(0.40, 0.44, half=0.05, history=[0.40] * 6))
    assert sentence.endswith(
        "the change on Q2 2026 may be chance (95% interval: −3.1 pp to +11.1 pp)."
    )


def test_a_missed_target_speaks() -> None:
    (sentence,) = said(replace(reading([*CALM, 13]), target=20.0))
    assert sentence == (
        "Won value misses its target at 13: 65.0% of the target (20); -7.1% on Q2 2026 (14), "
        "+18.2% on Q3 2025 (11)."
    ).replace("-", "−")
    (told,) = findings.findings([replace(reading([*CALM, 13]), target=20.0)], EN)
    assert (plain(told.change), told.favourable) == ("−35.0%", False)
    assert said(replace(reading([*CALM, 13]), target=13.0)) == []
    assert said(replace(reading([*CALM, 13], key="2026-Q4"), target=20.0)) == []


def test_sentences_made_elsewhere_take_their_place() -> None:
    other = Sentence("sales_cycle", "The mix explains it", "Web lost 3 deals.", weight=1.0)
    loud = reading([*CALM, 18])
    assert [s.kpi for s in findings.findings([loud], EN, [other])] == ["won_value", "sales_cycle"]
    first = replace(other, weight=99.0)
    assert [s.kpi for s in findings.findings([loud], EN, [first])] == ["sales_cycle", "won_value"]


def test_the_most_unusual_comes_first_and_five_at_most() -> None:
    names = [kpi.name for kpi in KPIS]
    wild = [replace_kpi(reading([*CALM, 30.0 + k]), names[k]) for k in range(6)]
    told = findings.findings(wild, EN)
    assert [s.kpi for s in told] == names[5:0:-1]
    assert told[0].weight > told[1].weight
    # The sixth signal is named, so that nothing is kept from the reader.
    assert findings.untold(wild, told, EN)[0] == "Also unusual: Won value."


def replace_kpi(found: Reading, kpi: str) -> Reading:
    return replace(found, now=replace(found.now, kpi=kpi))


@pytest.mark.parametrize(("better", "favourable"), [("up", True), ("down", False)])
def test_a_rise_is_favourable_where_up_is_better(better: str, favourable: bool) -> None:
    (told,) = findings.findings([reading([*CALM, 18], better=better)], EN)
    assert told.favourable is favourable
    tone = judgement.signal_tone(reading([*CALM, 18], better=better), told=True)
    assert tone == ("good" if favourable else "bad")
    assert judgement.signal_tone(reading([*CALM, 18], better=better), told=False) == "none"
    assert judgement.signal_tone(reading([*CALM, 13], better=better), told=True) == "none"


def test_what_chance_may_bring_among_so_many_is_not_told() -> None:
    high = reading([*CALM, 18])
    assert findings.speaking([high]) == [high]
    assert findings.speaking([high] * 100) == []


def test_a_signal_speaks_where_the_interval_of_the_change_leaves_zero_outside() -> None:
    """Few periods cannot tell so large a fall from chance; the records that make it can."""
    fallen = [300.0, 390, 270, 380, 290, 400, 310, 60]
    sure, unsure = within(fallen, 9.0), within(fallen, 150.0)
    assert sure.signal.is_one and not sure.course.is_unusual(8)
    assert findings.speaking([sure] * 8) == [sure] * 8
    assert findings.speaking([unsure] * 8) == []
    # Records alone would vary less than this series does.
    assert findings.speaking([within([*fallen[:-1], 270.0], 9.0)]) == []


def within(numbers: Sequence[float], half: float) -> Reading:
    """A reading of values that are known to a half of their interval."""
    found = reading(numbers)
    series = tuple(replace(v, interval=(v.value - half, v.value + half)) for v in found.series)
    beside_it = {"previous": beside(series, 1), "year_ago": beside(series, 4)}
    return replace(found, now=series[-1], series=series, **beside_it)


def test_of_a_kpi_in_context_neither_way_is_good() -> None:
    (told,) = findings.findings([reading([*CALM, 18], better="context")], EN)
    assert (told.favourable, told.change) == (None, "+28.6%")
    assert judgement.signal_tone(reading([*CALM, 18], better="context"), told=True) == "none"


def test_a_kpi_with_few_periods_is_not_called_ordinary() -> None:
    young, calm = replace_kpi(reading([5.0, 9]), "young"), reading([*CALM, 13])
    assert findings.untold([young, calm], [], EN) == [
        "",
        "",
        "Within their ordinary variation: Won value.",
        "Too few periods to judge: Won value.",
        "",
    ]


def test_a_first_period_and_one_under_way_say_nothing() -> None:
    assert said(reading([9.0])) == said(reading([*CALM, 99], key="2026-Q4")) == []
    assert judgement.signal_word(reading([9.0]), EN) == "too few periods"
    assert judgement.signal_word(reading([*CALM, 99], key="2026-Q4"), EN) == "under way"


@pytest.mark.parametrize(
    ("tail", "word"),
    [
        ([18.0], "above limits"), ([4.0], "below limits"), ([13.0], "ordinary"),
        ([14.5, 14.5, 12, 14.5], "3 of 4 high"), ([9.0, 9, 12, 9], "3 of 4 low"),
    ],
)  # fmt: skip
def test_the_signal_is_a_word(tail: list[float], word: str) -> None:
    found = reading([*CALM, *tail])
    assert judgement.signal_word(replace(found, judged=len(tail)), EN) == word


def test_of_several_periods_the_one_that_signals_is_named() -> None:
    """July of a quarter leaves its limits; the finding and the trend name the same month."""
    found = replace(
        reading([*CALM, 30.0, 12, 13], key="2026-09"), judged=3, previous=None, year_ago=None
    )
    (sentence,) = said(found)
    assert sentence.startswith("Won value stands at 13: above its natural limits, with 30 in July")
    assert plain(judgement.trend_message(found, EN)) == (
        "Won value: 30 in July 2026, above its natural limits (8 to 16); 13 in September 2026."
    )


def test_a_target_and_its_share_are_named() -> None:
    (sentence,) = said(replace(reading([*CALM, 18]), target=20.0))
    assert sentence.startswith("Won value misses its target at 18: 90.0% of the target (20); +")


def test_where_less_is_better_the_gap_is_told_and_no_share() -> None:
    """86% of a target of 14 days would read as 12."""
    slower = replace(reading([*CALM, 18]), target=14.0)
    (sentence,) = said(replace(slower, now=replace(slower.now, better="down")))
    assert "misses its target at 18: 4 above the target (14);" in sentence
    quicker = replace(reading([*CALM, 6]), target=14.0)
    (sentence,) = said(replace(quicker, now=replace(quicker.now, better="down")))
    assert "8 below the target (14)" in sentence


def test_targets_reached_are_told_with_the_others() -> None:
    good, missed = (
        replace(reading([*CALM, 15]), target=12.0),
        replace(reading([*CALM, 15]), target=20.0),
    )
    assert plain(findings.reached([good], [], EN)) == "Targets reached: Won value (125.0%)."
    assert findings.reached([missed], [], EN) == ""
    assert findings.reached([good], findings.findings([missed], EN), EN) == ""


def test_a_month_that_has_the_value_of_its_quarter_is_not_told_twice() -> None:
    later = replace(reading([*CALM, 14, 18]), judged=2)
    assert judgement.left_limits(later, EN) == "above its natural limits"


def test_a_trend_names_the_target_that_it_misses() -> None:
    short = replace(reading([*CALM, 13]), target=20.0)
    assert judgement.trend_message(short, EN).endswith("; target 20.")
    assert "target" not in judgement.trend_message(replace(short, target=13.0), EN)


def of_kpi(found: Reading, kpi: Kpi, better: str = "up") -> Reading:
    now = replace(found.now, kpi=kpi.name, label=kpi.label, better=better)
    beside_it = {
        name: replace(compared, now=now)
        for name in ("previous", "year_ago")
        if (compared := getattr(found, name))
    }
    return replace(found, now=now, **beside_it)


def test_good_news_names_the_bad_that_may_explain_it() -> None:
    pipeline = of_kpi(reading([*CALM, 24]), sales.pipeline_value)
    slower = of_kpi(reading([*CALM, 24]), sales.sales_cycle, "down")
    first, second = said(pipeline, slower)
    assert first.endswith("above its natural limits; to be read with: Sales cycle.")
    assert "read with" not in second
    quicker = of_kpi(reading([*CALM, 1]), sales.sales_cycle, "down")
    assert "read with" not in " ".join(said(pipeline, quicker))


def test_bad_news_names_the_worse_that_may_explain_it_and_not_the_other_way_round() -> None:
    fewer = of_kpi(reading([*CALM, 1]), sales.close_rate)
    slower = of_kpi(reading([*CALM, 40]), sales.sales_cycle, "down")
    told = dict(zip(("cycle", "rate"), said(fewer, slower), strict=True))
    assert told["rate"].endswith("; to be read with: Sales cycle.")
    assert "read with" not in told["cycle"]
    milder = of_kpi(reading([*CALM, 18]), sales.sales_cycle, "down")
    assert "read with" not in " ".join(said(fewer, milder))


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
    assert message in plain(judgement.trend_message(reading(numbers), EN))


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
    texts = [(r, judgement.trend_message(r, words)) for r in found]
    texts += [(r, claims.claim(r, words) + " " + claims.evidence(r, words)) for r in found]
    for r, text in texts:
        known = numbers_in(*true_texts(r, words))
        assert numbers_in(text) <= known, text


def true_texts(r: Reading, words: Format) -> list[str]:
    """What may be said of a reading, each number from its values."""
    compared = [c for c in r.comparisons if c.base]
    bases = [c.base for c in compared if c.base]
    seen = [r.now, *bases, r.signalled, r.series[-1]]
    periods = [words.period_short(v.period) for v in seen]
    periods += [words.during(v.period) for v in seen]
    amounts = [v.value for v in seen]
    every = [r.course.limits_at(-1), r.course.limits_at(r.signal.place)]
    amounts += [end for found in every if found for end in (found.lower, found.upper)]
    changes = [words.change(r.now.value, b.value, r.now.unit).text for b in bases]
    changes += [words.difference(end, r.now.unit) for c in compared for end in c.interval or ()]
    amounts += [r.target] if r.target is not None else []
    share = attainment(r.now.value, r.target, r.now.better)
    changes += [words.difference(r.now.value - r.target, r.now.unit)] if r.target else []
    ranges = [words.pair(found.lower, found.upper, r.now.unit) for found in every if found]
    return [
        *periods, *changes, "95% 95 %", *(end for ends in ranges for end in ends),
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


def test_of_a_stable_process_reports_say_that_nothing_is_unusual() -> None:
    """Of two hundred CRMs where nothing ever changes: benchmarks/false_alarms.py."""
    spoken = [len(findings.findings(readings(seed), EN)) for seed in range(20)]
    assert sum(count > 0 for count in spoken) <= 1


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
