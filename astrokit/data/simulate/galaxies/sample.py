"""Simulated galaxies: causes, the magnitudes that follow from them, and the graph that is true of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ....errors import ParameterError
from ....random import RandomState, as_generator
from ...provenance import Provenance
from .causes import EFFECTS, LEVELS, NAMES, VARIABLES, covariance_of_causes, draw_causes, true_graph
from .photometry import SCATTER_MAG, magnitude_errors, spread, true_magnitudes
from .populations import BANDS

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "Bell et al. 2003, ApJS 149, 289; Worthey 1994, ApJS 95, 107; Meidt et al. 2014, ApJ 788, 144; Cluver et "
    "al. 2014, ApJ 782, 90; Calzetti et al. 2000, ApJ 533, 682; Ivezic et al. 2019, ApJ 873, 111"
)
_STEP = 1e-4


class Galaxies(NamedTuple):
    """Simulated galaxies as a survey measures them, with the truth beside."""

    magnitude: np.ndarray  # (n_samples, 7) measured, AB, in the order of `BANDS`
    magnitude_error: np.ndarray  # (n_samples, 7), 1 sigma of the measurement
    light: np.ndarray  # (n_samples, 7) AB magnitudes of the light that arrives, which images show too
    causes: np.ndarray  # (n_samples, 7) true, in the order of `VARIABLES`
    graph: np.ndarray  # (14, 14) over `NAMES`, 1 at [i, j] where i acts on j
    provenance: Provenance

    def column(self, name: str) -> np.ndarray:
        """The true values of a variable or the measured ones of a band, (n_samples,)."""
        if name not in NAMES:
            raise ParameterError(
                "column of galaxies",
                expected=f"one of {', '.join(NAMES)}",
                got=repr(name),
                next_step="Upper and lower case matter.",
            )
        return self.columns[:, NAMES.index(name)]

    @property
    def columns(self) -> np.ndarray:
        """Causes and measured magnitudes side by side, (n_samples, 14), in the order of `NAMES`."""
        return np.hstack([self.causes, self.magnitude])

    def table(self) -> pd.DataFrame:
        """A row a galaxy: the columns of `NAMES`, then `e_` and the band for each error."""
        import pandas as pd

        errors = pd.DataFrame(self.magnitude_error, columns=[f"e_{band}" for band in BANDS])
        return pd.concat([pd.DataFrame(self.columns, columns=list(NAMES)), errors], axis=1)


def simulate_galaxies(
    n_samples: int = 10_000,
    *,
    linear: bool = False,
    effects: Mapping[tuple[str, str], float] = EFFECTS,
    random_state: RandomState = 0,
) -> Galaxies:
    """Simulate a survey of galaxies.

    Parameters
    ----------
    n_samples : int
    linear : bool
        If True, magnitudes are linear in the causes (`linear_model`) with errors of one size: all variables
        are jointly Gaussian, and every information is known in closed form.
    effects : mapping of (cause, effect) to slope
        Of the variables on each other; their graph is the truth.
    random_state : int, Generator, SeedSequence or None

    Raises
    ------
    ParameterError
        For no galaxies, or an effect that precedes its cause.

    Examples
    --------
    >>> galaxies = simulate_galaxies(1000)
    >>> galaxies.magnitude.shape, galaxies.column("log_mass").shape, galaxies.provenance.simulated
    ((1000, 7), (1000,), True)
    """
    if n_samples < 1:
        raise ParameterError("n_samples", expected="1 or more", got=n_samples, next_step="Ask for some.")
    rng = as_generator(random_state)
    causes = draw_causes(n_samples, rng, effects)
    if linear:
        level, slopes, _ = linear_model()
        expected = level + (causes - _means()) @ slopes.T
        error = np.broadcast_to(magnitude_errors(level), expected.shape).copy()
    else:
        expected = true_magnitudes(causes)
        error = magnitude_errors(expected)
    light = expected + SCATTER_MAG * rng.standard_normal(expected.shape)
    magnitude = light + error * rng.standard_normal(light.shape)
    provenance = Provenance.of_simulation("galaxies", citation=CITATION, random_state=random_state)
    return Galaxies(magnitude, error, light, causes, true_graph(effects), provenance)


def linear_model() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tangent to the magnitudes at the mean galaxy.

    Returns
    -------
    level : (7,)
        Magnitudes of the mean galaxy.
    slopes : (7, 7)
        Of each band (rows) in each variable.
    sigma : (7,)
        Spread of each band there.
    """
    level = true_magnitudes(_means())
    return level, slopes_at(_means()), spread(level)


def slopes_at(causes: np.ndarray) -> np.ndarray:
    """Slopes (..., 7 bands, 7 variables) of the true magnitudes at galaxies (..., 7), by differences."""
    steps = _STEP * np.eye(len(VARIABLES))
    ahead, behind = (true_magnitudes(causes[..., None, :] + sign * steps) for sign in (1, -1))
    return np.moveaxis(ahead - behind, -1, -2) / (2 * _STEP)


def linear_covariance(effects: Mapping[tuple[str, str], float] = EFFECTS) -> np.ndarray:
    """Covariance (14, 14) of `NAMES` under `simulate_galaxies(linear=True)`.

    Examples
    --------
    >>> linear_covariance().shape
    (14, 14)
    """
    _, slopes, sigma = linear_model()
    causes = covariance_of_causes(effects)
    both = np.vstack([np.eye(len(VARIABLES)), slopes])
    noise = np.concatenate([np.zeros(len(VARIABLES)), sigma**2])
    return both @ causes @ both.T + np.diag(noise)


def _means() -> np.ndarray:
    return np.array([mean for mean, _ in LEVELS.values()])
