"""Building the index: points in Z-order, and the sparse tree of counts over them.

The tree is made of *bricks*. A brick stands for one cell and spans two levels of the grid: it keeps the
counts of its 4 and its 16 subcells, each in Z-order. A subcell of the last level with more than `LEAF`
points has a brick of its own, so the tree is deep where the points are dense and nowhere else. As points
lie in Z-order, each cell is one contiguous range of them, and running sums of counts say where it starts.

Memory: 12 bytes a point, and 88 bytes a brick. A brick has more than `LEAF` points, so bricks cost at most
5.6 bytes a point (where every cell has just too many); on real distributions about one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .compiled import compiled
from .grid import DEPTH, Axis, cell_of

LEAF = 16  # a cell with at most so many points is not divided: they are counted one by one
LEVELS = 2  # of the grid in one brick
FAN = 16  # subcells of a brick at its last level
SECTION = np.array([0, 0, 4, 20])  # the counts of a brick's level r are [SECTION[r], SECTION[r + 1])
LAST = 4  # where its last level begins
CHUNK = 2_000_000  # points between two reports of progress

# Bits of 0..3 spread apart, so that `SPREAD[x] | SPREAD[y] << 1` is the Z-order number of (x, y) in a brick.
SPREAD = np.array([0, 1, 4, 5], dtype=np.int64)
# And back: the x of each Z-order number below 16; its y is `COMPACT[z >> 1]`.
COMPACT = np.array([(z & 1) | (z >> 1 & 2) for z in range(FAN)], dtype=np.int64)


class Tree(NamedTuple):
    """Points in Z-order and the bricks over them; plain arrays, as numba and files like them."""

    points: np.ndarray  # (n_points, 2) float32, stored coordinates
    order: np.ndarray  # (n_points,) uint32, the caller's row of each point
    counts: np.ndarray  # (n_bricks, 20) uint32, of the 4 + 16 subcells
    start: np.ndarray  # (n_bricks,) uint32, the first point of the brick
    child: np.ndarray  # (n_bricks,) uint32, the brick of its first subcell that has one; the others follow it
    origin_x: float
    origin_y: float
    fine_x: float  # width and height of the finest cell
    fine_y: float
    per_fine_x: float  # finest cells per unit
    per_fine_y: float


@compiled
def finite_range(x, y):
    """Range of the rows where both coordinates are finite: (n, x_low, x_high, y_low, y_high)."""
    n = 0
    x_low, x_high, y_low, y_high = np.inf, -np.inf, np.inf, -np.inf
    for i in range(len(x)):
        a, b = x[i], y[i]
        if np.isfinite(a) and np.isfinite(b):
            n += 1
            x_low, x_high = min(x_low, a), max(x_high, a)
            y_low, y_high = min(y_low, b), max(y_high, b)
    return n, x_low, x_high, y_low, y_high


@compiled(inline="always")
def subcell(x, y, tree, shift):
    """Z-order number, in a brick, of the cell of a point; `shift` is from DEPTH to the brick's last level."""
    i = cell_of(x, tree.origin_x, tree.fine_x, tree.per_fine_x) >> shift
    j = cell_of(y, tree.origin_y, tree.fine_y, tree.per_fine_y) >> shift
    return SPREAD[i & 3] | SPREAD[j & 3] << 1


@compiled
def deal_root(x, y, offset_x, offset_y, tree):
    """Copy the finite rows into `tree`, sorted by subcell of the root brick; return the 16 counts."""
    shift = DEPTH - LEVELS
    counts = np.zeros(FAN, dtype=np.int64)
    for i in range(len(x)):
        if np.isfinite(x[i]) and np.isfinite(y[i]):
            counts[subcell(np.float32(x[i] - offset_x), np.float32(y[i] - offset_y), tree, shift)] += 1
    place = np.zeros(FAN, dtype=np.int64)
    place[1:] = np.cumsum(counts)[:-1]
    for i in range(len(x)):
        if np.isfinite(x[i]) and np.isfinite(y[i]):
            a, b = np.float32(x[i] - offset_x), np.float32(y[i] - offset_y)
            z = subcell(a, b, tree, shift)
            tree.points[place[z], 0] = a
            tree.points[place[z], 1] = b
            tree.order[place[z]] = i
            place[z] += 1
    return counts


@compiled
def deal(tree, first, n, shift, spare_points, spare_order, subcells):
    """Sort the points [first, first + n) by subcell, keeping their order within one; return the 16 counts."""
    counts = np.zeros(FAN, dtype=np.int64)
    for k in range(n):
        z = subcell(tree.points[first + k, 0], tree.points[first + k, 1], tree, shift)
        subcells[k] = z
        counts[z] += 1
    place = np.zeros(FAN, dtype=np.int64)
    place[1:] = np.cumsum(counts)[:-1]
    for k in range(n):
        p = place[subcells[k]]
        place[subcells[k]] += 1
        spare_points[p, 0] = tree.points[first + k, 0]
        spare_points[p, 1] = tree.points[first + k, 1]
        spare_order[p] = tree.order[first + k]
    for k in range(n):
        tree.points[first + k, 0] = spare_points[k, 0]
        tree.points[first + k, 1] = spare_points[k, 1]
        tree.order[first + k] = spare_order[k]
    return counts


