"""How far an emulator errs, place by place: as far as it erred on the nearest models that it had not seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

N_NEAREST = 20
LEAST = 0.02  # dex, added in quadrature: twenty lucky neighbours make nobody infallible
CHUNK = 2_000  # places looked up at once: bounds the memory


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
        return self._mean(places, 0)

    def at_own_rows(self) -> np.ndarray:
        """The same for the rows themselves, none of which counts for itself, (n_rows, n_outputs)."""
        return self._mean(self.points, 1)

    def law(self) -> tuple[np.ndarray, float]:
        """Scales (n_outputs,) and degrees of freedom of Student's t that errors over typical errors follow.

        The degrees of freedom are those of all outputs together, the scales fit the median of each.
        """
        from scipy import stats

        sizes = self.sizes / self.at_own_rows()
        medians = np.median(sizes, axis=0)
        freedom, _, _ = stats.t.fit(np.ravel([sizes / medians, -sizes / medians]), floc=0)
        return medians / stats.t(freedom).ppf(0.75), float(freedom)

    def _mean(self, places: np.ndarray, n_skipped: int) -> np.ndarray:
        from scipy.spatial.distance import cdist

        means = np.empty((len(places), self.sizes.shape[1]))
        n_last = min(N_NEAREST + n_skipped, len(self.points))
        for start in range(0, len(places), CHUNK):
            part = slice(start, start + CHUNK)
            for k, scale in enumerate(self.scales):
                far = cdist(places[part] / scale, self.points / scale)
                near = np.argpartition(far, (n_skipped, n_last - 1), axis=1)[:, n_skipped:n_last]
                means[part, k] = self.sizes[near, k].mean(1)
        return np.hypot(means, LEAST)
