"""SVG made fit to stand inside a page: only drawing elements, and ids that no other drawing has."""

import base64
import re
from functools import lru_cache
from xml.etree import ElementTree

from markupsafe import Markup

from kpi_toolkit.errors import RenderError, first_line

# fmt: off
ELEMENTS = frozenset((
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
    "defs", "clipPath", "mask", "use", "symbol", "pattern", "linearGradient", "radialGradient",
    "stop", "marker", "title", "desc", "image",
))
# fmt: on
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
_PICTURE_URL = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]+\Z")
# Matplotlib states this as a style sheet for every element, which would reach the whole page.
_LINE_STYLE = "stroke-linejoin:round;stroke-linecap:butt"


@lru_cache(maxsize=64)
def inline(svg: str, prefix: str) -> Markup:
    """The drawing with `prefix` before its ids. Raises RenderError on what is not SVG."""
    root = parse(svg)
    _clean(root, prefix)
    style = f"{_LINE_STYLE};max-width:{_widest(root)};{root.get('style', '')}"
    root.set("style", style.rstrip(";"))
    root.set("aria-hidden", "true")
    ElementTree.register_namespace("", SVG[1:-1])
    return Markup(ElementTree.tostring(root, encoding="unicode", short_empty_elements=False))


def parse(svg: str) -> ElementTree.Element:
    """The root element of an SVG. Raises RenderError; entities are refused."""
    source = _DOCTYPE.sub("", svg, count=1)
    if "<!" in re.sub(r"<!--.*?-->|<!\[CDATA\[", "", source, flags=re.DOTALL):
        raise RenderError("a drawing: it declares entities, which no report needs")
    try:
        root = ElementTree.fromstring(source.encode())
    except ElementTree.ParseError as error:
        raise RenderError(f"a drawing: it is not SVG ({first_line(error)})") from error
    if root.tag != f"{SVG}svg":
        raise RenderError(f"a drawing: its outermost element is {root.tag!r}, expected svg")
    return root


def data_uri(data: str, kind: str) -> str:
    """A picture (base64) as an address within the page; an SVG there runs no script."""
    return f"data:image/{'svg+xml' if kind == 'svg' else 'png'};base64,{data}"


def decoded(data: str) -> bytes:
    """A picture's bytes."""
    return base64.b64decode(data)


def _widest(root: ElementTree.Element) -> str:
    """A page is 920 pixels wide where paper has 174 mm: no drawing is magnified more than that."""
    width = re.match(r"([\d.]+)(pt|px|mm)?\Z", root.get("width", ""))
    if not width:
        return "100%"
    points = float(width[1]) * {"mm": 72 / 25.4, "px": 0.75}.get(width[2], 1.0)
    return f"{points * 920 / 493.23:.0f}px"


def _clean(element: ElementTree.Element, prefix: str) -> None:
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.removeprefix(SVG) in ELEMENTS:
            _clean(child, prefix)
        else:
            element.remove(child)
    for name in list(element.attrib):
        value = _attribute(name, element.attrib.pop(name), prefix)
        if value is not None:
            element.set("href" if name == XLINK else name, value)


def _attribute(name: str, value: str, prefix: str) -> str | None:
    """An attribute's value for the page, None where it has no place there."""
    if name == "id":
        return prefix + value
    if name in ("href", XLINK):
        if value.startswith("#"):
            return f"#{prefix}{value[1:]}"
        return value if _PICTURE_URL.match(value) else None
    if name.startswith(("on", "{")):
        return None
    value = _LOCAL_URL.sub(lambda found: f"url(#{prefix}{found[1]})", value)
    return None if _leads_out(value) else value


def _leads_out(value: str) -> bool:
    lowered = value.lower().replace(" ", "")
    rest = lowered.replace("url(#", "")
    return "url(" in rest or "javascript:" in lowered or "@import" in lowered or "\\" in lowered
