"""Points in a box or a polygon: whole cells are taken as ranges, only points at the border are tested."""

from __future__ import annotations

import numpy as np

from .bricks import COMPACT, FAN, LAST, LEAF, LEVELS
from .compiled import compiled
from .grid import DEPTH
from .layers import WORD, bits_set
from .walk import STACK

N_SLABS = 512  # horizontal strips of a polygon, each with the edges that cross it
OUTSIDE, BORDER, WHOLE = 0, 1, 2


@compiled
def appended(ranges, n, first, last, whole):
    """Append a range, or lengthen the last one; return the array, perhaps a larger one, and its length."""
    if n and ranges[n - 1, 1] == first and ranges[n - 1, 2] == whole:
        ranges[n - 1, 1] = last
        return ranges, n
    if n == len(ranges):
        larger = np.empty((2 * n, 3), dtype=np.int64)
        larger[:n] = ranges
        ranges = larger
    ranges[n, 0], ranges[n, 1], ranges[n, 2] = first, last, whole
    return ranges, n + 1


@compiled(inline="always")
def cell_box(tree, i, j, level):
    """Edges (x0, x1, y0, y1) of a cell, exact."""
    wide, high = tree.fine_x * (1 << (DEPTH - level)), tree.fine_y * (1 << (DEPTH - level))
    x0, y0 = tree.origin_x + i * wide, tree.origin_y + j * high
    return x0, x0 + wide, y0, y0 + high


@compiled
def ranges_in_box(tree, x0, x1, y0, y1):
    """Ranges (first, last, WHOLE or BORDER) of the cells that touch [x0, x1) x [y0, y1)."""
    ranges, n = np.empty((1024, 3), dtype=np.int64), 0
    stack, waiting = np.zeros((STACK, 4), dtype=np.int64), 1
    while waiting:
        waiting -= 1
        brick, i, j, level = stack[waiting]
        first, child = np.int64(tree.start[brick]), np.int64(tree.child[brick])
        for z in range(FAN):
            count = min(np.int64(tree.counts[brick, LAST + z]), len(tree.points) - first)
            if count <= 0:
                continue
            a, b = (i << LEVELS) + COMPACT[z], (j << LEVELS) + COMPACT[z >> 1]
            left, right, low, high = cell_box(tree, a, b, level + LEVELS)
            if left < x1 and right > x0 and low < y1 and high > y0:
                whole = left >= x0 and right <= x1 and low >= y0 and high <= y1
                if not whole and count > LEAF and level + LEVELS < DEPTH and child < len(tree.start):
                    stack[waiting, 0], stack[waiting, 1], stack[waiting, 2] = child, a, b
                    stack[waiting, 3] = level + LEVELS
                    waiting += 1
                else:
                    ranges, n = appended(ranges, n, first, first + count, WHOLE if whole else BORDER)
            if count > LEAF:
                child += 1
            first += count
    return ranges[:n]


@compiled
def mark_in_box(bits, tree, ranges, x0, x1, y0, y1, n_samples):
    """Set the bits of the caller's rows whose points are in `ranges` and in the box."""
    for r in range(len(ranges)):
        whole = ranges[r, 2] == WHOLE
        for k in range(ranges[r, 0], ranges[r, 1]):
            x, y = tree.points[k, 0], tree.points[k, 1]
            if whole or (x0 <= x < x1 and y0 <= y < y1):
                mark(bits, tree.order[k], n_samples)


@compiled
def cut_into_slabs(polygon):
    """Edges of a polygon by horizontal strip: (lowest y, strips a unit, first edge of each strip, edges)."""
    n = len(polygon)
    low, high = polygon[:, 1].min(), polygon[:, 1].max()
    per_unit = N_SLABS / (high - low) if high > low else 0.0
    first = np.zeros(N_SLABS + 1, dtype=np.int64)
    slabs = np.empty((n, 2), dtype=np.int64)
    for e in range(n):
        a, b = polygon[e, 1], polygon[(e + 1) % n, 1]
        slabs[e, 0] = slab_of(min(a, b), low, per_unit)
        slabs[e, 1] = slab_of(max(a, b), low, per_unit)
        first[slabs[e, 0] + 1 : slabs[e, 1] + 2] += 1
    first = np.cumsum(first)
    edges, place = np.empty(first[N_SLABS], dtype=np.int64), first.copy()
    for e in range(n):
        for s in range(slabs[e, 0], slabs[e, 1] + 1):
            edges[place[s]] = e
            place[s] += 1
    return low, per_unit, first, edges


@compiled(inline="always")
def slab_of(y, low, per_unit):
    """Strip of a y; the same rounding for edges and points, so that a point finds each edge that spans it."""
    return min(max(np.int64((y - low) * per_unit), 0), N_SLABS - 1)


@compiled
def even_odd(x, y, polygon, slabs):
    """Whether (x, y) is inside, by the even-odd rule: how many edges lie to the right of the point."""
    low, per_unit, first, edges = slabs
    s = slab_of(y, low, per_unit)
    inside = False
    for k in range(first[s], first[s + 1]):
        i = edges[k]
        j = i + 1 if i + 1 < len(polygon) else 0
        xi, yi, xj, yj = polygon[i, 0], polygon[i, 1], polygon[j, 0], polygon[j, 1]
        if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
            inside = not inside
    return inside


