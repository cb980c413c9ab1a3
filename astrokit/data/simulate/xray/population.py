"""Eight classes of X-ray sources: which spectrum each has, and how its parameters scatter."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .absorption import CrossSection
from .emission import black_body, bremsstrahlung, power_law, reflected, with_iron_line

PRIORS = Path(__file__).with_name("priors.json")
CLASSES = ("AGN", "CV", "HM-STAR", "HMXB", "LM-STAR", "LMXB", "NS", "YSO")
# What the number `shape` of a class is: slope of a power law, or log10 of kT in keV.
KINDS = {
    "AGN": "reflected power law",
    "CV": "thermal with iron line",
    "HM-STAR": "thermal of two temperatures",
    "HMXB": "power law with iron line",
    "LM-STAR": "thermal of two temperatures",
    "LMXB": "power law",
    "NS": "black body and power law",
    "YSO": "thermal of two temperatures",
}
TAIL = 1.7  # slope of the power law of a neutron star
IRON_LINE_KEV = 0.1  # equivalent width in binaries and cataclysmic variables
COOL = 0.2  # temperature of the cool plasma of a star, over that of the hot one
SLOPES, LOG_TEMPERATURES, LOG_COLUMNS = (-2.0, 8.0), (-1.3, 1.7), (19.0, 24.5)
BANDS_KEV = {"s": (0.5, 1.2), "m": (1.2, 2.0), "h": (2.0, 7.0)}  # of the Chandra Source Catalog


class Prior(NamedTuple):
    """Means and standard deviations within one class.

    Of `shape`, of log10 N_H (cm^-2), and of log10 of the observed energy flux from 0.5 to 7 keV (erg/s/cm2).
    `n_catalogue`: sources of the class in the catalogue.
    """

    shape: tuple[float, float]
    log_nh: tuple[float, float]
    log_flux: tuple[float, float]
    n_catalogue: int


class Parameters(NamedTuple):
    """What decides the spectra of some sources of one class: arrays (n,).

    `extra` lies in [0, 1]: strength of the reflection; share of the power law in a neutron star's emission
    from 0.5 to 7 keV, of the cool plasma in a star's, whose corona is seldom of one temperature (Guedel 2004,
    A&A Rev. 12, 71). It has no meaning for other classes.
    """

    shape: np.ndarray
    log_nh: np.ndarray
    extra: np.ndarray


@cache
def priors() -> dict[str, Prior]:
    """The priors of all classes, fitted to labelled Chandra sources by `docs/numbers/fit_xray_priors.py`."""
    content = json.loads(PRIORS.read_text(encoding="utf-8"))
    return {name: _prior(**of) for name, of in content.items()}


def has_slope(name: str) -> bool:
    """Whether the `shape` of a class is the slope of a power law, and not log10 of a temperature.

    Examples
    --------
    >>> [name for name in CLASSES if has_slope(name)]
    ['AGN', 'HMXB', 'LMXB']
    """
    return KINDS[name] in ("reflected power law", "power law", "power law with iron line")


def draw_parameters(rng: np.random.Generator, name: str, n: int, prior: Prior | None = None) -> Parameters:
    """Parameters of n sources of a class: normal, cut off where no such source would be."""
    prior = prior or priors()[name]
    z = rng.standard_normal((2, n))
    edges = SLOPES if has_slope(name) else LOG_TEMPERATURES
    shape = np.clip(prior.shape[0] + prior.shape[1] * z[0], *edges)
    log_nh = np.clip(prior.log_nh[0] + prior.log_nh[1] * z[1], *LOG_COLUMNS)
    return Parameters(shape, log_nh, rng.random(n))


def photon_density(
    energy_kev: np.ndarray, name: str, parameters: Parameters, absorption: CrossSection
) -> np.ndarray:
    """Photons per keV that arrive, up to a factor for each source: (n, n_energies)."""
    column = 10.0 ** parameters.log_nh[:, None]
    return _emitted(energy_kev, name, parameters) * np.exp(-column * absorption(energy_kev)[None, :])


def _emitted(energy_kev: np.ndarray, name: str, parameters: Parameters) -> np.ndarray:
    shape, extra, kind = parameters.shape, parameters.extra, KINDS[name]
    if kind == "reflected power law":
        return reflected(energy_kev, shape, extra)
    if kind == "black body and power law":
        tail = power_law(energy_kev, np.full(len(shape), TAIL))
        return _mixed(energy_kev, black_body(energy_kev, 10**shape), tail, extra)
    if kind == "thermal of two temperatures":
        hot, cool = (bremsstrahlung(energy_kev, factor * 10**shape) for factor in (1.0, COOL))
        return _mixed(energy_kev, hot, cool, extra)
    continuum = bremsstrahlung(energy_kev, 10**shape) if name == "CV" else power_law(energy_kev, shape)
    if kind.endswith("iron line"):
        return with_iron_line(energy_kev, continuum, np.full(len(shape), IRON_LINE_KEV))
    return continuum


def _mixed(energy_kev: np.ndarray, first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Two spectra, of which the second brings some share of the energy from 0.5 to 7 keV."""
    first, second = (_unit(energy_kev, each) for each in (first, second))
    return first * (1 - share)[:, None] + second * share[:, None]


def _unit(energy_kev: np.ndarray, density: np.ndarray) -> np.ndarray:
    """The same spectra with an energy flux of one between 0.5 and 7 keV."""
    return density / band_flux(energy_kev, density, (0.5, 7.0))[:, None]


def band_flux(energy_kev: np.ndarray, density: np.ndarray, band_kev: tuple[float, float]) -> np.ndarray:
    """Energy flux of spectra (n, n_energies), on an even grid, within a band: (n,)."""
    inside = (energy_kev >= band_kev[0]) & (energy_kev < band_kev[1])
    return (density * energy_kev)[:, inside].sum(1) * (energy_kev[1] - energy_kev[0])


def _prior(shape: list[float], log_nh: list[float], log_flux: list[float], n_catalogue: int) -> Prior:
    return Prior((shape[0], shape[1]), (log_nh[0], log_nh[1]), (log_flux[0], log_flux[1]), n_catalogue)
