"""A population, its photons, a telescope, and the counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ....errors import ParameterError
from ....random import RandomState, as_generator
from ...ogip import Response
from ...provenance import Provenance
from .absorption import CrossSection, cross_section
from .acis import acis_like, background_rate
from .population import (
    CLASSES,
    KINDS,
    Parameters,
    band_flux,
    draw_parameters,
    has_slope,
    photon_density,
    priors,
)

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "Simulated. Absorption after Morrison & McCammon 1983, ApJ 270, 119; reflection after Hapke 1981,"
    " J. Geophys. Res. 86, 3039 and George & Fabian 1991, MNRAS 249, 352; bremsstrahlung after Karzas &"
    " Latter 1961, ApJS 6, 167; populations fitted to the Chandra Source Catalog, Evans et al. 2010,"
    " ApJS 189, 37"
)
ERG_PER_KEV = 1.602176634e-9
FLUX_BAND_KEV = (0.5, 7.0)
BLOCK = 1000  # sources folded at a time, to keep the memory small


class XraySpectra(NamedTuple):
    """Simulated spectra, a row a source.

    Attributes
    ----------
    counts : (n_sources, n_channels), int32
        Source and background together.
    background : (n_sources, n_channels), float32
        Expected background counts, known as from a large empty region.
    exposure_s : (n_sources,)
    response : Response
    truth : pandas.DataFrame
        `class`; `kind` of spectrum; `slope` of the power law and `log_kt` (log10 of keV), NaN where there is
        none; `log_nh` (log10 cm^-2); `extra` (`Parameters`); `log_flux` (log10 of the observed energy flux
        from 0.5 to 7 keV, erg/s/cm2); `expected_counts` of the source alone, in these channels.
    provenance : Provenance
    """

    counts: np.ndarray
    background: np.ndarray
    exposure_s: np.ndarray
    response: Response
    truth: pd.DataFrame
    provenance: Provenance


def simulate_xray(
    n_sources: int = 2000,
    *,
    shares: Mapping[str, float] | None = None,
    n_counts: float | None = None,
    exposure_s: tuple[float, float] = (2e4, 2e5),
    response: Response | None = None,
    absorption: CrossSection = cross_section,
    random_state: RandomState = 0,
) -> XraySpectra:
    """Simulate spectra of AGN, stars and compact objects, with Poisson counts and background.

    Parameters
    ----------
    n_sources : int
    shares : mapping of class -> share, optional
        Of `CLASSES`; all alike by default. Those of the labelled catalogue are in `priors()`, as
        `n_catalogue` of each class.
    n_counts : float, optional
        Expected counts of each source, in place of what its flux and exposure would bring: for what can be
        known at a count level.
    exposure_s : (low, high)
        Uniform in the logarithm.
    response : Response, optional
        Of `astrokit.data.ogip`; by default `acis_like().between(0.5, 8.0)`.
    absorption : callable
        Energies in keV to cross-sections in cm2 per hydrogen atom.
    random_state

    Returns
    -------
    XraySpectra

    Raises
    ------
    ParameterError
        When a class is unknown, or a number out of range.

    Examples
    --------
    >>> spectra = simulate_xray(16, n_counts=200)
    >>> spectra.counts.shape[0], sorted(spectra.truth["class"].unique())[:3]
    (16, ['AGN', 'CV', 'HM-STAR'])
    """
    shares = _checked(n_sources, shares, n_counts, exposure_s)
    rng = as_generator(random_state)
    response = acis_like().between(0.5, 8.0) if response is None else response
    names = _deal(rng, n_sources, shares)
    exposure = np.exp(rng.uniform(np.log(exposure_s[0]), np.log(exposure_s[1]), n_sources))
    truth = _population(rng, names)
    expected = _expected(truth, response, absorption, exposure, n_counts)
    channels = response.channel_low_kev, response.channel_high_kev
    background = (background_rate(*channels) * exposure[:, None]).astype(np.float32)
    counts = rng.poisson(expected + background).astype(np.int32)
    provenance = Provenance.of_simulation("xray-spectra", citation=CITATION, random_state=random_state)
    return XraySpectra(counts, background, exposure, response, truth, provenance)


def _deal(rng: np.random.Generator, n: int, shares: Mapping[str, float]) -> np.ndarray:
    """Class names (n,), in numbers as near to the shares as whole numbers allow, shuffled."""
    weight = np.array(list(shares.values()), float)
    ends = np.round(np.cumsum(weight) / weight.sum() * n).astype(int)
    return rng.permutation(np.repeat(list(shares), np.diff(ends, prepend=0)))


def _population(rng: np.random.Generator, names: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    truth = pd.DataFrame({"class": names, "kind": [KINDS[name] for name in names]})
    for column in ("slope", "log_kt", "log_nh", "extra", "log_flux"):
        truth[column] = np.nan
    for name in CLASSES:
        rows = np.flatnonzero(names == name)
        drawn, prior = draw_parameters(rng, name, len(rows)), priors()[name]
        truth.loc[rows, _shape_name(name)] = drawn.shape
        truth.loc[rows, "log_nh"], truth.loc[rows, "extra"] = drawn.log_nh, drawn.extra
        truth.loc[rows, "log_flux"] = rng.normal(*prior.log_flux, len(rows))
    return truth


def _expected(
    truth: pd.DataFrame,
    response: Response,
    absorption: CrossSection,
    exposure_s: np.ndarray,
    n_counts: float | None,
) -> np.ndarray:
    """Expected source counts (n_sources, n_channels); their sums go into the truth."""
    expected = np.empty((len(truth), len(response.channel)))
    names = truth["class"].to_numpy()
    for name in CLASSES:
        for rows in _blocks(np.flatnonzero(names == name)):
            of = truth.iloc[rows]
            parameters = Parameters(
                of[_shape_name(name)].to_numpy(), of["log_nh"].to_numpy(), of["extra"].to_numpy()
            )
            photons = _photons(response, name, parameters, 10.0 ** of["log_flux"].to_numpy(), absorption)
            expected[rows] = response.fold(photons) * exposure_s[rows, None]
    if n_counts is not None:
        expected *= n_counts / expected.sum(1, keepdims=True)
        truth["log_flux"] = np.nan  # no flux belongs to a number of counts that was asked for
    truth["expected_counts"] = expected.sum(1)
    return expected


def _photons(
    response: Response, name: str, parameters: Parameters, flux: np.ndarray, absorption: CrossSection
) -> np.ndarray:
    """Photons per cm2 and second in the energy bins of the response, for an observed flux in erg/s/cm2."""
    low, high = response.energy_low_kev, response.energy_high_kev
    density = photon_density(0.5 * (low + high), name, parameters, absorption)
    grid = np.arange(FLUX_BAND_KEV[0] + 0.005, FLUX_BAND_KEV[1], 0.01)
    on_grid = photon_density(grid, name, parameters, absorption)
    received = band_flux(grid, on_grid, FLUX_BAND_KEV) * ERG_PER_KEV
    return density * (high - low) * (flux / received)[:, None]


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[k : k + BLOCK] for k in range(0, len(rows), BLOCK)]


def _shape_name(name: str) -> str:
    return "slope" if has_slope(name) else "log_kt"


def _checked(
    n_sources: int,
    shares: Mapping[str, float] | None,
    n_counts: float | None,
    exposure_s: tuple[float, float],
) -> Mapping[str, float]:
    shares = dict.fromkeys(CLASSES, 1.0) if shares is None else shares
    unknown = sorted(set(shares) - set(CLASSES))
    if unknown or not shares or min(shares.values()) < 0 or sum(shares.values()) <= 0:
        raise ParameterError(
            "shares",
            expected=f"shares of 0 or more, not all 0, of {', '.join(CLASSES)}",
            got=f"unknown: {', '.join(unknown)}" if unknown else dict(shares),
            next_step="Correct the names, or leave it out for equal shares.",
        )
    low, high = exposure_s
    if n_sources < 1 or not 0 < low <= high or (n_counts is not None and not n_counts > 0):
        raise ParameterError(
            "simulate_xray",
            expected="n_sources >= 1, 0 < low <= high of exposure_s, n_counts above 0 or None",
            got=f"n_sources={n_sources}, exposure_s={exposure_s}, n_counts={n_counts}",
            next_step="Correct the number.",
        )
    return shares
