"""JSON -> rows: an object a line, or a list of objects. What lies within an object is a column of
its own, as properties.amount; a list is one cell.
"""

import json
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from typing import IO, Any

from kpi_toolkit.crm.casting import TYPED
from kpi_toolkit.crm.sources import packed
from kpi_toolkit.crm.sources.stream import LONGEST_SHOWN, Batch, Fault, File, Row
from kpi_toolkit.crm.sources.typed_cells import Typed, batched, judged
from kpi_toolkit.errors import DataError, first_line, near_misses

MOST_IN_A_LINE = 1 << 26
Flat = dict[str, Any]
# A line or an object, with its number; an error where it is no object.
Found = tuple[int, "Flat | ValueError", str]


def json_lines(file: File) -> Iterator[Batch]:
    """One object a line; a row's line is where it stands. Raises DataError when there is none."""
    # The header is every key of the file, which only its end tells.
    names: dict[str, None] = {}
    for _, found, _ in _lines(file):
        names |= dict.fromkeys(found if isinstance(found, dict) else ())
    yield from _batches(file, names, _lines(file))


def json_document(file: File) -> Iterator[Batch]:
    """A list of objects, or an object with one list of them (`table` names which); a row's line is
    its number in the list. A file of JSON lines may be called so too.
    """
    objects = _listed(file)
    if objects is None:
        yield from json_lines(file)
        return
    found = [(n, _flat_or_error(value), str(value)) for n, value in enumerate(objects, 1)]
    names: dict[str, None] = {}
    for _, flat, _ in found:
        names |= dict.fromkeys(flat if isinstance(flat, dict) else ())
    yield from _batches(file, names, found)


def _batches(file: File, names: dict[str, None], found: Iterable[Found]) -> Iterator[Batch]:
    if not names:
        raise DataError(f"{file.name}: it holds no JSON object")
    yield [(0, list(names))]
    yield from batched(_row(names, *one) for one in found)


def _row(names: dict[str, None], line: int, flat: "Flat | ValueError", raw: str) -> Row | Fault:
    if isinstance(flat, dict):
        return judged(line, [flat.get(name) for name in names])
    return Fault(line, raw[:LONGEST_SHOWN], f"not a JSON object: {first_line(flat)}")


def _lines(file: File) -> Iterator[Found]:
    with packed.opened(file) as data:
        for number, line in enumerate(_physical(file, data), 1):
            if line.strip():
                yield number, *_object(line, "utf-8-sig" if number == 1 else "utf-8")


def _physical(file: File, data: IO[bytes]) -> Iterator[bytes]:
    while line := data.readline(MOST_IN_A_LINE):
        if len(line) == MOST_IN_A_LINE:
            raise DataError(f"{file.name}: a line is longer than {MOST_IN_A_LINE} bytes")
        yield line


def _object(line: bytes, encoding: str) -> "tuple[Flat | ValueError, str]":
    text = line.decode(encoding, "replace").rstrip("\r\n")
    try:
        return _flat(_loads(line.decode(encoding))), text
    except UnicodeDecodeError:
        return ValueError("bytes that are not UTF-8"), text
    except (ValueError, RecursionError) as error:
        return ValueError(first_line(error)), text


def _listed(file: File) -> list[Any] | None:
    """The list of a document; None when it is not one document."""
    with packed.opened(file) as data, TextIOWrapper(data, "utf-8-sig") as text:
        try:
            found = _loads(text.read())
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError) and error.msg.startswith("Extra data"):
                return None
            raise DataError(f"{file.name}: it is not JSON: {first_line(error)}") from None
    return found if isinstance(found, list) else _list_of(file, found)


def _list_of(file: File, found: Any) -> list[Any]:
    """The only list of an object, or the one that is declared; an object without is one row."""
    inner = found if isinstance(found, dict) else {}
    lists = {key: value for key, value in inner.items() if isinstance(value, list)}
    if file.table:
        if file.table not in lists:
            raise DataError(f"{file.name}: table {file.table!r}: {near_misses(file.table, lists)}")
        return lists[file.table]
    if len(lists) > 1:
        raise DataError(
            f"{file.name}: it holds {len(lists)} lists ({', '.join(lists)}): declare table = ..."
        )
    return next(iter(lists.values()), [found])


def _loads(text: str) -> Any:
    return json.loads(
        text,
        object_pairs_hook=_once,
        parse_int=_number,
        parse_float=_number,
        parse_constant=_number,
    )


class _Doubled(dict[str, Any]):
    """An object in which a key appears twice, so that one of its values is lost."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Doubled(found)


def _number(digits: str) -> Typed:
    """A number keeps its digits."""
    return Typed(TYPED + digits)


def _flat_or_error(value: Any) -> "Flat | ValueError":
    try:
        return _flat(value)
    except (ValueError, RecursionError) as error:
        return ValueError(first_line(error))


def _flat(value: Any, path: str = "") -> Flat:
    """The values within an object by their paths. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError("expected { ... }")
    if isinstance(value, _Doubled):
        raise ValueError("a key appears twice")
    found: Flat = {}
    for key, inner in value.items():
        flat = _flat(inner, f"{path}{key}.") if isinstance(inner, dict) else {path + key: inner}
        if found.keys() & flat.keys():
            raise ValueError("a key appears twice")
        found |= flat
    return found
