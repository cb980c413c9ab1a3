"""What a still picture of the map says, and where; for both ways to draw it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from .centres import Label
from .core import DENSITY
from .shading import tone_by

if TYPE_CHECKING:
    from ..index import Frame
    from .widget import LatentMap

WIDTH, HEIGHT, DPI = 640, 480, 110
PLOT = 0.075, 0.075, 0.735, 0.855  # left, bottom, width, height in shares of the figure
SCALE = 0.83, 0.075, 0.025, 0.855
MAX_TITLE, FULL_SIZE = 100, 72  # characters of a title: at most, and at the full size of its letters
MAX_NAME = 24  # characters of a class in the legend
MAX_LABEL = 28  # and of a label on the map
MOST_ROWS = 12  # of the legend, before it gets a second column


def describe(map: LatentMap) -> str:
    """One sentence: what is shown, coloured by what, how much of it is selected."""
    core = map._core
    title = f"{map.title}: map" if map.title else "Map"
    zoomed = " A part of it is in view." if map.view and tuple(map.view) != core.home else ""
    selected = f" {core.n_selected:,} are selected." if core.n_selected else ""
    n = core.describe_size()
    return f"{title} of {n:,} sources, coloured by {map.colour_by}.{selected}{zoomed}"


def title_of(map: LatentMap) -> tuple[str, float]:
    """The title, shortened if it must be, and its share of the full size of letters."""
    title = textwrap.shorten(map.title, MAX_TITLE, placeholder="…")
    return title, min(1.0, FULL_SIZE / max(len(title), 1))


def classes_of(map: LatentMap) -> list[str]:
    """The names in the legend; none where the colour is a density or a value."""
    return [name[:MAX_NAME] for name in map._core.present.categories.get(map.colour_by, [])]


def columns_of(names: list[str]) -> int:
    """How many columns the legend has."""
    return 1 + (len(names) > MOST_ROWS)


def place_of_plot(map: LatentMap) -> tuple[float, float, float, float]:
    """Left, bottom, width and height; room at the right for the names of the classes, as long as they are."""
    left, bottom, width, height = PLOT
    names = classes_of(map)
    if not names:
        return PLOT
    room = columns_of(names) * (0.05 + 0.0105 * max(len(name) for name in names))
    return left, bottom, min(width, 0.985 - left - room), height


def labels_in_view(map: LatentMap) -> list[Label]:
    """What is written on the map, where it lies in the present window, not too long."""
    x0, x1, y0, y1 = map.window
    found = [one for one in map._core.labels_on(map.colour_by) if x0 <= one.x <= x1 and y0 <= one.y <= y1]
    return [one._replace(text=shortened(one.text)) for one in found]


def shortened(text: str) -> str:
    """A label that fits."""
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 1]}…"


def name_of_scale(map: LatentMap) -> str:
    """What the scale of colours measures."""
    return f"sources per cell ({map.stretch})" if map.colour_by == DENSITY else map.colour_by


def start_of_scale(map: LatentMap, frame: Frame) -> float:
    """Where the scale begins: less than one source is none, and none has no colour."""
    return float(tone_by(frame.counts, map.stretch)(1)) if map.colour_by == DENSITY else 0.0


def marks_of(map: LatentMap, frame: Frame) -> list[tuple[float, str]]:
    """(place from 0 to 1, text) of the marks on the scale."""
    if map.colour_by != DENSITY:
        low, high = map._core.present.values[map.colour_by]
        return [(0.0, f"{low:.3g}"), (0.5, f"{0.5 * (low + high):.3g}"), (1.0, f"{high:.3g}")]
    return _count_marks(frame.counts, map.stretch)


def _count_marks(counts: np.ndarray, stretch: str) -> list[tuple[float, str]]:
    """Round counts that lie far enough apart on the scale."""
    tone, top = tone_by(counts, stretch), int(counts.max(initial=1))
    marks: list[tuple[float, str]] = []
    for n in (k * 10**power for power in range(10) for k in (1, 2, 5) if k * 10**power <= top):
        place = float(tone(n))
        if place < 1 and all(abs(place - other) > 0.045 for other, _ in marks):
            marks.append((place, f"{n:,}"))
    return marks


class Lines:
    """Places for labels, so that none lies on another: each goes a line lower until it is free.

    Examples
    --------
    >>> lines = Lines()
    >>> lines.place("one", 0.5, 0.5), lines.place("two", 0.5, 0.5)
    (0.5, 0.458)
    """

    def __init__(self, height: float = 0.042, letter: float = 0.018) -> None:
        self._height, self._letter = height, letter  # in shares of the plot
        self._taken: list[tuple[float, float, float]] = []

    def place(self, text: str, u: float, v: float) -> float:
        """The height at which a text centred at (u, v) is free."""
        half = self._letter * len(text) / 2
        while any(
            abs(v - y) < self._height - 1e-9 and abs(u - x) < half + other for x, y, other in self._taken
        ):
            v -= self._height
        self._taken.append((u, v, half))
        return round(v, 6)