@compiled
def fill_brick(tree, brick, counts):
    """Write the counts of a brick's two levels from those of its 16 subcells."""
    tree.counts[brick, :LAST] = 0
    for z in range(FAN):
        tree.counts[brick, LAST + z] = counts[z]
        tree.counts[brick, z >> 2] += np.uint32(counts[z])


@compiled
def add_children(tree, brick, n_bricks):
    """Give each crowded subcell of `brick` a brick at the end; return the new number of bricks."""
    tree.child[brick] = n_bricks
    start = np.int64(tree.start[brick])
    for z in range(FAN):
        count = np.int64(tree.counts[brick, LAST + z])
        if count > LEAF:
            tree.start[n_bricks] = start
            n_bricks += 1
        start += count
    return n_bricks


@compiled
def deal_bricks(tree, sizes, first, last, n_bricks, depth, spare_points, spare_order, subcells):
    """Sort the points of the bricks [first, last), all of one depth, and append their children."""
    shift = DEPTH - LEVELS * (depth + 1)
    for brick in range(first, last):
        size = sizes[brick - first]
        counts = deal(tree, np.int64(tree.start[brick]), size, shift, spare_points, spare_order, subcells)
        fill_brick(tree, brick, counts)
        if shift > 0:
            n_bricks = add_children(tree, brick, n_bricks)
    return n_bricks


def crowded(tree: Tree, first: int, last: int) -> np.ndarray:
    """Sizes of the children of the bricks [first, last), in their order."""
    counts = tree.counts[first:last, LAST:]
    return counts[counts > LEAF].astype(np.int64)


def with_room(tree: Tree, n_bricks: int) -> Tree:
    """The tree with brick arrays that hold at least `n_bricks`."""
    if n_bricks <= len(tree.start):
        return tree
    room = max(n_bricks, len(tree.start) * 3 // 2)
    return tree._replace(
        counts=_grown(tree.counts, room), start=_grown(tree.start, room), child=_grown(tree.child, room)
    )


def _grown(array: np.ndarray, length: int) -> np.ndarray:
    larger = np.zeros((length, *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


def build_tree(
    x: np.ndarray, y: np.ndarray, n_points: int, axis_x: Axis, axis_y: Axis, advance: Callable[[int], object]
) -> Tree:
    """Sort the finite rows of (x, y) into Z-order and build the bricks, level by level.

    `advance(n)` is told of points as they reach their final place.
    """
    tree = hang(_empty_arrays(n_points), axis_x, axis_y)
    fill_brick(tree, 0, deal_root(x, y, axis_x.offset, axis_y.offset, tree))
    n_bricks = add_children(tree, 0, 1)
    sizes = crowded(tree, 0, 1)
    advance(n_points - int(sizes.sum()))
    spare = _spare(int(sizes.max(initial=0)))
    first, depth = 1, 1
    while first < n_bricks:
        last = n_bricks
        for here, there in _chunks(sizes):
            tree = with_room(tree, n_bricks + int(sizes[here:there].sum()) // LEAF)
            n_bricks = deal_bricks(
                tree, sizes[here:there], first + here, first + there, n_bricks, depth, *spare
            )
            going_on = crowded(tree, first + here, first + there).sum() if n_bricks > last else 0
            advance(int(sizes[here:there].sum()) - int(going_on))
        sizes = crowded(tree, first, last) if n_bricks > last else sizes[:0]
        first, depth = last, depth + 1
    return tree._replace(
        **{name: getattr(tree, name)[:n_bricks].copy() for name in ("counts", "start", "child")}
    )


def hang(arrays: dict[str, np.ndarray], axis_x: Axis, axis_y: Axis) -> Tree:
    """The tree of some arrays on a grid."""
    return Tree(
        points=arrays["points"],
        order=arrays["order"],
        counts=arrays["counts"],
        start=arrays["start"],
        child=arrays["child"],
        origin_x=axis_x.origin,
        origin_y=axis_y.origin,
        fine_x=axis_x.cell(DEPTH),
        fine_y=axis_y.cell(DEPTH),
        per_fine_x=1.0 / axis_x.cell(DEPTH),
        per_fine_y=1.0 / axis_y.cell(DEPTH),
    )


def _empty_arrays(n_points: int) -> dict[str, np.ndarray]:
    return {
        "points": np.empty((n_points, 2), dtype=np.float32),
        "order": np.empty(n_points, dtype=np.uint32),
        "counts": np.zeros((1 + FAN, LAST + FAN), dtype=np.uint32),
        "start": np.zeros(1 + FAN, dtype=np.uint32),
        "child": np.zeros(1 + FAN, dtype=np.uint32),
    }


def _spare(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.empty((n, 2), dtype=np.float32), np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.uint8)


def _chunks(sizes: np.ndarray) -> list[tuple[int, int]]:
    """Ranges of consecutive bricks of about `CHUNK` points."""
    bounds = np.searchsorted(np.cumsum(sizes), np.arange(CHUNK, sizes.sum(), CHUNK)) + 1
    edges = np.unique(np.concatenate([[0], bounds, [len(sizes)]]))
    return [(int(a), int(b)) for a, b in itertools.pairwise(edges)]
