"""The walk through the tree that fills a frame: its cost goes with the cells seen, not with their points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .bricks import COMPACT, FAN, LAST, LEAF, LEVELS, SECTION
from .compiled import compiled
from .grid import DEPTH, cell_of
from .layers import Categories, Members, Values, tally_categories, tally_members, tally_values

N_SPANS = 4096  # spans gathered before they are tallied: they stay in the processor's cache
STACK = FAN * (DEPTH // LEVELS)  # bricks that can wait at once: all children of one brick a level


class Window(NamedTuple):
    """The cells of a frame. `level` is walked; each output cell is 2**shift of its cells wide and high."""

    level: int
    x_first: int
    nx: int
    x_shift: int
    y_first: int
    ny: int
    y_shift: int


class Tally(NamedTuple):
    """What is filled, flat over the cells of the window; what is not asked for has length 0."""

    counts: np.ndarray  # (ny * nx,) uint32
    in_members: np.ndarray  # (ny * nx,) uint32
    by_category: np.ndarray  # (n_categories, ny * nx) uint32
    sums: np.ndarray  # (ny * nx,) float64
    n_values: np.ndarray  # (ny * nx,) uint32


class Sources(NamedTuple):
    """What is tallied besides points."""

    members: Members
    categories: Categories
    values: Values


@compiled
def tally_spans(spans, n, sources, tally):
    """Tally what is asked for besides points, of `n` spans: rows (output cell, first point, last point)."""
    if tally.in_members.size:
        tally_members(spans, n, sources.members.bits, sources.members.before, tally.in_members)
    if tally.by_category.size:
        tally_categories(spans, n, sources.categories, tally.by_category)
    if tally.sums.size:
        tally_values(spans, n, sources.values, tally.sums, tally.n_values)


@compiled(inline="always")
def output_cell(i, j, window):
    """Flat number of the output cell that holds cell (i, j) of the walked level; -1 outside the window."""
    column, row = (i >> window.x_shift) - window.x_first, (j >> window.y_shift) - window.y_first
    if column < 0 or column >= window.nx or row < 0 or row >= window.ny:
        return np.int64(-1)
    return row * window.nx + column


@compiled(inline="always")
def overlaps(i, j, rise, window):
    """Whether a cell `rise` levels above the walked one touches the window."""
    left, right = (i << rise) >> window.x_shift, (((i + 1) << rise) - 1) >> window.x_shift
    low, high = (j << rise) >> window.y_shift, (((j + 1) << rise) - 1) >> window.y_shift
    return (
        right >= window.x_first
        and left < window.x_first + window.nx
        and high >= window.y_first
        and low < window.y_first + window.ny
    )


class Grid(NamedTuple):
    """What tells the walked cell of a point."""

    origin_x: float
    fine_x: float
    per_fine_x: float
    origin_y: float
    fine_y: float
    per_fine_y: float
    shift: int  # from the finest level to the walked one


@compiled(inline="always")
def cell_of_point(points, k, grid, window):
    """Flat number of the output cell that holds point `k`; -1 outside the window."""
    i = cell_of(points[k, 0], grid.origin_x, grid.fine_x, grid.per_fine_x) >> grid.shift
    j = cell_of(points[k, 1], grid.origin_y, grid.fine_y, grid.per_fine_y) >> grid.shift
    return output_cell(i, j, window)


@compiled
def count_points(out, points, first, last, grid, window):
    """Count the points [first, last) one by one."""
    for k in range(first, last):
        cell = cell_of_point(points, k, grid, window)
        if cell >= 0:
            out[cell] += np.uint32(1)


@compiled
def span_points(spans, n, points, first, last, grid, window):
    """Append the span of each of the points [first, last); return the number of spans."""
    for k in range(first, last):
        cell = cell_of_point(points, k, grid, window)
        if cell >= 0:
            spans[n, 0], spans[n, 1], spans[n, 2] = cell, k, k + 1
            n += 1
    return n


@compiled
def count_section(out, counts, i, j, rise, window):
    """Count the subcells of a brick's cell (i, j) at the walked level, `rise` (1 or 2) levels below it."""
    for z in range(len(counts)):
        cell = output_cell((i << rise) + COMPACT[z], (j << rise) + COMPACT[z >> 1], window)
        if cell >= 0:
            out[cell] += counts[z]


@compiled
def span_section(spans, n, counts, first, n_points, i, j, rise, window):
    """Append the spans of the same subcells; return the number of spans."""
    for z in range(len(counts)):
        last = min(first + np.int64(counts[z]), n_points)
        if last > first:
            cell = output_cell((i << rise) + COMPACT[z], (j << rise) + COMPACT[z >> 1], window)
            if cell >= 0:
                spans[n, 0], spans[n, 1], spans[n, 2] = cell, first, last
                n += 1
            first = last
    return n


