"""How far an emulator errs, place by place: as far as it erred on the nearest models that it had not seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .distances import distances

N_NEAREST = 20
LEAST = 0.02  # dex, added in quadrature: twenty lucky neighbours make nobody infallible
CHUNK = 500  # places looked up at once: small enough for the cache


class ErrorMap(NamedTuple):
    """Typical errors over the space of inputs; what is near is for each output another matter.

    Attributes
    ----------
    points : (n_rows, n_features)
        Models with known errors.
    scales : (n_outputs, n_features)
        Length scales by which distances are measured, for each output.
    sizes : (n_rows, n_outputs)
        Absolute errors of predictions by fits that had not seen the row.
    """

    points: np.ndarray
    scales: np.ndarray
    sizes: np.ndarray

    def at(self, places: np.ndarray) -> np.ndarray:
        """Mean absolute error of the rows nearest to places (n_places, n_features), (n_places, n_outputs)."""
        return self._mean(places, own=False)

    def at_own_rows(self) -> np.ndarray:
        """The same for the rows themselves, none of which counts for itself, (n_rows, n_outputs)."""
        return self._mean(self.points, own=True)

    def _mean(self, places: np.ndarray, *, own: bool) -> np.ndarray:
        means = np.empty((len(places), self.sizes.shape[1]))
        n_last = min(N_NEAREST, len(self.points) - own)
        for start in range(0, len(places), CHUNK):
            part = slice(start, start + CHUNK)
            for k, scale in enumerate(self.scales):
                far = distances(places[part] / scale, self.points / scale)
                if own:  # no row counts for itself
                    np.fill_diagonal(far[:, start:], np.inf)
                near = np.argpartition(far, n_last - 1, axis=1)[:, :n_last]
                means[part, k] = self.sizes[near, k].mean(1)
        return np.hypot(means, LEAST)
