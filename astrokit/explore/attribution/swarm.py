"""The beeswarm at survey scale: for each feature, how many sources have which Shapley value.

In place of a dot for each source there is a column for each bin of values: as high as the square root of the
share of the sources in it, so that rare values are seen, and in the colour of their mean own value. Columns
of the selection stand on the line, those of the other side hang below.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .scales import BINS
from .summary import Summary

HEIGHT = 0.46  # of a row, on either side of the line


class Columns(NamedTuple):
    """Columns of one side, (n,) each: where they are, how high, and the mean tone of what they hold."""

    row: np.ndarray
    left: np.ndarray
    right: np.ndarray
    height: np.ndarray  # from 0 to HEIGHT
    tone: np.ndarray


class Swarm(NamedTuple):
    """Both sides, and the range of values along each row."""

    here: Columns
    there: Columns | None
    low: np.ndarray  # (n_rows,)
    high: np.ndarray


def swarm_of(summary: Summary, features: np.ndarray, edges: np.ndarray) -> Swarm:
    """The columns of some features.

    Parameters
    ----------
    features : (n_rows,)
    edges : (n_rows, BINS + 1)
    """
    sides = [side for side in (summary.here, summary.there) if side is not None]
    shares = [np.sqrt(side.sums.counts[features] / side.n) for side in sides]
    top = np.maximum(np.max([share.max(1) for share in shares], axis=0), 1e-300)
    found = []
    for side, share in zip(sides, shares, strict=True):
        rows, bins = np.nonzero(share)
        counts = side.sums.counts[features[rows], bins]
        found.append(
            Columns(
                rows,
                edges[rows, bins],
                edges[rows, bins + 1],
                HEIGHT * share[rows, bins] / top[rows],
                side.sums.tones[features[rows], bins] / counts,
            )
        )
    there = found[1] if len(found) > 1 else None
    return Swarm(found[0], there, edges[:, 0], edges[:, BINS])


def rounded_range(edges: np.ndarray, x0: float, x1: float) -> tuple[float | None, float | None]:
    """A range drawn by hand, in few digits; open at an end of the bins, where they hold all that is beyond.

    Examples
    --------
    >>> edges = np.linspace(-1, 1, 65)
    >>> rounded_range(edges, 0.12345678, 5.0), rounded_range(edges, -7, 0.5)
    ((0.123, None), (None, 0.5))
    """
    low, high = min(x0, x1), max(x0, x1)
    digits = 1 - int(np.floor(np.log10(edges[1] - edges[0])))
    return (
        None if low <= edges[0] else round(low, digits),
        None if high >= edges[-1] else round(high, digits),
    )
