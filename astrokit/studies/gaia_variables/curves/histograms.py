"""How much a source changes within how long: histograms of |dm| in columns of dt (Mahabal et al. 2017).

values, mask = histogram_of(curves)        # (n_sources, 20, 10), (n_sources, 10)
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from .observations import FEWEST, LightCurves

N_ROWS, N_COLUMNS = 20, 10
MOST_DM = 3.0  # magnitudes: 19 rows from 0 to here, narrower where most pairs are, and one beyond
DM_EDGES = np.append(MOST_DM * (np.arange(N_ROWS) / (N_ROWS - 1)) ** 2, np.inf)
DT_EDGES = np.geomspace(1 / 25, 1 / 4e-4, N_COLUMNS + 1)  # days, between frequencies 25 and 4e-4 per day


class Histograms(NamedTuple):
    """Shares of the pairs of observations.

    Attributes
    ----------
    values : (n_sources, 20, 10), float32
        Each column adds up to 1, or is 0 where it has no pair.
    mask : (n_sources, 10), bool
        Columns that have pairs.
    """

    values: np.ndarray
    mask: np.ndarray


def histogram_of(curves: LightCurves) -> Histograms:
    """The |dm| | dt histogram of every source, over all pairs of its observations.

    The histograms are those of Mahabal et al. (2017, arXiv:1709.06257), each column scaled to 1: how the
    source was looked at is in the columns' totals, which are left out.
    """
    counts = np.zeros((len(curves.period_day), N_ROWS, N_COLUMNS), dtype=np.int64)
    _count_pairs(curves.mjd, curves.mag, curves.first, DT_EDGES, counts)
    totals = counts.sum(1, keepdims=True)
    return Histograms((counts / np.maximum(totals, 1)).astype(np.float32), totals[:, 0] > 0)


@numba.njit(cache=True, nogil=True)
def _count_pairs(mjd, mag, first, dt_edges, out):
    steps = N_ROWS - 1
    for source in range(len(first) - 1):
        a, b = first[source], first[source + 1]
        if b - a < FEWEST:
            continue
        counts = out[source]
        for i in range(a, b):
            column = -1  # later observations lie further apart: the column only rises
            for j in range(i + 1, b):
                apart = mjd[j] - mjd[i]
                while column < N_COLUMNS and apart >= dt_edges[column + 1]:
                    column += 1
                if column == N_COLUMNS:
                    break
                if column >= 0:
                    row = int(steps * np.sqrt(abs(mag[j] - mag[i]) / MOST_DM))
                    counts[min(row, steps), column] += 1
