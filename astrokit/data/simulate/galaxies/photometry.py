"""Magnitudes as a survey sees them: distance, redshifted light, dust, and errors that grow with magnitude."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .attenuation import calzetti
from .causes import VARIABLES
from .populations import WAVELENGTH_UM, absolute_magnitudes

HUBBLE_MPC = 299792.458 / 70.0  # c / H0
DECELERATION = 1.5 * 0.3 - 1  # flat, matter 0.3; the jerk of any flat Lambda model is 1
# 5 sigma, AB: SDSS point sources (sdss.org, scope of DR12), WISE (Wright et al. 2010: 0.08 and 0.11 mJy).
DEPTH = np.array([22.15, 23.13, 22.70, 22.20, 20.71, 19.1, 18.8])
FLOOR_MAG = 0.01  # calibration
SCATTER_MAG = 0.03  # what age, metallicity and dust leave open in each band, chosen here
_GAMMA = 0.039  # Ivezic et al. 2019 (ApJ 873, 111), equation 5


def distance_mpc(redshift: ArrayLike) -> np.ndarray:
    """Luminosity distance to third order in redshift (Visser 2004, CQG 21, 2603); good to 1% below 0.4.

    Examples
    --------
    >>> distance_mpc([0.1]).round().tolist()
    [460.0]
    """
    z = np.asarray(redshift, float)
    q = DECELERATION
    return HUBBLE_MPC * (z + (1 - q) * z**2 / 2 - (1 - q - 3 * q**2 + 1) * z**3 / 6)


def true_magnitudes(causes: np.ndarray) -> np.ndarray:
    """Apparent AB magnitudes (..., 7) without errors, of galaxies (..., 7 variables of `VARIABLES`).

    Light in a band left the galaxy at a wavelength shorter by 1 + z: the absolute magnitude there is a
    straight line in log wavelength between bands (below u, the line from g to u goes on).

    Examples
    --------
    >>> true_magnitudes(np.array([-1.0, 10.5, -0.4, 0.6, 0.0, -1.0, 0.6])).round(1).tolist()
    [20.5, 18.9, 17.9, 17.4, 17.1, 17.3, 17.8]
    """
    value = dict(zip(VARIABLES, np.moveaxis(np.asarray(causes, float), -1, 0), strict=True))
    z = 10.0 ** value["log_redshift"]
    rest = absolute_magnitudes(value["log_mass"], value["log_age"], value["metallicity"])
    emitted_um = WAVELENGTH_UM / (1 + z[..., None])
    light = _between(rest, np.log(WAVELENGTH_UM), np.log(emitted_um))
    light += calzetti(emitted_um) * 10.0 ** value["log_dust"][..., None]
    # Flux densities per frequency are brighter by 1 + z than inverse squares say (Hogg et al. 2002).
    modulus = 5 * np.log10(distance_mpc(z)) + 25 - 2.5 * np.log10(1 + z)
    return light + modulus[..., None]


def magnitude_errors(magnitude: ArrayLike, depth: ArrayLike = DEPTH) -> np.ndarray:
    """1 sigma in mag (..., 7): Ivezic et al. 2019, equations 4 and 5, with the depths of SDSS and WISE.

    Examples
    --------
    >>> magnitude_errors(DEPTH)[0].round(2).item()  # a fifth
    0.2
    """
    x = 10 ** (0.4 * (np.asarray(magnitude, float) - depth))
    return np.sqrt(FLOOR_MAG**2 + (0.04 - _GAMMA) * x + _GAMMA * x**2)


def spread(magnitude: np.ndarray) -> np.ndarray:
    """Standard deviation (..., 7) of a measured magnitude around `true_magnitudes`: error and scatter."""
    return np.hypot(magnitude_errors(magnitude), SCATTER_MAG)


def _between(values: np.ndarray, known: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Values (..., n) at places `known` (n,), interpolated at `asked` (..., n); straight on at the ends."""
    right = np.clip(np.searchsorted(known, asked), 1, len(known) - 1)
    low = np.take_along_axis(values, right - 1, axis=-1)
    high = np.take_along_axis(values, right, axis=-1)
    share = (asked - known[right - 1]) / (known[right] - known[right - 1])
    return low + share * (high - low)
