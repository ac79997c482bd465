"""Alt texts tell the values that are shown, in both languages."""

import numpy as np
import pandas as pd

from kpi_toolkit.charts import ranking_alt, trend_alt, variance_alt
from kpi_toolkit.format import Format

INDEX = pd.date_range("2026-07", periods=3, freq="MS")
DAYS = pd.Series([55.0, 61.0, 64.0], index=INDEX)
MONEY = pd.DataFrame(
    {"actual": [1.2e6, 1.5e6, np.nan], "previous": [1e6, np.nan, 1e6]}, index=INDEX
)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_trend_tells_its_span_last_value_limits_and_target():
    text = trend_alt(DAYS, limits=(54, 48, 61), target=50, reported=DAYS - [0, 1, 2], unit="days")
    assert plain(text) == (
        "Trend, July 2026 to September 2026: last value 64.0 d. Mean 54.0 d, limits 48.0 d and "
        "61.0 d. Outside the limits: September 2026 (64.0 d). Target 50.0 d. 2 values were "
        "restated."
    )


def test_limits_without_width_are_the_mean_alone():
    text = trend_alt(DAYS, limits=(55, 55, 55), unit="days")
    assert "Mean 55.0 d." in plain(text) and "imits" not in text


def test_a_trend_in_french():
    text = trend_alt(DAYS, limits=(54, 48, 70), unit="days", words=Format("fr"))
    assert plain(text) == (
        "Tendance, juillet 2026 à septembre 2026 : dernière valeur 64,0 j. "
        "Moyenne 54,0 j, limites 48,0 j et 70,0 j. Aucune valeur hors limites."
    )


def test_a_trend_without_values_says_so():
    assert trend_alt(DAYS * np.nan, words=Format("fr")) == "Tendance sans données."


def test_columns_tell_each_value_and_change():
    text = plain(variance_alt(MONEY, unit="money"))
    assert text == "Columns: Jul 2026 €1.20m (+20.0%), Aug 2026 €1.50m, Sept 2026 –."


def test_bars_tell_each_member_and_the_total():
    frame = pd.DataFrame({"value": [742e3, 5e3]}, index=["Camille", "a\nb"])
    text = plain(ranking_alt(frame, unit="money", words=Format("fr"), total=(747e3, 700e3)))
    assert text == "Barres : Camille 742 k€, a b 5,00 k€. Total : 747 k€ (+6,7 %)."
