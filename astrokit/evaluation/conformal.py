"""Intervals around predictions that hold as often as they say: conformal, wide where errors are wide."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError, ParameterError
from .bootstrap import LEVEL


def conformal_radius(scores: ArrayLike, *, level: float = LEVEL) -> float:
    """How far one must reach to hold a new score with probability `level`: the conformal quantile.

    The k-th smallest of n scores with k = ceil((n + 1) level) is not exceeded by one more, exchangeable score
    with probability at least `level` (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, JASA 113, 1094, section
    2.2), whatever their distribution.

    Parameters
    ----------
    scores : (n_samples,)
        Of predictions that never saw their own target: |target - prediction| / scale, with a scale per row
        (Lei et al., section 5.2), or without one.
    level : float
        In (0, 1).

    Returns
    -------
    float
        The interval of a new row is prediction +- radius * scale.

    Raises
    ------
    ParameterError
        When the level is not in (0, 1).
    DataError
        When scores are negative or not finite, or too few for the level.

    Examples
    --------
    >>> conformal_radius(np.arange(1, 20), level=0.9)
    18.0
    """
    if not 0 < level < 1:
        raise ParameterError(
            "level", expected="a number between 0 and 1", got=level, next_step="0.9 is the usual one here."
        )
    scores = np.sort(np.ravel(np.asarray(scores, float)))
    n_bad = int((~(np.isfinite(scores) & (scores >= 0))).sum())
    place = int(np.ceil((len(scores) + 1) * level - 1e-9))
    least = int(np.ceil(level / (1 - level) - 1e-9))  # 9 for 0.9, whatever the rounding
    if n_bad or place > len(scores):
        raise DataError(
            "scores of a conformal interval",
            expected=f"finite scores >= 0, at least {least} for a level of {level}",
            got=f"{len(scores)} scores, {n_bad} of them negative or not finite",
            next_step="Add rows that the predictions never saw, or lower the level.",
        )
    return float(scores[place - 1])
