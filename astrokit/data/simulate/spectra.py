"""Simulated low-resolution spectra of stars, as of Gaia's prisms: known temperature, known reddening.

A black body (Planck 1901) with the two features that 60 bins still show, behind dust (`dust`):

- the Balmer lines, as deep as the square root of the share of hydrogen in its second level, for strong lines
  grow so (Carroll & Ostlie 2007, An Introduction to Modern Astrophysics, sections 8.1 and 9.5): by the
  equations of Boltzmann and Saha most at 9,900 K;
- the bands of titanium oxide, which degrade to the red from the heads listed by Kirkpatrick, Henry &
  McCarthy (1991, ApJS 77, 417), none at 4,000 K and full at 2,700 K, rounded from their sequence of M stars.

Temperatures of the kinds of variable stars are those of `variables`. Enough for a network to learn what
temperature and dust do to a spectrum, and not for a measurement of a star: there are no metals, no gravity,
and one instrument without calibration errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...errors import ParameterError
from ...random import RandomState, as_generator
from ..provenance import Provenance
from .dust import redden
from .variables import POPULATION

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "Simulated. Cardelli, Clayton & Mathis 1989, ApJ 345, 245; Kirkpatrick, Henry & McCarthy 1991, ApJS 77, "
    "417; Carroll & Ostlie 2007, An Introduction to Modern Astrophysics"
)
WAVELENGTH_NM = np.linspace(400.0, 900.0, 60)
_ROWS = [line.split() for line in POPULATION.strip().splitlines()[1:]]
PRIORS = {row[0]: (float(row[6]), float(row[7])) for row in _ROWS}  # log10 of temperature in K: mean, scatter
COOLEST_K, HOTTEST_K = 2300.0, 40_000.0
MEAN_REDDENING = 0.12  # E(B-V) in mag, of an exponential distribution
PLANCK_NM_K = 1.438777e7  # h c / k
BALMER_NM = {656.3: 0.45, 486.1: 0.55, 434.0: 0.55, 410.2: 0.5}  # line -> depth at most, in these broad bins
BALMER_WIDTH_NM = 6.0
STRONGEST_LINES_K = 9900.0
TIO_NM = {
    476.1: 0.5,
    495.5: 0.5,
    516.7: 0.6,
    544.8: 0.5,
    615.9: 0.6,
    665.1: 0.5,
    705.4: 0.7,
    758.9: 0.6,
    843.2: 0.5,
}
TIO_WIDTH_NM = 25.0
ELECTRON_PRESSURE_PA = 20.0
K_EV, ELECTRON_KG, K_J, H_J = 8.617333e-5, 9.109384e-31, 1.380649e-23, 6.626070e-34


class StellarSpectra(NamedTuple):
    """Simulated spectra, a row a star in each.

    `flux` and `flux_error` (n_stars, 60) at `WAVELENGTH_NM`, per wavelength, over the star's mean flux
    without noise. `truth`, a table: `kind` (of `PRIORS`), `log_temperature` (K), `reddening` (E(B-V), mag)
    and `magnitude` (apparent, which sets the noise).
    """

    flux: np.ndarray
    flux_error: np.ndarray
    truth: pd.DataFrame
    provenance: Provenance


def simulate_spectra(
    kinds: ArrayLike, *, magnitudes: ArrayLike | None = None, random_state: RandomState = 0
) -> StellarSpectra:
    """Simulate a spectrum for each of some variable stars of known kinds.

    Parameters
    ----------
    kinds : (n_stars,)
        Names in `PRIORS`, such as "RRAB" or "M".
    magnitudes : (n_stars,), optional
        Apparent; by default normal about 15.5, with a scatter of 1.5.
    random_state

    Raises
    ------
    ParameterError
        For a kind without a prior, or magnitudes of another shape.

    Examples
    --------
    >>> spectra = simulate_spectra(["RRAB", "M"])
    >>> spectra.flux.shape, spectra.provenance.simulated
    ((2, 60), True)
    """
    import pandas as pd

    kinds = np.asarray(kinds, str)
    _require_kinds(kinds)
    rng = as_generator(random_state)
    n_stars = len(kinds)
    mean, scatter = np.array([PRIORS[kind] for kind in kinds]).reshape(-1, 2).T
    log_temperature = np.clip(rng.normal(mean, scatter), np.log10(COOLEST_K), np.log10(HOTTEST_K))
    reddening = rng.exponential(MEAN_REDDENING, n_stars)
    drawn = rng.normal(15.5, 1.5, n_stars)
    magnitude = drawn if magnitudes is None else _magnitudes(magnitudes, n_stars)
    clean = spectrum(10**log_temperature, reddening)
    error = clean.clip(0.1) * relative_error(magnitude)[:, None]
    flux = clean + error * rng.standard_normal(clean.shape)
    truth = pd.DataFrame(
        {"kind": kinds, "log_temperature": log_temperature, "reddening": reddening, "magnitude": magnitude}
    )
    provenance = Provenance.of_simulation("stellar-spectra", citation=CITATION, random_state=random_state)
    return StellarSpectra(flux, error, truth, provenance)


def spectrum(temperature_k: ArrayLike, reddening: ArrayLike) -> np.ndarray:
    """Spectra (n_stars, 60) without noise, of mean 1.

    Parameters
    ----------
    temperature_k, reddening : (n_stars,)

    Examples
    --------
    >>> hot, cool = spectrum([12_000.0, 3000.0], [0.0, 0.0])
    >>> bool(hot[0] > hot[-1]), bool(cool[0] < cool[-1])
    (True, True)
    """
    temperature = np.asarray(temperature_k, float)[:, None]
    flux = planck(WAVELENGTH_NM, temperature)
    lines = np.sqrt(second_level(temperature) / second_level(STRONGEST_LINES_K))
    for centre, depth in BALMER_NM.items():
        flux = flux * (1 - depth * lines * np.exp(-(((WAVELENGTH_NM - centre) / BALMER_WIDTH_NM) ** 2)))
    bands = np.clip((4000 - temperature) / (4000 - 2700), 0, 1)
    for head, depth in TIO_NM.items():
        past = WAVELENGTH_NM - head
        flux = flux * (1 - depth * bands * np.where(past > 0, np.exp(-past / TIO_WIDTH_NM), 0))
    flux = redden(flux, WAVELENGTH_NM, reddening)
    return flux / flux.mean(1, keepdims=True)


def planck(wavelength_nm: ArrayLike, temperature_k: ArrayLike) -> np.ndarray:
    """Planck's law per wavelength, in arbitrary units."""
    wavelength = np.asarray(wavelength_nm, float)
    return (wavelength / 500) ** -5 / np.expm1(PLANCK_NM_K / (wavelength * np.asarray(temperature_k, float)))


