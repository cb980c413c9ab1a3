"""Shapes of X-ray spectra: photons per keV, up to a factor, for many sources at once.

Textbook continua, enough for broad bands and moderate resolution; the thermal one has no lines but an
optional iron line. A measurement of abundances needs a plasma code.
"""

from __future__ import annotations

import numpy as np
from scipy.special import k0e

from .absorption import cross_section

THOMSON_PER_HYDROGEN_CM2 = 1.2 * 6.652e-25  # 1.2 electrons for each hydrogen atom of solar gas
IRON_WIDTH_KEV = 0.02


def power_law(energy_kev: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """E^-slope: (n_energies,), (n,) -> (n, n_energies).

    Examples
    --------
    >>> power_law(np.array([1.0, 2.0]), np.array([2.0])).tolist()
    [[1.0, 0.25]]
    """
    return energy_kev[None, :] ** -np.asarray(slope, float)[:, None]


def black_body(energy_kev: np.ndarray, temperature_kev: np.ndarray) -> np.ndarray:
    """E^2 / (exp(E / kT) - 1): (n_energies,), (n,) -> (n, n_energies)."""
    x = energy_kev[None, :] / np.asarray(temperature_kev, float)[:, None]
    with np.errstate(over="ignore"):
        return energy_kev**2 / np.expm1(x)


def bremsstrahlung(energy_kev: np.ndarray, temperature_kev: np.ndarray) -> np.ndarray:
    """g(E / kT) exp(-E / kT) / E of an optically thin plasma: (n_energies,), (n,) -> (n, n_energies).

    g = sqrt(3) / pi exp(u / 2) K0(u / 2), u = E / kT, is the Gaunt factor in Born's approximation, averaged
    over a Maxwellian (Karzas & Latter 1961, ApJS 6, 167).
    """
    half = 0.5 * energy_kev[None, :] / np.asarray(temperature_kev, float)[:, None]
    # exp(-u) exp(u / 2) K0(u / 2), and k0e(x) is exp(x) K0(x).
    return np.sqrt(3) / np.pi * k0e(half) * np.exp(-2 * half) / energy_kev


def with_iron_line(
    energy_kev: np.ndarray, continuum: np.ndarray, width_kev: np.ndarray, line_kev: float = 6.4
) -> np.ndarray:
    """Add a narrow Gaussian line of some equivalent width (n,) to continua (n, n_energies)."""
    at_line = np.array([np.interp(line_kev, energy_kev, each) for each in continuum])
    profile = np.exp(-0.5 * ((energy_kev - line_kev) / IRON_WIDTH_KEV) ** 2)
    profile /= IRON_WIDTH_KEV * np.sqrt(2 * np.pi)
    return continuum + (np.asarray(width_kev) * at_line)[:, None] * profile


def reflected(energy_kev: np.ndarray, slope: np.ndarray, reflection: np.ndarray) -> np.ndarray:
    """A power law, its reflection on cold gas, and the iron line of that gas: (n, n_energies).

    The gas sends back the share r = (1 - g) / (1 + g) of each energy, with g = sqrt(1 - w) and the
    single-scattering albedo w = sigma_T / (sigma_T + sigma_photo): the diffusive reflectance of a half-space
    (Hapke 1981, J. Geophys. Res. 86, 3039). The line at 6.4 keV has an equivalent width of 150 eV for a
    reflection of 1 (George & Fabian 1991, MNRAS 249, 352). Compton's recoil matters above 10 keV only.
    """
    albedo = THOMSON_PER_HYDROGEN_CM2 / (THOMSON_PER_HYDROGEN_CM2 + cross_section(energy_kev))
    root = np.sqrt(1 - albedo)
    reflection = np.asarray(reflection, float)
    direct = power_law(energy_kev, slope)
    total = direct * (1 + reflection[:, None] * (1 - root) / (1 + root))
    return with_iron_line(energy_kev, total, 0.15 * reflection)
