"""The index's own grid: along each axis, cells of a power of two, nested over `DEPTH` levels.

Every edge is `origin + i * 2**k`, and `origin` is a whole number of the finest cells, so that edges are
exact in float64 and a point belongs to the same cell however it is counted. Cells are half-open: [left,
right).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .compiled import compiled

DEPTH = 24  # levels; the finest cell is 2**-24 of the root: about the resolution of float32 itself


class Axis(NamedTuple):
    """One axis of the grid, in stored coordinates (the caller's minus `offset`)."""

    origin: float  # left edge of the root cell
    exponent: int  # the root cell is 2**exponent wide
    offset: float  # caller's coordinate = stored coordinate + offset

    def cell(self, level: int) -> float:
        """Width of a cell at `level`; negative levels are coarser than the root."""
        return math.ldexp(1.0, self.exponent - level)

    def edge(self, i: int, level: int) -> float:
        """Left edge of cell `i`, in the caller's coordinates."""
        return self.origin + i * self.cell(level) + self.offset


class Span(NamedTuple):
    """The cells `first` to `first + n - 1` of one axis at one level."""

    level: int
    first: int
    n: int


def fit_axis(low: float, high: float, offset: float) -> Axis:
    """Return the smallest grid whose root holds the stored coordinates [low, high].

    Examples
    --------
    >>> fit_axis(0.0, 1.5, 0.0)
    Axis(origin=0.0, exponent=1, offset=0.0)
    """
    smallest = float(np.spacing(np.float32(max(abs(low), abs(high)))))
    exponent = math.frexp(max(high - low, smallest))[1]
    while True:
        fine = math.ldexp(1.0, exponent - DEPTH)
        origin = math.floor(low / fine) * fine
        if high < origin + math.ldexp(1.0, exponent):
            return Axis(origin, exponent, offset)
        exponent += 1


def choose_offset(low: float, high: float) -> float:
    """Centre of [low, high], rounded so that it and the grid's edges add without loss in float64."""
    spread = high - low
    if spread == 0.0:
        return low
    step = math.ldexp(1.0, math.frexp(spread)[1] - 8)
    return math.floor((low + 0.5 * spread) / step) * step


def cover(axis: Axis, low: float, high: float, n_pixels: int) -> Span:
    """Return the smallest span of cells that covers [low, high] at `n_pixels`, or up to twice finer.

    Examples
    --------
    >>> axis = fit_axis(0.0, 1.5, 0.0)
    >>> cover(axis, 0.0, 1.5, 100)
    Span(level=8, first=0, n=192)
    """
    low, high = _stored(low, axis.offset, -math.inf), _stored(high, axis.offset, math.inf)
    pixel = (high - low) / n_pixels
    level = axis.exponent - (math.frexp(pixel)[1] - 1)
    cell = axis.cell(level)
    first = math.floor((low - axis.origin) / cell)
    if axis.origin + first * cell > low:
        first -= 1
    last = math.ceil((high - axis.origin) / cell)
    if axis.origin + last * cell < high:
        last += 1
    return Span(level, first, max(last - first, 1))


def _stored(value: float, offset: float, outward: float) -> float:
    """A limit in stored coordinates, rounded outward: the offset added again does not cut it short."""
    stored = float(value) - offset
    while (stored + offset > value) if outward < 0 else (stored + offset < value):
        stored = math.nextafter(stored, outward)
    return stored


@compiled(inline="always")
def cell_of(value, origin, fine, per_fine):
    """Finest cell of a stored coordinate in the root; `per_fine` is 1 / `fine`, exact for a power of two.

    The difference from the origin may round up onto the next edge: step back then.
    """
    i = np.int64((value - origin) * per_fine)
    return i - (value < origin + i * fine)
