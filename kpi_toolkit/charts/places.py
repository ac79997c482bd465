"""Where labels go: apart from one another, and off the marks they would cover."""

import numpy as np

Box = tuple[float, float, float, float]  # left, bottom, right, top in mm


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions moved apart to keep `gap` between neighbours, as near their own as can be.

    They stay within low..high, in mm, when all of them have room there.
    """
    order = sorted(range(len(places)), key=places.__getitem__)
    groups: list[tuple[list[int], float]] = []
    for index in order:
        groups.append(([index], _within([places[index]], gap, low, high)))
        while len(groups) > 1 and _too_near(groups[-2], groups[-1], gap):
            members = groups[-2][0] + groups.pop()[0]
            groups[-1] = (members, _within([places[i] for i in members], gap, low, high))
    placed = list(places)
    for members, middle in groups:
        for position, index in enumerate(members):
            placed[index] = middle + (position - (len(members) - 1) / 2) * gap
    return placed


class Places:
    """The boxes of a drawing that are taken, and the first free one of several."""

    def __init__(self, bounds: Box) -> None:
        self._bounds = bounds
        self._boxes: list[Box] = []

    def take(self, box: Box) -> None:
        """Keep later labels out of a box."""
        self._boxes.append(box)

    def take_line(self, xs: list[float], ys: list[float], margin: float = 0.4) -> None:
        """Keep later labels off a line through points; NaN breaks it."""
        for x0, y0, x1, y1 in zip(xs, ys, xs[1:], ys[1:], strict=False):
            length = np.hypot(x1 - x0, y1 - y0)
            if np.isnan(length):
                continue
            for share in np.linspace(0, 1, int(length / 0.6) + 2):
                x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
                self.take((x - margin, y - margin, x + margin, y + margin))

    def first_free(self, candidates: list[Box]) -> int | None:
        """Index of the first candidate inside the bounds that touches nothing, or None."""
        costs = self._overlaps(candidates)
        return next((i for i, cost in enumerate(costs) if cost == 0), None)

    def least_bad(self, candidates: list[Box]) -> int:
        """Index of the candidate that covers least."""
        return int(np.argmin(self._overlaps(candidates)))

    def _overlaps(self, candidates: list[Box]) -> list[float]:
        taken = np.array(self._boxes or [(0, 0, 0, 0)], dtype=float)
        return [_covered(box, taken) + _outside(box, self._bounds) for box in candidates]


def _within(places: list[float], gap: float, low: float, high: float) -> float:
    """The middle of a group, so that the whole of it lies within low..high."""
    half = (len(places) - 1) / 2 * gap
    return min(max(sum(places) / len(places), low + half), high - half)


def _too_near(lower: tuple[list[int], float], upper: tuple[list[int], float], gap: float) -> bool:
    needed = gap * (len(lower[0]) + len(upper[0])) / 2
    return upper[1] - lower[1] < needed - 1e-9


def _covered(box: Box, taken: np.ndarray) -> float:
    wide = np.minimum(box[2], taken[:, 2]) - np.maximum(box[0], taken[:, 0])
    tall = np.minimum(box[3], taken[:, 3]) - np.maximum(box[1], taken[:, 1])
    return float(np.sum(np.clip(wide, 0, None) * np.clip(tall, 0, None)))


def _outside(box: Box, bounds: Box) -> float:
    over = (bounds[0] - box[0], bounds[1] - box[1], box[2] - bounds[2], box[3] - bounds[3])
    return 100 * sum(max(0.0, x) for x in over)
