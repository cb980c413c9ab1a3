"""Are the probabilities that a network states honest? Where the true mass falls in them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ...evaluation.bootstrap import LEVEL, Estimate
from ...evaluation.coverage import share_inside
from .network import CENTRES, EDGES

__all__ = ["CENTRES", "held_by_intervals", "ranks_of"]


def ranks_of(probabilities: np.ndarray, log_mass: ArrayLike) -> np.ndarray:
    """Stated probability of a smaller mass than the true one, (n_samples,); even if the network is honest.

    Parameters
    ----------
    probabilities : (n_samples, 520)
        Of the bins; inside a bin, probability is taken to be even.
    log_mass : (n_samples,)

    Examples
    --------
    >>> even = np.full((2, len(CENTRES)), 1 / len(CENTRES))
    >>> ranks_of(even, [9.25, 12.5]).round(3).tolist()  # half of the way from 6 to 12.5, and all of it
    [0.5, 1.0]
    """
    truth = np.asarray(log_mass, float)
    below = np.hstack([np.zeros((len(probabilities), 1)), np.cumsum(probabilities, axis=1)])
    return np.array([np.interp(one, EDGES, row) for one, row in zip(truth, below, strict=True)])


def held_by_intervals(ranks: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Share of the galaxies whose mass lies in the central interval of that level, with its own interval.

    Examples
    --------
    >>> held_by_intervals(np.linspace(0.005, 0.995, 100)).value
    0.9
    """
    ranks = np.asarray(ranks, float)
    low, high = (np.full(len(ranks), (1 + side * level) / 2) for side in (-1, 1))
    return share_inside(low, high, ranks)
