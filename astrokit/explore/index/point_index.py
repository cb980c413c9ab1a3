"""The exact core of every map: all points of a survey, counted in any window in milliseconds."""

from __future__ import annotations

import copy
import os
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...progress import Progress
from . import store
from .bricks import Tree, build_tree, finite_range
from .channels import (
    NO_CATEGORIES,
    NO_MEMBERS,
    NO_VALUES,
    CategoryChannel,
    Channel,
    ValueChannel,
    build_channel,
)
from .frame import Frame
from .grid import DEPTH, Axis, Span, choose_offset, cover, fit_axis
from .layers import NO_CATEGORY, Members, pack_members
from .neighbours import nearest_points
from .regions import (
    cut_into_slabs,
    mark_in_box,
    mark_in_polygon,
    no_bits,
    ranges_in_box,
    ranges_in_polygon,
    rows_marked,
)
from .strips import fill
from .walk import Sources, Tally, Window, add_blocks, bin_points

MAX_PIXELS = 8192  # of a frame, along one axis


class PointIndex:
    """Points in the plane, indexed once, then counted in any window at a cost that goes with pixels, not
    points.

    Points are kept as float32 in Z-order, under a sparse tree of counts. float32 input is kept bit for bit;
    other input is recentred in float64 first. Counts are exact for the points as stored, at every zoom:
    they equal a float64 histogram on the frame's grid, whose cells are half-open.

    Memory is about 14 to 20 bytes a point, a category channel adds at most 2, a value channel 4.4.

    Parameters
    ----------
    x, y : (n_samples,) array_like
        Coordinates. Rows with NaN or infinite coordinates are counted in `n_dropped` and left out.
    channels : dict of (n_samples,) array_like, optional
        What can be seen by colour: floats are values, anything else is categories (at most 32).
    progress : bool
        Show a bar once building has taken a second.

    Raises
    ------
    ParameterError
        Arrays of different length, more than 32 categories, a window that is none.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> index = PointIndex(rng.normal(size=1000), rng.normal(size=1000))
    >>> frame = index.frame(-1, 1, -1, 1, 64, 48)
    >>> int(frame.counts.sum()), index.n_points
    (471, 1000)
    """

    def __init__(
        self, x: Any, y: Any, *, channels: dict[str, Any] | None = None, progress: bool = True
    ) -> None:
        x, y = _coordinates(x, y)
        self.n_samples = len(x)
        n_points, axis_x, axis_y, self.extent = _measure(x, y)
        with Progress(n_points, "indexing", unit="points", enabled=progress) as bar:
            self._tree = build_tree(x, y, n_points, axis_x, axis_y, bar.advance)
        self._axes = axis_x, axis_y
        self._channels = {
            name: build_channel(name, array, self._tree.order, self.n_samples)
            for name, array in (channels or {}).items()
        }
        self._base = _build_base(self._tree, self._axes)

    @property
    def n_points(self) -> int:
        """Rows with finite coordinates: those that can be seen."""
        return len(self._tree.points)

    @property
    def n_dropped(self) -> int:
        """Rows with a NaN or infinite coordinate."""
        return self.n_samples - self.n_points

    @property
    def offset(self) -> tuple[float, float]:
        """Stored coordinates are the caller's minus this; (0, 0) for float32 input."""
        return self._axes[0].offset, self._axes[1].offset

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        arrays = [*self._base, *store.arrays_of(self._tree, self._channels).values()]
        return sum(array.nbytes for array in arrays)

    @property
    def categories(self) -> dict[str, list[str]]:
        """Labels of each category channel."""
        return {n: c.labels for n, c in self._channels.items() if isinstance(c, CategoryChannel)}

    @property
    def values(self) -> dict[str, tuple[float, float]]:
        """1% and 99% quantiles of each value channel."""
        return {n: (c.low, c.high) for n, c in self._channels.items() if isinstance(c, ValueChannel)}

    def __repr__(self) -> str:
        dropped = f", {self.n_dropped:,} dropped" if self.n_dropped else ""
        return f"PointIndex({self.n_points:,} points{dropped}, {self.nbytes / 1e6:,.0f} MB)"

    def points(self) -> np.ndarray:
        """(n_points, 2) float32, stored coordinates in Z-order; a view, not to be written to."""
        return self._tree.points

    def order(self) -> np.ndarray:
        """(n_points,) uint32, the caller's row of each point in Z-order; a view, not to be written to."""
        return self._tree.order

    def positions(self) -> np.ndarray:
        """(n_samples, 2) float64, coordinates as stored, in the caller's order; NaN for dropped rows."""
        out = np.full((self.n_samples, 2), np.nan)
        out[self._tree.order] = self._tree.points
        out += np.array(self.offset)
        return out

    def channel(self, name: str) -> np.ndarray:
        """A channel in the caller's order: int16 codes of `categories` (-1: none), or float32 values.

        Rows that were dropped have -1 or NaN.
        """
        channel = self._channel(name)
        if isinstance(channel, CategoryChannel):
            out = np.full(self.n_samples, -1, dtype=np.int16)
            codes = channel.layer.codes
            out[self._tree.order] = np.where(codes == NO_CATEGORY, -1, codes.astype(np.int16))
            return out
        values = np.full(self.n_samples, np.nan, dtype=np.float32)
        values[self._tree.order] = channel.layer.values
        return values

    def with_channel(self, name: str, array: Any) -> PointIndex:
        """The same points with one channel more, or with another array in place of one; nothing is copied.

        Parameters
        ----------
        name : str
        array : (n_samples,) array_like
            Floats are values, anything else is categories (at most 32).

        Examples
        --------
        >>> index = PointIndex([0.0, 1.0], [0.0, 1.0]).with_channel("kind", ["star", "galaxy"])
        >>> index.categories
        {'kind': ['galaxy', 'star']}
        """
        other = copy.copy(self)
        added = build_channel(name, array, self._tree.order, self.n_samples)
        other._channels = {**self._channels, name: added}
        return other

    def without_channel(self, name: str) -> PointIndex:
        """The same points with one channel less; nothing is copied."""
        self._channel(name)
        other = copy.copy(self)
        other._channels = {known: channel for known, channel in self._channels.items() if known != name}
        return other

    def frame(
        self,
        x0: float,
        x1: float,
        y0: float,
        y1: float,
        width: int,
        height: int,
        *,
        channel: str | None = None,
        members: Members | None = None,
    ) -> Frame:
        """Count the points in a window.

        Returns counts on the smallest window of the index's own grid that covers the one asked for, along
        each axis at the resolution asked for or up to twice finer. Below the finest cells (2**-24 of the
        whole) the window asked for is divided itself.

        Parameters
        ----------
        x0, x1, y0, y1 : float
            The window, x0 < x1 and y0 < y1.
        width, height : int
            Pixels to be served.
        channel : str, optional
            Also count each category of it, or take the mean of its values.
        members : Members, optional
            Also count these rows; from `index.members(rows)`.
        """
        self._stored_window(x0, x1, y0, y1, width, height)
        across = cover(self._axes[0], x0, x1, width)
        up = cover(self._axes[1], y0, y1, height)
        if max(across.level, up.level) > DEPTH:
            return self._frame_below((x0, x1, y0, y1), width, height, channel, members)
        extent = (*_edges(self._axes[0], across), *_edges(self._axes[1], up))
        level = max(across.level, up.level, 0)
        # A shift by 38 brings any cell of the root to 0 or -1, as a larger one would.
        shifts = min(level - across.level, 38), min(level - up.level, 38)
        window = Window(level, across.first, across.n, shifts[0], up.first, up.n, shifts[1])
        tally, sources = self._prepare(across.n * up.n, channel, members)
        if channel is None and members is None and level < len(self._base):
            add_blocks(self._base[level], window, tally.counts)
        else:
            fill(self._tree, sources, window, tally)
        return self._finish(tally, extent, (up.n, across.n), channel, members)

    def members(self, rows: Any) -> Members:
        """Rows as a set that `frame(members=...)` counts as fast as points.

        Parameters
        ----------
        rows : (n,) array of int, or (n_samples,) array of bool
        """
        rows = np.asarray(rows)
        if rows.dtype == bool and rows.shape != (self.n_samples,):
            raise ParameterError(
                "rows",
                expected=f"a mask of shape ({self.n_samples},) or row numbers",
                got=f"a mask of shape {rows.shape}",
                next_step="Give one bool for each row of x and y.",
            )
        if rows.dtype == bool:
            return pack_members(rows, self._tree.order)
        mask = np.zeros(self.n_samples, dtype=bool)
        mask[_row_numbers(rows, self.n_samples)] = True
        return pack_members(mask, self._tree.order)

    def inside(self, polygon: Any) -> np.ndarray:
        """Rows of the points in a polygon, ascending, by the even-odd rule.

        Parameters
        ----------
        polygon : (n_vertices, 2) array_like
            Vertices in the caller's coordinates; it closes itself, and may cross itself.

        Returns
        -------
        (n,) int64

        Examples
        --------
        >>> PointIndex([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]).inside([(0.5, 0.5), (3, 0.5), (3, 3), (0.5, 3)])
        array([1, 2])
        """
        vertices = _polygon(polygon) - np.array(self.offset)
        slabs = cut_into_slabs(vertices)
        corners = [abs(v) for axis in self._axes for v in (axis.origin, axis.origin + axis.cell(0))]
        slack = 1e-12 * max(*corners, float(np.abs(vertices).max()))
        ranges = ranges_in_polygon(self._tree, vertices, slabs, slack)
        bits = no_bits(self.n_samples)
        mark_in_polygon(bits, self._tree, ranges, vertices, slabs, self.n_samples)
        return rows_marked(bits)

    def box(self, x0: float, x1: float, y0: float, y1: float) -> np.ndarray:
        """Rows of the points in the half-open box [x0, x1) x [y0, y1), ascending, int64."""
        box = self._stored_window(x0, x1, y0, y1)
        ranges = ranges_in_box(self._tree, *box)
        bits = no_bits(self.n_samples)
        mark_in_box(bits, self._tree, ranges, *box, self.n_samples)
        return rows_marked(bits)

    def nearest(self, x: float, y: float, k: int = 1, *, aspect: float = 1.0) -> np.ndarray:
        """Rows of the `k` points nearest to (x, y), nearest first, int64; of equals, the lower row.

        `aspect` multiplies distances along y: a map passes the ratio of its scales, to measure in pixels.
        """
        return self._nearest(x, y, k, aspect)[0]

    def nearest_points(
        self, x: float, y: float, k: int = 1, *, aspect: float = 1.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows as of `nearest`, and where those points are: (k,) int64 and (k, 2) float64."""
        rows, places = self._nearest(x, y, k, aspect)
        return rows, self._tree.points[places].astype(np.float64) + np.array(self.offset)

    def _nearest(self, x: float, y: float, k: int, aspect: float) -> tuple[np.ndarray, np.ndarray]:
        if k < 1 or not (np.isfinite(x) and np.isfinite(y) and np.isfinite(aspect) and aspect > 0):
            raise ParameterError(
                "nearest",
                expected="a finite place, k >= 1 and an aspect above 0",
                got=f"({x}, {y}), k = {k}, aspect = {aspect}",
                next_step="Ask for at least one neighbour of a place on the map.",
            )
        k = min(int(k), self.n_points)
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        place = float(x) - self.offset[0], float(y) - self.offset[1]
        distances, rows, places = nearest_points(self._tree, *place, k, float(aspect))
        ascending = np.lexsort((rows, distances))
        return rows[ascending], places[ascending]

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the index to a file that `PointIndex.open` maps into memory; whole or not at all."""
        store.write(path, self, overwrite=overwrite)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, verify: bool = False) -> PointIndex:
        """Open a written index: memory-mapped, so that a frame reads only the bricks that it shows.

        `verify` reads the whole file once and compares its checksums.
        """
        index = cls.__new__(cls)
        header, arrays = store.read(path, verify=verify)
        index.n_samples, index.extent = header["n_samples"], tuple(header["extent"])
        index._axes = Axis(*header["axes"][0]), Axis(*header["axes"][1])
        index._tree, index._channels, index._base = store.parts_of(header, arrays)
        return index

    def _stored_window(
        self, x0: float, x1: float, y0: float, y1: float, width: int = 1, height: int = 1
    ) -> tuple[float, float, float, float]:
        """A window in stored coordinates, checked."""
        (dx, dy), limit = self.offset, 1e100
        box = float(x0) - dx, float(x1) - dx, float(y0) - dy, float(y1) - dy
        sizes_fit = 1 <= width <= MAX_PIXELS and 1 <= height <= MAX_PIXELS
        if not (sizes_fit and -limit < box[0] < box[1] < limit and -limit < box[2] < box[3] < limit):
            raise ParameterError(
                "window",
                expected=f"finite x0 < x1 and y0 < y1, and 1 to {MAX_PIXELS} pixels",
                got=f"x {x0} to {x1}, y {y0} to {y1}, {width} x {height} pixels",
                next_step="Zoom out, or swap the limits.",
            )
        return box

    def _channel(self, name: str) -> Channel:
        if name not in self._channels:
            raise ParameterError(
                "channel",
                expected=f"one of {sorted(self._channels)}",
                got=repr(name),
                next_step="Pass it as channels={name: array} when you build the index.",
            )
        return self._channels[name]

    def _prepare(self, n: int, channel: str | None, members: Members | None) -> tuple[Tally, Sources]:
        found = self._channel(channel) if channel is not None else None
        categories = found.layer if isinstance(found, CategoryChannel) else NO_CATEGORIES
        values = found.layer if isinstance(found, ValueChannel) else NO_VALUES
        n_categories = len(found.labels) if isinstance(found, CategoryChannel) else 0
        n_values = n if isinstance(found, ValueChannel) else 0
        tally = Tally(
            counts=np.zeros(n, dtype=np.uint32),
            in_members=np.zeros(n if members is not None else 0, dtype=np.uint32),
            by_category=np.zeros((n_categories, n), dtype=np.uint32),
            sums=np.zeros(n_values, dtype=np.float64),
            n_values=np.zeros(n_values, dtype=np.uint32),
        )
        return tally, Sources(members or NO_MEMBERS, categories, values)

    def _finish(
        self, tally: Tally, extent: Any, shape: tuple[int, int], channel: str | None, members: Members | None
    ) -> Frame:
        found = self._channels.get(channel) if channel is not None else None
        mean = by_category = None
        if isinstance(found, ValueChannel):
            with np.errstate(invalid="ignore"):
                mean = (tally.sums / tally.n_values + found.layer.centre).astype(np.float32).reshape(shape)
        if isinstance(found, CategoryChannel):
            by_category = tally.by_category.reshape(len(found.labels), *shape)
        in_members = tally.in_members.reshape(shape) if members is not None else None
        return Frame(tally.counts.reshape(shape), extent, by_category, mean, in_members)

    def _frame_below(
        self,
        window: tuple[float, float, float, float],
        width: int,
        height: int,
        channel: str | None,
        members: Members | None,
    ) -> Frame:
        tally, sources = self._prepare(width * height, channel, members)
        x_edges = np.linspace(window[0], window[1], width + 1) - self.offset[0]
        y_edges = np.linspace(window[2], window[3], height + 1) - self.offset[1]
        ranges = ranges_in_box(self._tree, x_edges[0], x_edges[-1], y_edges[0], y_edges[-1])
        bin_points(self._tree, sources, ranges, x_edges, y_edges, tally)
        extent = (float(window[0]), float(window[1]), float(window[2]), float(window[3]))
        return self._finish(tally, extent, (height, width), channel, members)


