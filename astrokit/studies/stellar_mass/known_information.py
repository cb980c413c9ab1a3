"""What the bands of simulated galaxies know of a cause: the truth that estimators are held against.

In the linear setting (`simulate_galaxies(linear=True)`) all variables are jointly Gaussian and the answers
are closed forms of the covariance. In the full model the likelihood of the magnitudes is known, and what is
integrated out of it, is so by importance sampling: p(magnitudes) over all causes, p(magnitudes | target)
over the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...data.simulate.galaxies import BANDS, NAMES, VARIABLES, linear_covariance, simulate_galaxies
from ...data.simulate.galaxies.causes import SEEN
from ...errors import ParameterError
from ...explain.information.copula import information_of
from ...explain.information.decomposition import Decomposition
from ...explain.information.estimate import InformationEstimate, LocalInformation, estimate_of
from ...explain.information.gaussian import pid_gaussian
from ...explain.information.units import nats_per
from ...random import RandomState, as_generator
from . import evidence
from .evidence import log_evidence, of_bands

CHUNK = 250  # galaxies at a time, to keep the memory small


def linear_information(bands: Sequence[str], target: str = "log_mass", *, unit: str = "bits") -> float:
    """I(bands; target) in the linear setting, exact.

    Parameters
    ----------
    bands : sequence of str
        Names of bands, or of causes that are known beside them.
    target : str
        One of the causes.
    unit : {"bits", "nats"}

    Raises
    ------
    ParameterError
        For an unknown name, or the target among the bands.

    Examples
    --------
    >>> linear_information(["g"]) < linear_information(["g", "r"]) < linear_information(BANDS)
    True
    """
    return information_of(_covariance(bands, target), len(bands)) / nats_per(unit)


def linear_pid(
    first: Sequence[str],
    second: Sequence[str],
    target: str = "log_mass",
    *,
    measure: str = "mmi",
    unit: str = "bits",
) -> Decomposition:
    """The decomposition of I(first, second; target) in the linear setting, exact: see `pid_gaussian`.

    Examples
    --------
    >>> bool(abs(linear_pid(["g"], ["r"]).total - linear_information(["g", "r"])) < 1e-9)
    True
    """
    covariance = _covariance([*first, *second], target)
    return pid_gaussian(covariance, len(first), len(second), 1, measure=measure, unit=unit)


def full_information(
    bands: Sequence[str],
    target: str = "log_mass",
    *,
    n_samples: int = 2000,
    linear: bool = False,
    unit: str = "bits",
    random_state: RandomState = 0,
) -> InformationEstimate:
    """I(bands; target) in the full model, by a large sample, with its 90% interval.

    Parameters
    ----------
    bands : sequence of str
    target : str
        One of `SEEN`, the causes that act on magnitudes.
    n_samples : int
        Galaxies; the interval narrows with its root. Each takes a hundred draws for each of two integrals.
    linear : bool
        Take the linear setting, where `linear_information` is exact: a check of this function.
    unit : {"bits", "nats"}
    random_state : int, Generator, SeedSequence or None
        An integer gives every set of bands the same galaxies.

    Notes
    -----
    Galaxies at the limit of W1 and W2, whose errors depend much on what is integrated over, can be integrated
    badly: the interval is then far wider than 1 / sqrt(n_samples), and the value too high.

    Raises
    ------
    ParameterError
        For an unknown name.

    Examples
    --------
    >>> full_information(["g", "r"], n_samples=300).unit
    'bits'
    """
    local = LocalInformation(
        pointwise(bands, target, n_samples=n_samples, linear=linear, random_state=random_state)
    )
    return estimate_of(local, None, "importance sampling", unit, nats_per(unit))


def pointwise(
    bands: Sequence[str],
    target: str = "log_mass",
    *,
    n_samples: int = 2000,
    linear: bool = False,
    random_state: RandomState = 0,
) -> np.ndarray:
    """log p(magnitudes | target) - log p(magnitudes) of simulated galaxies, (n_samples,), in nats."""
    _check_names(bands, BANDS)
    _check_names([target], SEEN)
    rng = as_generator(random_state)
    galaxies = simulate_galaxies(n_samples, linear=linear, random_state=rng)
    places = [BANDS.index(band) for band in bands]
    predict = of_bands(evidence.linear if linear else evidence.full, places)
    values = []
    for start in range(0, n_samples, CHUNK):
        rows = slice(start, start + CHUNK)
        seen, causes = galaxies.magnitude[rows][:, places], galaxies.causes[rows]
        known = log_evidence(seen, causes, predict, rng, known=[target])
        values.append(known - log_evidence(seen, causes, predict, rng))
    return np.concatenate(values)


def _covariance(bands: Sequence[str], target: str) -> np.ndarray:
    """Of the bands and, last, the target."""
    _check_names(bands, [name for name in NAMES if name != target])
    _check_names([target], VARIABLES)
    places = [NAMES.index(name) for name in (*bands, target)]
    return linear_covariance()[np.ix_(places, places)]


def _check_names(names: Sequence[str], allowed: Sequence[str]) -> None:
    wrong = [name for name in names if name not in allowed]
    if wrong or not names or len(set(names)) < len(names):
        raise ParameterError(
            "names of variables",
            expected=f"different ones among {', '.join(allowed)}",
            got=", ".join(map(repr, wrong or names)) or "none",
            next_step="Correct the names.",
        )
