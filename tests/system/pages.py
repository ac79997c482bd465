"""Faults of a laid-out PDF, measured from where poppler finds its words.

`python -m tests.system.pages report.pdf ...` prints them.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

MM = 72 / 25.4
SIDE, TOP, BOTTOM = 18 * MM, 21 * MM, 19 * MM  # margins in points; running lines stand in them
SLACK = 1.0  # points: a letter's box is a little wider than its ink
HEADING = 10.1  # points: taller words than these are set only in titles
_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(
    r'<word xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)">(.*?)</word>'
)


@dataclass(frozen=True)
class Word:
    """A word's box in points, y downwards."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Page:
    """A page's size in points and its words."""

    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def body(self) -> list[Word]:
        """Words between the margins of top and bottom, without the running lines."""
        low = self.height - BOTTOM
        return [word for word in self.words if TOP - 14 * MM + 1 < word.middle < low]


def check(path: Path) -> list[str]:
    """Sentences on text outside the margins, overlapping words, last headings, and empty pages."""
    pages = read(path)
    faults: list[str] = []
    for number, page in enumerate(pages, 1):
        found = [*outside(page), *overlapping(page)]
        if number < len(pages):
            found += [*heading_last(page), *nearly_empty(page)]
        faults += [f"{path.name}, page {number}: {fault}" for fault in found]
    return faults


def read(path: Path) -> list[Page]:
    """The words of each page, as pdftotext -bbox gives them."""
    command = ["pdftotext", "-bbox", str(path), "-"]
    source = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [
        Page(float(width), float(height), tuple(words(body)))
        for width, height, body in _PAGE.findall(source)
    ]


def words(source: str) -> Iterator[Word]:
    for left, top, right, bottom, text in _WORD.findall(source):
        yield Word(float(left), float(top), float(right), float(bottom), unescape(text))


def outside(page: Page) -> list[str]:
    """Words that cross a side margin, or leave the sheet."""
    right = page.width - SIDE
    return [
        f"{word.text!r} is outside the margins"
        for word in page.words
        if word.left < SIDE - SLACK
        or word.right > right + SLACK
        or word.top < 0
        or word.bottom > page.height
    ]


def overlapping(page: Page) -> list[str]:
    """Pairs of words of which one covers the other by more than a hair, as drawn letters would."""
    found = []
    ordered = sorted(page.words, key=lambda word: word.left)
    for index, word in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if other.left >= word.right - 0.6:
                break
            if covered(word, other):
                found.append(f"{word.text!r} and {other.text!r} overlap")
    return found


def covered(word: Word, other: Word) -> bool:
    """Whether two boxes share ink: letters fill the middle half of their line's height."""
    wide = min(word.right, other.right) - max(word.left, other.left)
    height = min(word.bottom - word.top, other.bottom - other.top)
    tall = min(word.bottom, other.bottom) - max(word.top, other.top)
    return wide > 0.6 and tall > 0.45 * height


def heading_last(page: Page) -> list[str]:
    """A heading with nothing of its section under it."""
    body = page.body
    if not body:
        return []
    last = max(word.middle for word in body)
    line = [word for word in body if abs(word.middle - last) < 3]
    lowest = min(word.bottom - word.top for word in line)
    if lowest <= HEADING or min(word.left for word in line) > SIDE + 2:
        return []
    text = " ".join(word.text for word in sorted(line, key=lambda word: word.left))
    return [f"the heading {text!r} is last"]


def nearly_empty(page: Page) -> list[str]:
    """A page whose text ends in the first quarter of its room."""
    room = page.height - TOP - BOTTOM
    end = max((word.bottom for word in page.body), default=TOP)
    filled = (end - TOP) / room
    return [f"it is only {max(0.0, filled):.0%} full"] if filled < 0.25 else []


if __name__ == "__main__":
    faults = [fault for name in sys.argv[1:] for fault in check(Path(name))]
    print("\n".join(faults))  # noqa: T201 - a command's answer
    sys.exit(bool(faults))
