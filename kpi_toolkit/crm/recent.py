"""What was made of frames lately, kept for as long as the same frames live unchanged."""

import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pandas import DataFrame, Series

T = TypeVar("T")
_Key = tuple[tuple[str, int], ...]


class Recent(Generic[T]):
    """One made thing for each dict of frames; it goes when one of the frames goes."""

    def __init__(self) -> None:
        self._made: dict[_Key, tuple[Any, T, list[weakref.ref[Any]]]] = {}

    def get(self, frames: "Mapping[str, DataFrame]", make: Callable[[], T]) -> T:
        """The thing made of these frames; made again when a frame has changed since."""
        key = tuple((table, id(frame)) for table, frame in frames.items())
        marks = [_mark(frame) for frame in frames.values()]
        held = self._made.get(key)
        if held and held[0] == marks and all(mark is not None for mark in marks):
            return held[1]
        made = make()
        forget = [
            weakref.ref(frame, lambda _: self._made.pop(key, None)) for frame in frames.values()
        ]
        self._made[key] = (marks, made, forget)
        return made


def _mark(frame: "DataFrame") -> tuple[Any, ...] | None:
    """Where the frame's values lie.

    What is made holds a shallow copy, so with copy on write a change moves the values of the user's
    frame, and the old place stays taken. None when that cannot be seen.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        return None
    places = [_place(frame.iloc[:, n]) for n in range(frame.shape[1])]
    if any(place is None for place in places):
        return None
    return (
        len(frame),
        tuple(map(str, frame.columns)),
        tuple(map(str, frame.dtypes)),
        tuple(places),
    )


def _place(column: "Series[Any]") -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(column.dtype, np.dtype):
        return column.to_numpy().__array_interface__["data"][0]
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array.codes.__array_interface__["data"][0]
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.array.view("i8").__array_interface__["data"][0]
    arrow = getattr(column.array, "_pa_array", None)
    if arrow is None:
        return None
    return tuple(b.address for chunk in arrow.chunks for b in chunk.buffers() if b is not None)
