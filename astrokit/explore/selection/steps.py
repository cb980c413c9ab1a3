"""The steps of a selection. Each holds plain checked values, and says itself in words.

A step that selects rows (a *gesture*) combines them, by its `how`, with what was selected before: "new"
forgets it, "and" keeps the common rows, "or" adds, "minus" takes away. Steps compare by identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .checks import (
    plain,
    require_bound,
    require_count,
    require_how,
    require_labels,
    require_number,
    require_polygon,
    require_text,
    wrong,
)
from .rows import require_rows

MAX_SAMPLES = 2**32 - 1
_SHOWN_LABELS = 5


@dataclass(frozen=True, eq=False)
class Step:
    """One entry of a program."""

    kind: ClassVar[str]

    def words(self) -> str:
        """Say what the step selects, in one line."""
        return self.kind

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class Invert(Step):
    """All rows that were not selected: among all rows, those without coordinates too."""

    kind: ClassVar[str] = "invert"


@dataclass(frozen=True, eq=False)
class Clear(Step):
    """No row."""

    kind: ClassVar[str] = "clear"


@dataclass(frozen=True, eq=False)
class Save(Step):
    """The rows selected so far get a name."""

    kind: ClassVar[str] = "save"
    name: str

    def __post_init__(self) -> None:
        self._set(name=require_text("name", self.name))


@dataclass(frozen=True, eq=False)
class Load(Step):
    """The rows that have a name."""

    kind: ClassVar[str] = "load"
    name: str
    how: str = "new"

    def __post_init__(self) -> None:
        self._set(name=require_text("name", self.name), how=require_how(self.how))

    def words(self) -> str:
        return f"'{plain(self.name)}'"


@dataclass(frozen=True, eq=False)
class Lasso(Step):
    """Points in a polygon, by the even-odd rule."""

    kind: ClassVar[str] = "lasso"
    polygon: np.ndarray
    how: str = "new"

    def __post_init__(self) -> None:
        self._set(polygon=require_polygon(self.polygon), how=require_how(self.how))

    def words(self) -> str:
        return f"lasso of {len(self.polygon):,} vertices"


@dataclass(frozen=True, eq=False)
class Box(Step):
    """Points in [x0, x1) x [y0, y1)."""

    kind: ClassVar[str] = "box"
    x0: float
    x1: float
    y0: float
    y1: float
    how: str = "new"

    def __post_init__(self) -> None:
        edges = {name: require_number(name, getattr(self, name)) for name in ("x0", "x1", "y0", "y1")}
        self._set(**edges, how=require_how(self.how))
        if not (self.x0 < self.x1 and self.y0 < self.y1):
            got = f"x {self.x0:g} to {self.x1:g}, y {self.y0:g} to {self.y1:g}"
            raise wrong("box", "x0 < x1 and y0 < y1", got, "Swap the edges, or give the box a size.")

    def words(self) -> str:
        return f"box x in [{self.x0:.4g}, {self.x1:.4g}), y in [{self.y0:.4g}, {self.y1:.4g})"


@dataclass(frozen=True, eq=False)
class Cluster(Step):
    """Rows with one of these cluster labels."""

    kind: ClassVar[str] = "cluster"
    labels: tuple[int | str, ...]
    how: str = "new"

    def __post_init__(self) -> None:
        self._set(labels=require_labels("cluster", self.labels), how=require_how(self.how))

    def words(self) -> str:
        return f"cluster{'s' * (len(self.labels) > 1)} {_listed(self.labels)}"


@dataclass(frozen=True, eq=False)
class Category(Step):
    """Rows whose channel has one of these labels."""

    kind: ClassVar[str] = "category"
    channel: str
    labels: tuple[int | str, ...]
    how: str = "new"

    def __post_init__(self) -> None:
        channel = require_text("channel", self.channel)
        self._set(channel=channel, labels=require_labels(f"category {channel!r}", self.labels))
        self._set(how=require_how(self.how))

    def words(self) -> str:
        return f"{plain(self.channel)} in {_listed(self.labels)}"


@dataclass(frozen=True, eq=False)
class Range(Step):
    """Rows whose value is in [low, high], both ends included; None is an open end."""

    kind: ClassVar[str] = "range"
    channel: str
    low: int | float | None
    high: int | float | None
    how: str = "new"

    def __post_init__(self) -> None:
        self._set(channel=require_text("channel", self.channel), how=require_how(self.how))
        self._set(low=require_bound("low", self.low), high=require_bound("high", self.high))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise wrong("range", "low <= high", f"{self.low} to {self.high}", "Swap the two.")

    def words(self) -> str:
        name = plain(self.channel)
        if self.low is None:
            return f"{name} known" if self.high is None else f"{name} <= {self.high}"
        return f"{name} >= {self.low}" if self.high is None else f"{name} in [{self.low}, {self.high}]"


@dataclass(frozen=True, eq=False)
class Nearest(Step):
    """The `k` points nearest to a place; `aspect` multiplies distances along y."""

    kind: ClassVar[str] = "nearest"
    x: float
    y: float
    k: int = 1
    aspect: float = 1.0
    how: str = "new"

    def __post_init__(self) -> None:
        self._set(x=require_number("x", self.x), y=require_number("y", self.y))
        self._set(k=require_count("k", self.k, MAX_SAMPLES), aspect=require_number("aspect", self.aspect))
        self._set(how=require_how(self.how))
        if not self.aspect > 0:
            raise wrong("aspect", "a ratio above 0", self.aspect, "Use 1 for plain distances.")

    def words(self) -> str:
        return f"{self.k:,} nearest to ({self.x:.4g}, {self.y:.4g})"


@dataclass(frozen=True, eq=False)
class Ids(Step):
    """Rows by number, counted from 0 in the caller's order; kept ascending and once each."""

    kind: ClassVar[str] = "ids"
    rows: np.ndarray
    how: str = "new"

    def __post_init__(self) -> None:
        self._set(rows=require_rows(self.rows), how=require_how(self.how))

    def words(self) -> str:
        return f"{len(self.rows):,} given row{'s' * (len(self.rows) != 1)}"


Gesture = Lasso | Box | Cluster | Category | Range | Nearest | Ids
STEPS: dict[str, type[Step]] = {
    step.kind: step
    for step in (Lasso, Box, Cluster, Category, Range, Nearest, Ids, Invert, Clear, Save, Load)
}


def _listed(labels: tuple[int | str, ...]) -> str:
    shown = ", ".join(plain(label) for label in labels[:_SHOWN_LABELS])
    more = len(labels) - _SHOWN_LABELS
    return shown + (f" and {more:,} more" if more > 0 else "")