@compiled(inline="always")
def edge_touches(ax, ay, bx, by, x, y, half_x, half_y):
    """Whether the segment a-b may touch the box around (x, y): three separating axes, with some slack."""
    if min(ax, bx) > x + half_x or max(ax, bx) < x - half_x:
        return False
    if min(ay, by) > y + half_y or max(ay, by) < y - half_y:
        return False
    across = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    return abs(across) <= (abs(bx - ax) * half_y + abs(by - ay) * half_x) * (1 + 1e-9)


@compiled
def ranges_in_polygon(tree, polygon, slabs, slack):
    """Ranges (first, last, WHOLE or BORDER) of the cells that a polygon holds or cuts.

    Each waiting brick carries the edges that may touch it, in `near`; a cell that none touches is inside or
    outside as its centre is. `slack` widens cells by more than the rounding of `even_odd`, so that both
    always agree.
    """
    n_edges = len(polygon)
    ranges, n = np.empty((1024, 3), dtype=np.int64), 0
    stack, waiting = np.zeros((STACK, 6), dtype=np.int64), 1  # brick, i, j, level, and its range of `near`
    near = np.arange(n_edges)
    stack[0, 5] = n_edges
    while waiting:
        waiting -= 1
        brick, i, j, level, near_first, near_last = stack[waiting]
        first, child = np.int64(tree.start[brick]), np.int64(tree.child[brick])
        free = near_last  # what lies behind belongs to no waiting brick: they were pushed before this one
        for z in range(FAN):
            count = min(np.int64(tree.counts[brick, LAST + z]), len(tree.points) - first)
            if count <= 0:
                continue
            a, b = (i << LEVELS) + COMPACT[z], (j << LEVELS) + COMPACT[z >> 1]
            x0, x1, y0, y1 = cell_box(tree, a, b, level + LEVELS)
            x, y = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
            half_x, half_y = 0.5 * (x1 - x0) + slack, 0.5 * (y1 - y0) + slack
            if free + near_last - near_first > len(near):
                near = np.concatenate((near, np.empty(len(near) + n_edges, dtype=np.int64)))
            found = free
            for k in range(near_first, near_last):
                p, q = near[k], near[k] + 1 if near[k] + 1 < n_edges else 0
                if edge_touches(
                    polygon[p, 0], polygon[p, 1], polygon[q, 0], polygon[q, 1], x, y, half_x, half_y
                ):
                    near[found] = p
                    found += 1
            if found == free:
                if even_odd(x, y, polygon, slabs):
                    ranges, n = appended(ranges, n, first, first + count, WHOLE)
            elif count > LEAF and level + LEVELS < DEPTH and child < len(tree.start):
                stack[waiting, 0], stack[waiting, 1], stack[waiting, 2] = child, a, b
                stack[waiting, 3], stack[waiting, 4], stack[waiting, 5] = level + LEVELS, free, found
                waiting += 1
                free = found
            else:
                ranges, n = appended(ranges, n, first, first + count, BORDER)
            if count > LEAF:
                child += 1
            first += count
    return ranges[:n]


@compiled
def mark_in_polygon(bits, tree, ranges, polygon, slabs, n_samples):
    """Set the bits of the caller's rows whose points are in `ranges` and in the polygon."""
    for r in range(len(ranges)):
        whole = ranges[r, 2] == WHOLE
        for k in range(ranges[r, 0], ranges[r, 1]):
            if whole or even_odd(
                np.float64(tree.points[k, 0]), np.float64(tree.points[k, 1]), polygon, slabs
            ):
                mark(bits, tree.order[k], n_samples)


@compiled(inline="always")
def mark(bits, row, n_samples):
    """Set the bit of a row; one beyond the end, of a damaged file, is left out."""
    if row < n_samples:
        bits[row >> 6] |= np.uint64(1) << np.uint64(row & 63)


# Large arrays are made here and only filled in compiled code: numpy's lie in huge pages where the system
# has them, which halves the time of writing 20 million rows.


def no_bits(n_samples):
    """Bits for that many rows, none of them set."""
    return np.zeros(n_samples // WORD + 1, dtype=np.uint64)


def rows_marked(bits):
    """The rows whose bit is set, ascending, int64. Beats sorting, and costs 2 ms for none of 100 million."""
    rows = np.empty(n_marked(bits), dtype=np.int64)
    write_rows(bits, rows)
    return rows


@compiled
def n_marked(bits):
    """How many bits are set."""
    n = 0
    for word in bits:
        n += bits_set(word)
    return n


@compiled
def write_rows(bits, rows):
    """Write the rows whose bit is set into an array of the right length."""
    n = 0
    for word in range(len(bits)):
        left = bits[word]
        while left:
            lowest = left & (~left + np.uint64(1))
            rows[n] = word * WORD + bits_set(lowest - np.uint64(1))  # the bits below: the number of its place
            n += 1
            left ^= lowest
