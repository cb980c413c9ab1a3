"""What makes a galaxy what it is, as a structural causal model with Gaussian noise.

Each variable is a mean, plus slopes times how far its causes are from their means, plus noise. The slopes are
of the size that the sources beside them find, rounded; the graph is the truth of this simulation and a claim
about nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ....errors import ParameterError
from .populations import BANDS

# Mean and standard deviation of the noise of each variable, causes before effects.
LEVELS = MappingProxyType(
    {
        "log_redshift": (-1.0, 0.15),  # log10
        "log_mass": (10.4, 0.5),  # log10 of solar masses
        "bulge_logit": (-0.4, 0.8),  # log of bulge over disc, by mass
        "log_age": (0.55, 0.14),  # log10 of Gyr
        "metallicity": (-0.1, 0.15),  # log10 of metals over the Sun's
        "log_dust": (-1.0, 0.25),  # log10 of E(B-V) in mag
        "log_size": (0.6, 0.15),  # log10 of the half-light radius in kpc
    }
)
VARIABLES = tuple(LEVELS)
NAMES = VARIABLES + BANDS

# (cause, effect) -> units of the effect per unit of the cause.
EFFECTS = MappingProxyType(
    {
        ("log_redshift", "log_mass"): 0.8,  # a sample with a limit in flux holds massive ones far away
        ("log_redshift", "log_age"): -0.2,  # the Universe was younger
        ("log_mass", "bulge_logit"): 0.9,  # Kelvin et al. 2014, MNRAS 444, 1647: spheroids are massive
        ("log_mass", "log_age"): 0.2,  # Gallazzi et al. 2005, MNRAS 362, 41
        ("bulge_logit", "log_age"): 0.07,  # Martig et al. 2009, ApJ 707, 250: bulges quench
        ("log_mass", "metallicity"): 0.35,  # Gallazzi et al. 2005
        ("log_mass", "log_dust"): 0.3,  # Garn & Best 2010, MNRAS 409, 421
        ("log_age", "log_dust"): -0.8,  # old galaxies have little gas left
        ("log_mass", "log_size"): 0.3,  # Shen et al. 2003, MNRAS 343, 978
        ("bulge_logit", "log_size"): -0.08,  # Shen et al. 2003: early types are smaller at a given mass
    }
)
SEEN = ("log_redshift", "log_mass", "log_age", "metallicity", "log_dust")  # the causes of every magnitude


def draw_causes(
    n_samples: int, rng: np.random.Generator, effects: Mapping[tuple[str, str], float] = EFFECTS
) -> np.ndarray:
    """Draw galaxies: (n_samples, 7), columns in the order of `VARIABLES`."""
    mean, scatter = np.array(list(LEVELS.values())).T
    return mean + scatter * rng.standard_normal((n_samples, len(mean))) @ _response(effects).T


def covariance_of_causes(effects: Mapping[tuple[str, str], float] = EFFECTS) -> np.ndarray:
    """Covariance (7, 7) of the variables: (1 - B)^-1 S (1 - B)^-T, with slopes B and noise S.

    Examples
    --------
    >>> round(float(covariance_of_causes()[1, 1]), 4)  # 0.8^2 0.15^2 + 0.5^2
    0.2644
    """
    noise = np.array([scatter for _, scatter in LEVELS.values()])
    root = _response(effects) * noise
    return root @ root.T


def true_graph(effects: Mapping[tuple[str, str], float] = EFFECTS) -> np.ndarray:
    """The graph (14, 14) over `NAMES`: 1 at [i, j] where i acts on j.

    Examples
    --------
    >>> graph = true_graph()
    >>> [NAMES[i] for i in graph[:, NAMES.index("log_size")].nonzero()[0]]
    ['log_mass', 'bulge_logit']
    """
    graph = np.zeros((len(NAMES), len(NAMES)), dtype=int)
    for (cause, effect), slope in effects.items():
        graph[NAMES.index(cause), NAMES.index(effect)] = slope != 0
    for cause in SEEN:
        graph[NAMES.index(cause), len(VARIABLES) :] = 1
    return graph


def _response(effects: Mapping[tuple[str, str], float]) -> np.ndarray:
    """(1 - B)^-1: how far each variable moves for each noise."""
    slopes = np.zeros((len(VARIABLES), len(VARIABLES)))
    for (cause, effect), slope in effects.items():
        if not {cause, effect} <= set(VARIABLES) or VARIABLES.index(cause) >= VARIABLES.index(effect):
            raise ParameterError(
                "effects",
                expected=f"a cause before its effect among {', '.join(VARIABLES)}",
                got=f"{cause!r} on {effect!r}",
                next_step="Correct the pair.",
            )
        slopes[VARIABLES.index(effect), VARIABLES.index(cause)] = slope
    return np.linalg.inv(np.eye(len(VARIABLES)) - slopes)
