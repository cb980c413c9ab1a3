"""Where the branches of a cluster tree are drawn: side by side by size, upwards with density."""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from ...cluster import CondensedTree

MOST = 300  # branches that are drawn: the largest
LEAST_HEIGHT = 0.012  # of the whole, so that a branch that splits at once can be seen and clicked


class Icicle(NamedTuple):
    """Rectangles of branches, those of a parent below its children's; (n_drawn,) each.

    `node` is the number in the tree; `left` and `right` lie in [0, 1]; `low` and `high` are log10 of lambda.
    """

    node: np.ndarray
    left: np.ndarray
    right: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, x: float, y: float) -> int:
        """The branch at a place; above a branch's top or below the root, the nearest one."""
        (beside,) = np.nonzero((self.left <= x) & (x < self.right))
        if not len(beside):
            return int(self.node[0])
        below = beside[self.low[beside] <= y]
        return int(self.node[below[-1] if len(below) else beside[0]])


def icicle(tree: CondensedTree, most: int = MOST) -> Icicle:
    """Lay out the largest branches; a leaf is as wide as the root of its size, so that small ones are seen.

    Examples
    --------
    >>> tree = CondensedTree(
    ...     parent=np.array([-1, 0, 0]), birth=np.array([0.0, 1.0, 1.0]), death=np.array([1.0, 10.0, 100.0]),
    ...     size=np.array([100, 64, 36]), persistence=np.zeros(3), label=np.array([-1, 0, 1]),
    ...     point_node=np.zeros(100, int),
    ... )
    >>> found = icicle(tree)
    >>> found.left.round(2).tolist(), found.at(0.9, 1.5)
    ([0.0, 0.0, 0.57], 2)
    """
    children = _drawn(tree, most)
    node = np.array(sorted(children))
    width = np.zeros(len(tree.parent))
    for each in node[::-1]:  # children come after their parents
        below = children[each]
        width[each] = width[below].sum() if len(below) else np.sqrt(tree.size[each])
    left = np.zeros(len(tree.parent))
    for each in node:
        place = left[each]
        for child in children[each]:
            left[child], place = place, place + width[child]
    low, high = _heights(tree, node)
    return Icicle(node, left[node] / width[0], (left + width)[node] / width[0], low, high)


def _drawn(tree: CondensedTree, most: int) -> dict[int, list[int]]:
    """Drawn branches and their drawn children, the larger first; large branches are opened before small."""
    of: dict[int, list[int]] = {}
    for child in range(1, len(tree.parent)):
        of.setdefault(int(tree.parent[child]), []).append(child)
    drawn: dict[int, list[int]] = {0: []}
    waiting = [(-int(tree.size[0]), 0)]
    while waiting and len(drawn) + 2 <= most:
        _, node = heapq.heappop(waiting)
        drawn[node] = sorted(of.get(node, []), key=lambda child: -tree.size[child])
        for child in drawn[node]:
            drawn[child] = []
            heapq.heappush(waiting, (-int(tree.size[child]), child))
    return drawn


def _heights(tree: CondensedTree, node: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log10 of birth and death, none too flat to be seen; the root begins a little below its end."""
    high = np.log10(np.maximum(tree.death[node], np.finfo(float).tiny))
    low = np.log10(np.maximum(tree.birth[node], np.finfo(float).tiny))
    span = max(high.max() - high[0], 1e-3)
    low[0] = high[0] - 0.08 * span
    return low, np.maximum(high, low + LEAST_HEIGHT * span)
