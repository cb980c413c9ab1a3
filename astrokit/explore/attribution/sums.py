"""Sums over any rows at survey scale: blocks of neighbouring rows are taken whole where they can be.

Rows stand in the Z-order of the map, so that a selection made there covers most blocks wholly or not at all.
Of each block are kept, for each feature, four moments and the counts and tones of its bins: a whole block
then costs as much as one row. Blocks at the border are read row by row from the caller's own arrays, in
place: nothing of them is copied. That is 0.28 bytes for each value of the attribution, and 4 for each row.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from ...latent.cancel import Cancel, stop_if
from ...progress import Progress
from ..index.compiled import compiled
from ..index.layers import WORD, bits_set, pack_members
from ..index.regions import mark, rows_marked
from .scales import BINS, MIDDLE, fit_scales
from .threads import in_parts

WORDS = 16  # of a block
BLOCK = WORDS * WORD  # rows
TILE = 256  # rows that are read feature by feature while they are in the cache
AT_A_TIME = 256  # blocks, or rows for each of them, between two looks at progress and cancel
FEW = 4_096  # rows that are not worth a second thread


class Sums(NamedTuple):
    """Over some rows: how many they are, and what each feature adds up to.

    `moments` are sums of (value - c), (value - c)^2, (|value| - d), (|value| - d)^2 about the centres of the
    scales, so that no digits are lost where a mean is far larger than its spread.
    """

    n: int
    moments: np.ndarray  # (n_features, 4) float64
    counts: np.ndarray  # (n_features, BINS) int64
    tones: np.ndarray  # (n_features, BINS) int64, sums of the tones in each bin

    def plus(self, other: Sums) -> Sums:
        """Sums over the rows of both, which have none in common."""
        return Sums(
            self.n + other.n,
            self.moments + other.moments,
            self.counts + other.counts,
            self.tones + other.tones,
        )

    def minus(self, other: Sums) -> Sums:
        """Sums over the rows that are not among those of `other`, which are all among these."""
        return Sums(
            self.n - other.n,
            self.moments - other.moments,
            self.counts - other.counts,
            self.tones - other.tones,
        )


class Blocks:
    """An attribution, ready to be summed over any rows.

    Parameters
    ----------
    values, data : (n_samples, n_features) float32 or float64
        Read in place, in any memory order, whenever a sum is asked for.
    order : (n_samples,) uint32, optional
        All rows in Z-order; as they are by default.
    cancelled : callable, optional

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(5000, 3))
    >>> blocks = Blocks(values, values)
    >>> chosen = values[:, 0] > 1
    >>> sums = blocks.over(chosen)
    >>> sums.n == chosen.sum() == sums.counts[0].sum()
    np.True_
    """

    def __init__(
        self,
        values: np.ndarray,
        data: np.ndarray,
        order: np.ndarray | None = None,
        *,
        cancelled: Cancel | None = None,
    ) -> None:
        n_samples, n_features = values.shape
        self.values, self.data = values, data
        self.order = np.arange(n_samples, dtype=np.uint32) if order is None else order
        self.scales = fit_scales(values, data)
        n_blocks = -(-n_samples // BLOCK)
        self._moments = np.zeros((n_blocks, n_features, 4))
        self._counts = np.zeros((n_blocks, n_features, BINS), np.uint16)
        self._tones = np.zeros((n_blocks, n_features, BINS), np.uint16)
        with Progress(n_samples, "summing up the attribution", unit="rows") as bar:
            for first in range(0, n_blocks, AT_A_TIME):
                stop_if(cancelled, "sums", first * BLOCK, n_samples)
                last = min(first + AT_A_TIME, n_blocks)
                in_parts(self._fill, first, last)
                bar.advance(min(last * BLOCK, n_samples) - first * BLOCK)
        self.total = self._of_blocks(np.ones(n_blocks, bool), n_samples)

    @property
    def n_samples(self) -> int:
        return len(self.values)

    @property
    def nbytes(self) -> int:
        """Memory held beyond the caller's arrays and the index, in bytes."""
        return self._moments.nbytes + self._counts.nbytes + self._tones.nbytes

    def over(self, mask: np.ndarray, *, cancelled: Cancel | None = None) -> Sums:
        """Sums over the rows of a mask (n_samples,) in the caller's order."""
        whole, n, more, less = _split(pack_members(mask, self.order).bits, self.order)
        sums = self._of_blocks(whole, n)
        for rows, joined in ((rows_marked(more), Sums.plus), (rows_marked(less), Sums.minus)):
            if len(rows):
                sums = joined(sums, self._of_rows(rows.astype(np.uint32), cancelled))._replace(n=n)
        return sums

    def _fill(self, first: int, last: int) -> None:
        _fill_blocks(
            self.values, self.data, self.order, self.scales, first, last,
            self._moments, self._counts, self._tones,
        )  # fmt: skip

    def _of_blocks(self, whole: np.ndarray, n: int) -> Sums:
        sums = Sums(n, *_zeros(self.values.shape[1]))
        _add_blocks(self._moments, self._counts, self._tones, whole, *sums[1:])
        return sums

    def _of_rows(self, rows: np.ndarray, cancelled: Cancel | None) -> Sums:
        def add(first: int, last: int) -> Sums:
            sums = Sums(last - first, *_zeros(self.values.shape[1]))
            _add_rows(self.values, self.data, rows[first:last], self.scales, *sums[1:])
            return sums

        sums = Sums(0, *_zeros(self.values.shape[1]))
        with Progress(len(rows), "reading rows", unit="rows") as bar:
            for first in range(0, len(rows), AT_A_TIME * BLOCK):
                stop_if(cancelled, "sums", first, len(rows))
                last = min(first + AT_A_TIME * BLOCK, len(rows))
                sums = functools.reduce(Sums.plus, in_parts(add, first, last, at_least=FEW), sums)
                bar.advance(last - first)
        return sums


