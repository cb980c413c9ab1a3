"""Where the values of each feature are counted, and how its own values become tones from low to high."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BINS = 64  # of the beeswarm, along the Shapley values of each feature
REACH = 0.001, 0.999  # quantiles between which the bins lie; the first and the last hold what is beyond
N_TONES = 16  # levels of a feature's own values, each a number from 0 to TOP_TONE
TOP_TONE = 63  # a block's sum of them fits into 16 bits
MIDDLE = 32  # of a row where the feature is NaN
N_SAMPLED = 100_000  # rows that places and tones are taken from


class Scales(NamedTuple):
    """One row for each feature; plain arrays, as numba likes them."""

    centres: np.ndarray  # (n_features, 2) float64, about which values and absolute values are summed
    low: np.ndarray  # (n_features,) float64, where the bins begin
    per_unit: np.ndarray  # (n_features,) float64, bins in one unit of the value
    steps: np.ndarray  # (n_features, N_TONES - 1) float64, ascending, where the next tone begins
    tones: np.ndarray  # (n_features, N_TONES) int64

    def edges(self, feature: int) -> np.ndarray:
        """(BINS + 1,) edges of the bins of a feature."""
        return self.low[feature] + np.arange(BINS + 1) / self.per_unit[feature]


def fit_scales(values: np.ndarray, data: np.ndarray) -> Scales:
    """Scales from up to 100,000 rows, drawn at random but always the same.

    Parameters
    ----------
    values, data : (n_samples, n_features)
        Shapley values, and the features themselves.

    Examples
    --------
    >>> values = np.linspace(-1, 1, 1001)[:, None]
    >>> scales = fit_scales(values, values)
    >>> scales.edges(0)[[0, -1]].round(2).tolist(), scales.tones[0, [0, -1]].tolist()
    ([-1.0, 1.0], [2, 61])
    """
    n_features = values.shape[1]
    rows = _some_rows(len(values))
    chosen = values[rows].astype(np.float64)
    centres = np.stack([chosen.mean(0), np.abs(chosen).mean(0)], axis=1)
    low, high = np.quantile(chosen, REACH, axis=0)
    flat = ~(high > low)
    low, high = np.where(flat, low - 0.5, low), np.where(flat, high + 0.5, high)
    found = [_tones(data[rows, feature].astype(np.float64)) for feature in range(n_features)]
    steps, tones = (np.stack(part) for part in zip(*found, strict=True))
    return Scales(centres, low, BINS / (high - low), steps, tones)


def _some_rows(n_samples: int) -> np.ndarray:
    if n_samples <= N_SAMPLED:
        return np.arange(n_samples)
    return np.sort(np.random.default_rng(0).choice(n_samples, N_SAMPLED, replace=False))


def _tones(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps at quantiles, and the mean rank of the rows between each two as a tone.

    By ranks an outlier moves no other, and a value that many rows share stands in their middle.
    """
    ordered = np.sort(column[np.isfinite(column)])
    steps, tones = np.full(N_TONES - 1, np.inf), np.full(N_TONES, MIDDLE)
    if not len(ordered):
        return steps, tones
    found = np.unique(ordered[(np.arange(1, N_TONES) * len(ordered)) // N_TONES])
    steps[: len(found)] = found
    first = np.concatenate([[0], np.searchsorted(ordered, found), [len(ordered)]])
    middles = (first[:-1] + first[1:]) / 2 / len(ordered)
    tones[: len(middles)] = np.round(TOP_TONE * middles)
    return steps, tones
