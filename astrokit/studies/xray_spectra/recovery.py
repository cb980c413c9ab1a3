"""How much of N_H, slope and temperature the latents keep, beside what the photons allow at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...data import load
from ...data.ogip import Response
from ...data.simulate.xray import XraySpectra, cross_section, priors, simulate_xray
from ...data.simulate.xray.absorption import CrossSection
from ...data.simulate.xray.population import Parameters, has_slope, photon_density
from ...random import RandomState, as_generator
from .autoencoder import bin_simulated, encode

if TYPE_CHECKING:
    import pandas as pd

    from ...models import TransformerAutoencoder

COUNTS = (30, 100, 300, 1000, 3000)
# An absorbed power law, and a thermal spectrum with an iron line, behind too little gas to see most of it.
TRIED = {"LMXB": ("slope", "log_nh"), "CV": ("log_kt",)}
STEP = 0.01  # of shape and log N_H, for derivatives
RIDGE = 1e-2
LABELS = {"slope": "photon index", "log_kt": "log kT (keV)", "log_nh": "log N_H (cm-2)"}


class Folding(NamedTuple):
    """What photons go through: a response, and the gas before it."""

    response: Response
    absorption: CrossSection = cross_section


def folding_of(source: str, spectra: XraySpectra) -> Folding:
    """What the spectra of `load(source)` went through."""
    return Folding(spectra.response, load("tbabs").data if source == "real" else cross_section)


def expected_shape(name: str, parameters: Parameters, folding: Folding) -> np.ndarray:
    """Expected counts of one count in all, for sources of a class: (n, n_channels)."""
    low, high = folding.response.energy_low_kev, folding.response.energy_high_kev
    density = photon_density(0.5 * (low + high), name, parameters, folding.absorption)
    counts = folding.response.fold(density * (high - low))
    return counts / counts.sum(1, keepdims=True)


class Bound(NamedTuple):
    """How well a parameter can be known, as a root mean square error.

    `least`: no estimator is better. `typical`: what the photons of each source and the population allow, in
    the normal approximation; no bound, and nearer to what can be had.
    """

    least: float
    typical: float


def error_bound(spectra: XraySpectra, name: str, folding: Folding) -> dict[str, Bound]:
    """The least root mean square error that any estimator can have, of the shape and of log N_H.

    The Bayesian Cramer-Rao bound of van Trees (1968): the root of the diagonal of (E[J] + P)^-1, where J is
    the Fisher information of Poisson counts, sum_i dmu_i dmu_i^T / (mu_i + b_i), for the normalisation, the
    shape and log N_H, and P the inverse variances of the population. `typical` has the mean of (J + P)^-1
    over sources in its place.
    """
    truth, shape_name = spectra.truth, "slope" if has_slope(name) else "log_kt"
    at = np.column_stack([truth[shape_name], truth["log_nh"]])
    extra, n = truth["extra"].to_numpy(), truth["expected_counts"].to_numpy()[:, None]

    def counts(shift: tuple[float, float]) -> np.ndarray:
        shape, log_nh = (at + shift).T
        return n * expected_shape(name, Parameters(shape, log_nh, extra), folding)

    middle = counts((0, 0))
    slopes = [(counts(step) - counts((-step[0], -step[1]))) / (2 * STEP) for step in ((STEP, 0), (0, STEP))]
    change = np.stack([middle, *slopes])  # by the logarithm of the normalisation, shape, log N_H
    information = np.einsum("ank,bnk->nab", change / (middle + spectra.background), change)
    prior = priors()[name]
    information += np.diag([0.0, prior.shape[1] ** -2, prior.log_nh[1] ** -2])
    least = np.sqrt(np.diag(np.linalg.inv(information.mean(0))))
    typical = np.sqrt(np.diag(np.linalg.inv(information).mean(0)))
    return {
        parameter: Bound(float(least[k]), float(typical[k]))
        for k, parameter in ((1, shape_name), (2, "log_nh"))
    }


def recover(
    model: TransformerAutoencoder,
    folding: Folding,
    *,
    counts: tuple[int, ...] = COUNTS,
    n_sources: int = 1000,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Read parameters off latents at several numbers of counts, and compare with the bound.

    Half of the sources teach a quadratic regression (ridge) from the eight latents, the others judge it.

    Returns
    -------
    DataFrame
        A row for each class, parameter and number of counts: `class`, `parameter`, `counts`, `error` (root
        mean square, of sources unseen) with `error_low`, `error_high` (90%), `bound` and `typical` (`Bound`),
        and `scatter` of the population: what knowing nothing would give.
    """
    import pandas as pd

    rng, rows = as_generator(random_state), []
    for name, parameters in TRIED.items():
        for n_counts in counts:
            spectra = simulate_xray(
                n_sources,
                shares={name: 1.0},
                n_counts=n_counts,
                response=folding.response,
                absorption=folding.absorption,
                random_state=rng,
            )
            latents = encode(model, bin_simulated(spectra))
            bounds = error_bound(spectra, name, folding)
            for parameter in parameters:
                truth = spectra.truth[parameter].to_numpy()
                wrong = regress(latents, truth) ** 2
                spread = 1.645 * wrong.std() / np.sqrt(len(wrong))
                errors = np.sqrt([wrong.mean(), max(wrong.mean() - spread, 0), wrong.mean() + spread])
                rows.append((name, parameter, n_counts, *errors, *bounds[parameter], truth.std()))
    columns = [
        "class",
        "parameter",
        "counts",
        "error",
        "error_low",
        "error_high",
        "bound",
        "typical",
        "scatter",
    ]
    return pd.DataFrame(rows, columns=columns)


def regress(latents: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Errors (n / 2,) of a quadratic regression on the second half of the rows, fitted to the first."""
    half = len(truth) // 2
    mean, spread = latents[:half].mean(0), latents[:half].std(0) + 1e-9
    rows = quadratic(np.clip((latents - mean) / spread, -5, 5))
    matrix = rows[:half].T @ rows[:half] + RIDGE * half * np.diag([0.0] + [1.0] * (rows.shape[1] - 1))
    return rows[half:] @ np.linalg.solve(matrix, rows[:half].T @ truth[:half]) - truth[half:]


def quadratic(rows: np.ndarray) -> np.ndarray:
    """1, the columns, and their products: (n, k) -> (n, 1 + k + k (k + 1) / 2)."""
    first, second = np.triu_indices(rows.shape[1])
    return np.column_stack([np.ones(len(rows)), rows, rows[:, first] * rows[:, second]])