def second_level(temperature_k: ArrayLike) -> np.ndarray:
    """Share of hydrogen that is neutral and in its second level, at an electron pressure of 20 Pa.

    Boltzmann: N2/N1 = 4 exp(-10.2 eV / kT); Saha: NII/NI = kT/P (2 pi m kT / h^2)^(3/2) exp(-13.6 eV / kT).

    Examples
    --------
    >>> bool(second_level(9900.0) > max(second_level([6000.0, 20_000.0])))
    True
    """
    temperature = np.asarray(temperature_k, float)
    excited = 4 * np.exp(-10.2 / (K_EV * temperature))
    thermal = (2 * np.pi * ELECTRON_KG * K_J * temperature / H_J**2) ** 1.5
    ionised = K_J * temperature / ELECTRON_PRESSURE_PA * thermal * np.exp(-13.6 / (K_EV * temperature))
    return excited / (1 + excited) / (1 + ionised)


def relative_error(magnitude: ArrayLike) -> np.ndarray:
    """Error of a bin over its flux: 0.3% at least, and 1% at 15 mag, growing as photons grow few; rounded.

    Examples
    --------
    >>> relative_error([10.0, 15.0, 20.0]).round(3).tolist()
    [0.003, 0.01, 0.1]
    """
    return np.hypot(0.003, 0.01 * 10 ** (0.2 * (np.asarray(magnitude, float) - 15)))


def _require_kinds(kinds: np.ndarray) -> None:
    unknown = sorted(set(kinds.ravel().tolist()) - set(PRIORS))
    if unknown or kinds.ndim != 1:
        raise ParameterError(
            "kinds of stars",
            expected=f"names of shape (n_stars,), among {', '.join(PRIORS)}",
            got=f"shape {kinds.shape}, unknown: {', '.join(unknown[:5]) or 'none'}",
            next_step="Use these names.",
        )


def _magnitudes(magnitudes: ArrayLike, n_stars: int) -> np.ndarray:
    values = np.asarray(magnitudes, float)
    if values.shape != (n_stars,) or not np.isfinite(values).all():
        raise ParameterError(
            "magnitudes",
            expected=f"finite numbers of shape ({n_stars},), one a star",
            got=f"shape {values.shape}",
            next_step="Pass one for each kind, or none.",
        )
    return values
