"""A drawing is the same text each time, and several may stand in one page."""

import re
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from kpi_toolkit.charts import png, ranking, svg, trend, variance_columns
from kpi_toolkit.charts.theme import families

INDEX = pd.date_range("2026-01", periods=4, freq="MS")
FRAME = pd.DataFrame({"actual": [1, 2, 3, 4], "previous": [2, 2, 2, 2]}, index=INDEX)
DRAWINGS = {
    "trend": lambda: trend(FRAME["actual"], limits=(2, 1, 3), target=2),
    "variance": lambda: variance_columns(FRAME.assign(expected=[False, False, True, True])),
    "ranking": lambda: ranking(
        pd.DataFrame({"value": [3, 2], "previous": [1, 2]}, index=["a", "b"])
    ),
}


def ids(text):
    return re.findall(r' id="([^"]+)"', text)


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_same_drawing_is_the_same_text(name):
    text = svg(DRAWINGS[name](), salt="one")
    assert text == svg(DRAWINGS[name](), salt="one")
    assert text.startswith("<svg") and "<style" not in text and "Date" not in text
    ET.fromstring(text)


@pytest.mark.parametrize("name", DRAWINGS)
def test_two_salts_share_no_id_and_every_reference_is_kept(name):
    one, other = (svg(DRAWINGS[name](), salt=salt) for salt in ("one", "other"))
    assert len(ids(one)) == len(set(ids(one)))
    assert not set(ids(one)) & set(ids(other))
    assert set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", one)) <= set(ids(one))


def test_text_stays_text_in_the_packaged_font():
    text = svg(DRAWINGS["trend"]())
    assert ">Target</text>" in text and "Source Sans Pro" in text


def test_control_characters_do_not_break_the_svg():
    names = ["a\x00b\x1b\ufffe", 'id="patch_1" <g id="patch_1">', "漢字 😀"]
    frame = pd.DataFrame({"value": [1, 2, 3]}, index=names)
    text = svg(ranking(frame))
    ET.fromstring(text)
    assert 'id="patch_1" &lt;g id="patch_1"&gt;' in text


def test_a_png_is_the_same_bytes_at_twice_the_css_pixels():
    first = png(DRAWINGS["ranking"]())
    assert first.startswith(b"\x89PNG") and first == png(DRAWINGS["ranking"]())


def test_without_the_packaged_font_charts_are_drawn_in_dejavu(monkeypatch):
    monkeypatch.setitem(sys.modules, "font_source_sans_pro", None)
    families.cache_clear()
    try:
        assert families() == ("DejaVu Sans",)
        assert "Source Sans" not in svg(DRAWINGS["trend"]())
    finally:
        families.cache_clear()


def test_nothing_known_and_infinite_values_are_drawn_without_error():
    svg(trend(pd.Series([np.inf, 1.0, -np.inf, 2.0], index=INDEX)))