def _coordinates(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both as contiguous arrays of one type: float32 as it is, anything else as float64."""
    arrays = [np.asarray(a) for a in (x, y)]
    if any(a.ndim != 1 for a in arrays) or len(arrays[0]) != len(arrays[1]):
        raise ParameterError(
            "x and y",
            expected="two arrays of shape (n_samples,), as long as each other",
            got=f"shapes {arrays[0].shape} and {arrays[1].shape}",
            next_step="Pass the two columns of a projection: PointIndex(xy[:, 0], xy[:, 1]).",
        )
    kind = np.float32 if all(a.dtype == np.float32 for a in arrays) else np.float64
    try:
        x, y = (np.ascontiguousarray(a, dtype=kind) for a in arrays)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            "x and y",
            expected="numbers",
            got=f"{arrays[0].dtype} and {arrays[1].dtype}: {error}",
            next_step="Convert the columns to floats.",
        ) from error
    return x, y


def _measure(x: np.ndarray, y: np.ndarray) -> tuple[int, Axis, Axis, tuple[float, float, float, float]]:
    """Number of finite rows, the grid of each axis, and the extent in the caller's coordinates."""
    n, *bounds = finite_range(x, y)
    x_low, x_high, y_low, y_high = (float(b) for b in bounds) if n else (0.0, 0.0, 0.0, 0.0)
    axes = []
    for low, high in ((x_low, x_high), (y_low, y_high)):
        offset = 0.0 if x.dtype == np.float32 else choose_offset(low, high)
        with np.errstate(over="ignore"):
            stored = float(np.float32(low - offset)), float(np.float32(high - offset))
        if not np.isfinite(stored).all():
            raise ParameterError(
                "x and y",
                expected="coordinates that span less than 3.4e38",
                got=f"{low:g} to {high:g}",
                next_step="Rescale them, or take logarithms.",
            )
        axes.append(fit_axis(*stored, offset))
    return n, axes[0], axes[1], (x_low, x_high, y_low, y_high)


def _edges(axis: Axis, span: Span) -> tuple[float, float]:
    return axis.edge(span.first, span.level), axis.edge(span.first + span.n, span.level)


def _polygon(polygon: Any) -> np.ndarray:
    vertices = np.asarray(polygon, dtype=np.float64)
    if vertices.ndim != 2 or vertices.shape[1] != 2 or len(vertices) < 3 or not np.isfinite(vertices).all():
        raise ParameterError(
            "polygon",
            expected="at least three finite vertices, shape (n_vertices, 2)",
            got=f"shape {vertices.shape}" + ("" if np.isfinite(vertices).all() else " with NaN or infinity"),
            next_step="Draw the lasso around an area.",
        )
    return vertices


def _row_numbers(rows: np.ndarray, n_samples: int) -> np.ndarray:
    whole = rows.dtype.kind in "iu" or rows.size == 0
    if not whole or rows.ndim != 1 or (rows.size and not (rows.min() >= 0 and rows.max() < n_samples)):
        raise ParameterError(
            "rows",
            expected=f"whole numbers from 0 to {n_samples - 1}",
            got=f"{rows.dtype}, shape {rows.shape}" + (f", {rows.min()} to {rows.max()}" if whole else ""),
            next_step="Pass row numbers of x and y, or a mask.",
        )
    return rows.astype(np.int64)


def _build_base(tree: Tree, axes: tuple[Axis, Axis]) -> list[np.ndarray]:
    """Dense counts of the coarse levels, row by row: [(1, 1), (2, 2), (4, 4), ...] uint32."""
    deepest = min(11, max(6, int(np.log2(max(len(tree.points), 1)) / 2)))
    n = 1 << deepest
    window = Window(deepest, 0, n, 0, 0, n, 0)
    tally = Tally(
        counts=np.zeros(n * n, dtype=np.uint32),
        in_members=np.zeros(0, dtype=np.uint32),
        by_category=np.zeros((0, 0), dtype=np.uint32),
        sums=np.zeros(0, dtype=np.float64),
        n_values=np.zeros(0, dtype=np.uint32),
    )
    fill(tree, Sources(NO_MEMBERS, NO_CATEGORIES, NO_VALUES), window, tally)
    levels = [tally.counts.reshape(n, n)]
    while len(levels[0]) > 1:
        fine = levels[0]
        levels.insert(0, fine[0::2, 0::2] + fine[1::2, 0::2] + fine[0::2, 1::2] + fine[1::2, 1::2])
    return levels
