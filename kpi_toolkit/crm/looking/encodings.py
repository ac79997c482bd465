"""The encoding of a file, from its first bytes."""

import codecs
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "it begins with a UTF-8 byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "it begins with a UTF-16 byte order mark"),
    (codecs.BOM_UTF16_BE, "utf-16", "it begins with a UTF-16 byte order mark"),
)
# What Western European names and money are made of; an encoding that turns the bytes into other
# characters is the wrong one.
_USUAL = frozenset(
    "àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿšžßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜŸŠŽ€£°«»’‘“”–—…•²³ºª§©®™½¼¾·×¡¿\u00a0"
)
_ONE_BYTE = ("cp1252", "mac_roman", "cp850", "cp1250")


@dataclass(frozen=True)
class Encoding:
    """An encoding, what speaks for it, and whether the bytes would not read well as another."""

    name: str
    evidence: str
    decided: bool = True


def encoding_of(head: bytes, whole: bool) -> Encoding:
    """The encoding of the first bytes of a file; `whole` says that there are no more."""
    for mark, name, evidence in _BOMS:
        if head.startswith(mark):
            return Encoding(name, evidence)
    if wide := _without_mark(head):
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError as error:
        return _one_byte(head, error.start)
    plain = head.isascii()
    return Encoding("utf-8", "only ASCII so far" if plain else "all bytes so far are valid UTF-8")


def _without_mark(head: bytes) -> Encoding | None:
    """UTF-16 shows by a NUL in every second byte, since most of a table is ASCII."""
    sample = head[:4000]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    for name, nuls, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if nuls > len(sample) / 5 and others < nuls / 20:
            return Encoding(name, f"{nuls} of its first {len(sample) // 2} characters have a NUL")
    return None


def _one_byte(head: bytes, start: int) -> Encoding:
    """cp1252 unless another one gives more usual letters: bytes alone never prove it."""
    line = head.count(b"\n", 0, start) + 1
    refused = f"not UTF-8 (byte 0x{head[start]:02x} on line {line})"
    strange = bytes(sorted({byte for byte in head if byte > 127}))
    fit = {name: _usual(head, name) for name in _ONE_BYTE}
    best = max(_ONE_BYTE, key=lambda name: fit[name])
    word = _word_around(head, start).decode(best, "replace")
    others = [name for name in _ONE_BYTE if fit[name] == fit[best] and name != best]
    readings = {_word_around(head, start).decode(name, "replace") for name in (best, *others)}
    evidence = f'{refused}; {best} reads "{word}"'
    if len(readings) > 1:
        evidence += f"; {', '.join(others)} would fit too: look at the letters of a name"
    if best == "cp1252" and any(0x80 <= byte < 0xA0 for byte in strange):
        evidence += "; bytes 0x80-0x9f say that it is not latin-1"
    return Encoding(best, evidence, decided=len(readings) == 1)


def _usual(head: bytes, encoding: str) -> int:
    """How many of the bytes beyond ASCII become usual letters, less those that do not."""
    strange = bytes(byte for byte in head if byte > 127)
    text = strange.decode(encoding, "replace")
    # Capitals with accents are rare: é of one encoding is Ç of another.
    return sum((2 if c.islower() else 1) if c in _USUAL else -2 for c in text)


def _word_around(head: bytes, at: int) -> bytes:
    """The word that a byte stands in."""
    marks = b'\r\n\t,;|"'
    first = max(head.rfind(bytes([mark]), 0, at) for mark in marks) + 1
    ends = [found for mark in marks if (found := head.find(bytes([mark]), at)) >= 0]
    return head[first : min(ends, default=len(head))][:40]
