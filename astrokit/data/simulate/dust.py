"""Interstellar extinction, optical and near infrared: Cardelli, Clayton & Mathis (1989, ApJ 345, 245)."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike

from ...errors import ParameterError

R_V = 3.1  # A(V) / E(B-V) of the diffuse interstellar medium
# Their equations 3a and 3b, powers of y = x - 1.82 from the zeroth on.
_A = Polynomial([1.0, 0.17699, -0.50447, -0.02427, 0.72085, 0.01979, -0.77530, 0.32999])
_B = Polynomial([0.0, 1.41338, 2.28305, 1.07233, -5.38434, -0.62251, 5.30260, -2.09002])
_RANGE_NM = (1000 / 3.3, 1000 / 0.3)


def extinction(wavelength_nm: ArrayLike, *, r_v: float = R_V) -> np.ndarray:
    """A(lambda) / A(V) = a(x) + b(x) / R_V, with x one over the wavelength in micron.

    Parameters
    ----------
    wavelength_nm : (...)
        From 303 to 3,333 nm.
    r_v : float

    Raises
    ------
    ParameterError
        For wavelengths that these equations do not cover.

    Examples
    --------
    >>> extinction([440.0, 549.5, 900.0]).round(2).tolist()
    [1.32, 1.0, 0.48]
    """
    wavelength = np.asarray(wavelength_nm, float)
    low, high = _RANGE_NM
    if not ((wavelength >= low) & (wavelength <= high)).all():
        raise ParameterError(
            "wavelengths of the extinction law",
            expected=f"{low:.0f} to {high:.0f} nm",
            got=f"{wavelength.min():g} to {wavelength.max():g} nm",
            next_step="Pass nanometres, within this range.",
        )
    x = 1000 / wavelength
    infrared = x**1.61  # equations 2a and 2b, below 1.1 per micron
    a = np.where(x < 1.1, 0.574 * infrared, _A(x - 1.82))
    b = np.where(x < 1.1, -0.527 * infrared, _B(x - 1.82))
    return a + b / r_v


def redden(flux: ArrayLike, wavelength_nm: ArrayLike, e_b_v: ArrayLike, *, r_v: float = R_V) -> np.ndarray:
    """Flux (..., n_wavelengths) behind dust of a reddening E(B-V) in mag, (...).

    Examples
    --------
    >>> redden(np.ones((1, 1)), [549.5], [1 / 3.1]).round(3).tolist()  # one magnitude at V
    [[0.398]]
    """
    magnitudes = r_v * np.asarray(e_b_v, float)[..., None] * extinction(wavelength_nm, r_v=r_v)
    return np.asarray(flux, float) * 10 ** (-0.4 * magnitudes)