@compiled
def fill_window(tree, sources, window, tally):
    """Tally every cell of the window; its level is 0 to DEPTH.

    What is asked for besides points is gathered as spans and tallied by the thousand: a function called for
    each cell would spend its time on counting references to arrays.
    """
    out, layered = tally.counts, tally.in_members.size + tally.by_category.size + tally.sums.size > 0
    points, counts, start, child = tree.points, tree.counts, tree.start, tree.child
    n_points, n_bricks = np.int64(len(points)), len(start)
    grid = Grid(
        tree.origin_x,
        tree.fine_x,
        tree.per_fine_x,
        tree.origin_y,
        tree.fine_y,
        tree.per_fine_y,
        DEPTH - window.level,
    )
    spans, n = np.empty((N_SPANS, 3), dtype=np.int64), 0
    stack, waiting = np.zeros((STACK, 4), dtype=np.int64), 1  # brick, its cell (i, j), its level
    if window.level == 0:
        waiting = 0
        cell = output_cell(0, 0, window)
        if cell >= 0:
            out[cell] = len(points)
            spans[0, 0], spans[0, 1], spans[0, 2], n = cell, 0, len(points), 1
    while waiting:
        waiting -= 1
        brick, level = stack[waiting, 0], stack[waiting, 3]
        i, j, rise = stack[waiting, 1], stack[waiting, 2], window.level - level
        if rise <= LEVELS:
            section = counts[brick, SECTION[rise] : SECTION[rise + 1]]
            count_section(out, section, i, j, rise, window)
            if layered:
                if n + FAN > N_SPANS:
                    tally_spans(spans, n, sources, tally)
                    n = 0
                n = span_section(spans, n, section, np.int64(start[brick]), n_points, i, j, rise, window)
            continue
        # Neighbouring subcells without bricks are one run of points; those outside the window drop out
        # singly.
        run, first, next_child = np.int64(start[brick]), np.int64(start[brick]), np.int64(child[brick])
        for z in range(FAN + 1):
            count = np.int64(counts[brick, LAST + z]) if z < FAN else LEAF + 1
            if count <= LEAF:
                first = min(first + count, n_points)
                continue
            if layered and n + first - run > N_SPANS:
                tally_spans(spans, n, sources, tally)
                n = 0
            if layered:
                n = span_points(spans, n, points, run, first, grid, window)
            count_points(out, points, run, first, grid, window)
            a, b = (i << LEVELS) + COMPACT[z & 15], (j << LEVELS) + COMPACT[(z & 15) >> 1]
            if z < FAN and next_child < n_bricks and overlaps(a, b, rise - LEVELS, window):
                stack[waiting, 0], stack[waiting, 1], stack[waiting, 2] = next_child, a, b
                stack[waiting, 3] = level + LEVELS
                waiting += 1
            next_child += 1
            first = min(first + count, n_points)
            run = first
    tally_spans(spans, n, sources, tally)


@compiled(inline="always")
def bin_of(value, edges, scale):
    """Bin of a value among ascending, even edges (half-open), exact whatever rounding does; -1 outside."""
    n = len(edges) - 1
    if not (edges[0] <= value < edges[n]):
        return np.int64(-1)
    i = min(int((value - edges[0]) * scale), n - 1)
    while value < edges[i]:
        i -= 1
    while value >= edges[i + 1]:
        i += 1
    return i


@compiled
def bin_points(tree, sources, ranges, x_edges, y_edges, tally):
    """Tally the points of some ranges on a free grid: below the finest cells, the window asked for itself."""
    points = tree.points
    nx, ny = len(x_edges) - 1, len(y_edges) - 1
    x_scale, y_scale = nx / (x_edges[nx] - x_edges[0]), ny / (y_edges[ny] - y_edges[0])
    spans, n = np.empty((N_SPANS, 3), dtype=np.int64), 0
    for r in range(len(ranges)):
        for k in range(ranges[r, 0], ranges[r, 1]):
            i, j = bin_of(points[k, 0], x_edges, x_scale), bin_of(points[k, 1], y_edges, y_scale)
            if i >= 0 and j >= 0:
                tally.counts[j * nx + i] += np.uint32(1)
                spans[n, 0], spans[n, 1], spans[n, 2] = j * nx + i, k, k + 1
                n += 1
                if n == N_SPANS:
                    tally_spans(spans, n, sources, tally)
                    n = 0
    tally_spans(spans, n, sources, tally)


@compiled
def add_blocks(counts, window, out):
    """Sum the dense counts of the walked level into the output cells of the window."""
    n = len(counts)
    first_row, last_row = window.y_first << window.y_shift, (window.y_first + window.ny) << window.y_shift
    first_column = max(window.x_first << window.x_shift, 0)
    last_column = min((window.x_first + window.nx) << window.x_shift, n)
    for j in range(max(first_row, 0), min(last_row, n)):
        row = out[((j >> window.y_shift) - window.y_first) * window.nx :]
        for i in range(first_column, last_column):
            row[(i >> window.x_shift) - window.x_first] += counts[j, i]
