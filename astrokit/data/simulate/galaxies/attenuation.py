"""Attenuation of starlight by the dust of a galaxy itself: Calzetti et al. (2000, ApJ 533, 682)."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike

from ....errors import ParameterError

R_V = 4.05  # their equation 5
SHORTEST_UM = 0.12
_BREAK_UM = 0.63
# Their equation 4, powers of 1 / wavelength from the zeroth on.
_BLUE = Polynomial([-2.156, 1.509, -0.198, 0.011])
_RED = Polynomial([-1.857, 1.040])


def calzetti(wavelength_um: ArrayLike) -> np.ndarray:
    """k = A / E(B-V) of the stars.

    Parameters
    ----------
    wavelength_um : (...)
        In the frame of the galaxy, 0.12 micron or longer. Beyond 2.2 micron, where the relation ends, the
        same formula goes on until it reaches zero (at 2.8 micron), and stays there.

    Raises
    ------
    ParameterError
        For shorter wavelengths.

    Examples
    --------
    >>> calzetti([0.4861, 0.6563]).round(2).tolist()  # the Balmer lines
    [4.6, 3.33]
    """
    wavelength = np.asarray(wavelength_um, float)
    if not (wavelength >= SHORTEST_UM).all():
        raise ParameterError(
            "wavelengths of the attenuation law",
            expected=f"{SHORTEST_UM} micron or more",
            got=f"{wavelength.min():g} micron",
            next_step="Pass micron in the frame of the galaxy.",
        )
    x = 1 / wavelength
    return np.maximum(2.659 * np.where(wavelength < _BREAK_UM, _BLUE(x), _RED(x)) + R_V, 0.0)
