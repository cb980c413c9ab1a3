"""The nearest points: bricks are opened nearest first, those farther than the kth found so far not at all."""

from __future__ import annotations

import numpy as np

from .bricks import COMPACT, FAN, LAST, LEAF, LEVELS
from .compiled import compiled
from .grid import DEPTH
from .regions import cell_box
from .walk import STACK


@compiled(inline="always")
def gap(value, low, high):
    """Distance from a value to an interval, 0 inside."""
    return max(low - value, value - high, 0.0)


@compiled(inline="always")
def worse(distance, row, other_distance, other_row):
    """Whether a point comes after another: farther, or as far with a higher row."""
    return distance > other_distance or (distance == other_distance and row > other_row)


@compiled
def sift_down(distances, rows, places, n):
    """Restore a heap, worst point on top, after its top was replaced."""
    at = 0
    while 2 * at + 1 < n:
        down = 2 * at + 1
        if down + 1 < n and worse(distances[down + 1], rows[down + 1], distances[down], rows[down]):
            down += 1
        if not worse(distances[down], rows[down], distances[at], rows[at]):
            return
        distances[at], distances[down] = distances[down], distances[at]
        rows[at], rows[down] = rows[down], rows[at]
        places[at], places[down] = places[down], places[at]
        at = down


@compiled
def offer_points(tree, first, last, x, y, aspect, distances, rows, places):
    """Put the points [first, last) into the heap where they beat its worst."""
    for k in range(first, last):
        dx, dy = tree.points[k, 0] - x, (tree.points[k, 1] - y) * aspect
        distance, row = dx * dx + dy * dy, np.int64(tree.order[k])
        if worse(distances[0], rows[0], distance, row):
            distances[0], rows[0], places[0] = distance, row, k
            sift_down(distances, rows, places, len(rows))


@compiled
def nearest_points(tree, x, y, k, aspect):
    """(squared distances, rows, places in Z-order) of the `k` nearest points, in the order of a heap.

    Of points as near as each other the lower row is nearer.
    """
    distances, rows, places = np.full(k, np.inf), np.full(k, np.iinfo(np.int64).max), np.zeros(k, np.int64)
    stack, waiting = np.zeros((STACK, 4), dtype=np.int64), 1
    least = np.zeros(STACK)
    here = np.empty((FAN, 6), dtype=np.int64)  # subcells of one brick: brick or -1, i, j, first, last, level
    far = np.empty(FAN)
    while waiting:
        waiting -= 1
        if least[waiting] > distances[0]:
            continue
        brick, i, j, level = stack[waiting]
        first, child, n = tree.start[brick], tree.child[brick], 0
        for z in range(FAN):
            count = min(np.int64(tree.counts[brick, LAST + z]), len(tree.points) - first)
            if count <= 0:
                continue
            a, b = (i << LEVELS) + COMPACT[z], (j << LEVELS) + COMPACT[z >> 1]
            x0, x1, y0, y1 = cell_box(tree, a, b, level + LEVELS)
            dx, dy = gap(x, x0, x1), gap(y, y0, y1) * aspect
            far[n] = dx * dx + dy * dy
            divided = count > LEAF and level + LEVELS < DEPTH and child < len(tree.start)
            here[n, 0] = child if divided else -1
            here[n, 1], here[n, 2], here[n, 3], here[n, 4], here[n, 5] = (
                a,
                b,
                first,
                first + count,
                level + LEVELS,
            )
            n += 1
            if count > LEAF:
                child += 1
            first += count
        by_distance = np.argsort(far[:n])
        for s in by_distance:  # points at once, nearest cell first, so that the bound tightens early
            if here[s, 0] < 0 and far[s] <= distances[0]:
                offer_points(tree, here[s, 3], here[s, 4], x, y, aspect, distances, rows, places)
        for s in by_distance[::-1]:  # bricks wait, the nearest on top
            if here[s, 0] >= 0 and far[s] <= distances[0]:
                stack[waiting, 0], stack[waiting, 1], stack[waiting, 2] = here[s, 0], here[s, 1], here[s, 2]
                stack[waiting, 3], least[waiting] = here[s, 5], far[s]
                waiting += 1
    return distances, rows, places