def _zeros(n_features: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    counts = np.zeros((2, n_features, BINS), np.int64)
    return np.zeros((n_features, 4)), counts[0], counts[1]


@compiled
def _split(bits, order):
    """Which blocks to take whole, how many rows are set, and the rows to add and to take away, as bits."""
    n = len(order)
    whole = np.zeros((n + BLOCK - 1) // BLOCK, dtype=np.bool_)
    more = np.zeros(n // WORD + 1, dtype=np.uint64)
    less = np.zeros(n // WORD + 1, dtype=np.uint64)
    total = 0
    for block in range(len(whole)):
        filled, first = 0, block * WORDS
        last = min(first + WORDS, len(bits))
        for word in range(first, last):
            filled += bits_set(bits[word])
        total += filled
        whole[block] = 2 * filled > min(BLOCK, n - block * BLOCK)
        for word in range(first, last):
            left = bits[word]
            if whole[block]:  # those that are missing; bits beyond the last row are none
                left = ~left
                if n - word * WORD < WORD:
                    left &= (np.uint64(1) << np.uint64(max(n - word * WORD, 0))) - np.uint64(1)
            while left:
                lowest = left & (~left + np.uint64(1))
                k = word * WORD + bits_set(lowest - np.uint64(1))
                mark(less if whole[block] else more, np.int64(order[k]), n)
                left ^= lowest
    return whole, total, more, less


@compiled
def _add_blocks(of_moments, of_counts, of_tones, whole, moments, counts, tones):
    """Add the sums of whole blocks."""
    n_features = of_moments.shape[1]
    for block in range(len(whole)):
        if not whole[block]:
            continue
        for feature in range(n_features):
            for k in range(4):
                moments[feature, k] += of_moments[block, feature, k]
            for k in range(BINS):
                counts[feature, k] += of_counts[block, feature, k]
                tones[feature, k] += of_tones[block, feature, k]


@compiled
def _fill_blocks(values, data, order, scales, first, last, of_moments, of_counts, of_tones):
    """Sum up the blocks [first, last)."""
    n_features = values.shape[1]
    for block in range(first, last):
        counts = np.zeros((n_features, BINS), dtype=np.int64)
        tones = np.zeros((n_features, BINS), dtype=np.int64)
        rows = order[block * BLOCK : min((block + 1) * BLOCK, len(order))]
        _add_rows(values, data, rows, scales, of_moments[block], counts, tones)
        for feature in range(n_features):
            for k in range(BINS):
                of_counts[block, feature, k] = counts[feature, k]
                of_tones[block, feature, k] = tones[feature, k]


@compiled
def _add_rows(values, data, rows, scales, moments, counts, tones):
    """Add some rows, a tile of them at a time: its lines stay in the cache while features take turns."""
    column, bins = np.empty(TILE), np.empty(TILE, dtype=np.uint8)
    for start in range(0, len(rows), TILE):
        tile = rows[start : min(start + TILE, len(rows))]
        for feature in range(values.shape[1]):
            for k in range(len(tile)):
                column[k] = values[tile[k], feature]
            _add_moments(column[: len(tile)], scales, feature, bins, moments[feature])
            for k in range(len(tile)):
                column[k] = data[tile[k], feature]
            _add_to_bins(column[: len(tile)], bins, scales, feature, counts[feature], tones[feature])


@compiled
def _add_moments(column, scales, feature, bins, moments):
    """Add the values of one feature, and note the bin of each."""
    low, per_unit = scales.low[feature], scales.per_unit[feature]
    centre, middle = scales.centres[feature, 0], scales.centres[feature, 1]
    one = two = three = four = 0.0
    for k in range(len(column)):
        off, off_absolute = column[k] - centre, abs(column[k]) - middle
        one += off
        two += off * off
        three += off_absolute
        four += off_absolute * off_absolute
        bins[k] = np.uint8(min(max((column[k] - low) * per_unit, 0.0), BINS - 1.0))
    moments[0] += one
    moments[1] += two
    moments[2] += three
    moments[3] += four


@compiled
def _add_to_bins(column, bins, scales, feature, counts, tones):
    """Count rows and their tones into their bins: the tone by a search without branches among 15 steps."""
    steps, of_step = scales.steps[feature], scales.tones[feature]
    for k in range(len(column)):
        own = column[k]
        place = np.uint64(8) * np.uint64(own >= steps[7])
        place += np.uint64(4) * np.uint64(own >= steps[place + np.uint64(3)])
        place += np.uint64(2) * np.uint64(own >= steps[place + np.uint64(1)])
        place += np.uint64(own >= steps[place])
        counts[bins[k]] += 1
        tones[bins[k]] += of_step[place] if own == own else MIDDLE
