"""How tests read a page: its elements and attributes, and its text as a reader gets it."""

import re
from html.parser import HTMLParser

TAGS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title style body main header footer section div span p h1 h2 h3 dl dt dd
        ol ul li a b i small code pre blockquote table thead tbody tr th td figure img details
        summary svg g path rect circle ellipse line polyline polygon text tspan defs clippath use
        image""",
    )
)
ATTRIBUTES = frozenset(
    re.findall(
        r"[\w-]+",
        """lang charset name content http-equiv class id href rel role aria-label aria-hidden
        tabindex style scope colspan data-label src alt viewbox width height version fill stroke
        stroke-width xmlns points cx cy r x y d clip-path transform""",
    )
)
VOID = frozenset(("meta", "img"))


class Page(HTMLParser):
    """Collects faults, text, ids and addresses of a page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self.attributes: list[str] = []
        self._texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self._texts.append(data)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:
            self.faults.append(f"<{tag} {name}>")
        if name == "id":
            self.ids.append(value)
        if name in ("href", "src"):
            self.addresses.append(value)
        self.attributes.append(value)
