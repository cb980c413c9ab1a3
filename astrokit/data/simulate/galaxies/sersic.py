"""Sersic profiles as sums of Gaussians, which a Gaussian point-spread function leaves Gaussian.

After Hogg & Lang (2013, PASP 125, 719), with weights fitted here; formulas of the profile from Graham &
Driver (2005, PASA 22, 118).
"""

from __future__ import annotations

import functools

import numpy as np

from ....errors import ParameterError

N_GAUSSIANS = 15
_WIDTHS = (0.02, 12.0)  # of the narrowest and the widest, in half-light radii
_REACH = (0.01, 30.0)  # radii that are fitted


def b_of(n: float) -> float:
    """b_n, for which half the light lies within the half-light radius: gamma(2n, b) = Gamma(2n) / 2.

    Examples
    --------
    >>> round(b_of(1.0), 3), round(b_of(4.0), 3)  # Graham & Driver: 1.678 and 7.669
    (1.678, 7.669)
    """
    from scipy.special import gammaincinv

    if not 0.5 <= n <= 6:
        raise ParameterError("Sersic index", expected="0.5 to 6", got=n, next_step="Discs have 1, bulges 4.")
    return float(gammaincinv(2 * n, 0.5))


def sersic(radius: np.ndarray, n: float) -> np.ndarray:
    """Surface brightness of unit flux at radii in half-light radii: Graham & Driver, equations 1 and 4."""
    from scipy.special import gamma

    b = b_of(n)
    return b ** (2 * n) / (2 * np.pi * n * gamma(2 * n)) * np.exp(-b * np.asarray(radius, float) ** (1 / n))


@functools.cache
def gaussians(n: float) -> tuple[np.ndarray, np.ndarray]:
    """Widths, in half-light radii, and weights, of sum 1, of the Gaussians that make up a profile.

    The light per step of log radius is fitted, by weights that are not negative. What lies beyond thirty
    half-light radii goes into the others in proportion.

    Examples
    --------
    >>> widths, weights = gaussians(4.0)
    >>> within = 1 - np.exp(-1 / widths**2 / 2)  # of the light of each, in one half-light radius
    >>> round(float(weights @ within), 2)
    0.5
    """
    from scipy.optimize import nnls

    radius = np.geomspace(*_REACH, 200)
    widths = np.geomspace(*_WIDTHS, N_GAUSSIANS)
    each = np.exp(-((radius[:, None] / widths) ** 2) / 2) / (2 * np.pi * widths**2)
    weights = nnls(each * radius[:, None] ** 2, sersic(radius, n) * radius**2)[0]
    kept = weights > 0
    return widths[kept], weights[kept] / weights.sum()
