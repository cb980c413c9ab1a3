"""Sums over groups of rows, such as all observations of one source: intervals need them where rows repeat."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError
from ...latent.cancel import Cancel, stop_if
from ...progress import Progress
from ..index.compiled import compiled
from .sums import AT_A_TIME, BLOCK, TILE
from .threads import in_parts

HERE, THERE = 1, 2  # bits of a row's side


class Products(NamedTuple):
    """Over the groups: sums of products of what each group is off the means of the two sides.

    `here` is sum_g A_g^2 with A_g = S_g - n_g m over the rows of a group on this side, `there` the same on
    the other side, `both` is sum_g A_g B_g; each (n_features, 2), for values and for absolute values.
    """

    here: np.ndarray
    there: np.ndarray
    both: np.ndarray
    n_here: int  # groups with rows on this side
    n_there: int


class Groups:
    """Rows by group; 4 bytes a row and 8 a group are kept.

    Parameters
    ----------
    labels : (n_samples,) array_like
        Names or numbers of the sources that rows belong to.

    Examples
    --------
    >>> groups = Groups(["a", "b", "a"], 3)
    >>> groups.n_groups, groups.rows.tolist()
    (2, [0, 2, 1])
    """

    def __init__(self, labels: Any, n_samples: int) -> None:
        labels = np.asarray(labels)
        if labels.shape != (n_samples,):
            raise ParameterError(
                "groups",
                expected=f"the source of each of {n_samples:,} rows",
                got=f"shape {labels.shape}",
                next_step="Pass one name or number a row.",
            )
        _, codes = np.unique(labels, return_inverse=True)
        self.rows = np.argsort(codes, kind="stable").astype(np.uint32)
        self.starts = np.concatenate([[0], np.cumsum(np.bincount(codes))]) if n_samples else np.zeros(1, int)

    @property
    def n_groups(self) -> int:
        return len(self.starts) - 1

    def products(
        self, values: np.ndarray, sides: np.ndarray, means: np.ndarray, *, cancelled: Cancel | None = None
    ) -> Products:
        """Products over the groups.

        Parameters
        ----------
        values : (n_samples, n_features)
        sides : (n_samples,) uint8
            Bits: 1 for this side, 2 for the other.
        means : (n_features, 4)
            Of value and absolute value on this side, then on the other.
        """
        means = np.nan_to_num(means)  # of a side without rows: nothing is added there

        def add(first: int, last: int) -> np.ndarray:
            out = np.zeros((values.shape[1], 6))
            _add_groups(values, self.rows, self.starts, first, last, sides, means, out)
            return out

        total = np.zeros((values.shape[1], 6))
        with Progress(len(self.rows), "reading rows by group", unit="rows") as bar:
            for first, last in self._some_at_a_time():
                stop_if(cancelled, "groups", self.starts[first], len(self.rows))
                total = sum(in_parts(add, first, last), total)
                bar.advance(int(self.starts[last] - self.starts[first]))
        n_here, n_there = _count_groups(self.rows, self.starts, sides)
        return Products(total[:, 0:2], total[:, 2:4], total[:, 4:6], n_here, n_there)

    def _some_at_a_time(self) -> list[tuple[int, int]]:
        """Ranges of groups with about so many rows as are read between two looks at progress and cancel."""
        wanted = np.arange(0, len(self.rows), AT_A_TIME * BLOCK)
        edges = np.unique(np.append(np.searchsorted(self.starts, wanted), self.n_groups)).tolist()
        return list(itertools.pairwise(edges))


@compiled
def _count_groups(rows, starts, sides):
    """How many groups have rows on this side, and on the other."""
    n_here = n_there = 0
    for g in range(len(starts) - 1):
        found = np.uint8(0)
        for k in range(starts[g], starts[g + 1]):
            found |= sides[rows[k]]
        n_here += int(found & HERE)
        n_there += int(found & THERE) >> 1
    return n_here, n_there


@compiled
def _add_groups(values, rows, starts, first, last, sides, means, out):
    """Add the products of the groups [first, last), a tile of rows at a time: it stays in the cache."""
    n_features = values.shape[1]
    column, here, there = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    ends = np.empty(TILE, dtype=np.bool_)
    sums = np.zeros((n_features, 4))  # of the group that goes on in the next tile
    group = first
    for start in range(starts[first], starts[last], TILE):
        tile = rows[start : min(start + TILE, starts[last])]
        for k in range(len(tile)):
            here[k] = sides[tile[k]] & HERE
            there[k] = (sides[tile[k]] & THERE) >> 1
            ends[k] = start + k + 1 == starts[group + 1]
            group += ends[k]
        for feature in range(n_features):
            for k in range(len(tile)):
                column[k] = values[tile[k], feature]
            _add_tile(column, here, there, ends, len(tile), means[feature], sums[feature], out[feature])


@compiled
def _add_tile(column, here, there, ends, n, means, sums, out):
    """Add up what each group is off the means, and its products where it ends."""
    a, a_absolute, b, b_absolute = sums[0], sums[1], sums[2], sums[3]
    for k in range(n):
        value, size = column[k], abs(column[k])
        a += here[k] * (value - means[0])
        a_absolute += here[k] * (size - means[1])
        b += there[k] * (value - means[2])
        b_absolute += there[k] * (size - means[3])
        if ends[k]:
            out[0] += a * a
            out[1] += a_absolute * a_absolute
            out[2] += b * b
            out[3] += b_absolute * b_absolute
            out[4] += a * b
            out[5] += a_absolute * b_absolute
            a = a_absolute = b = b_absolute = 0.0
    sums[0], sums[1], sums[2], sums[3] = a, a_absolute, b, b_absolute
