"""A mutual information estimated from data, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...evaluation.bootstrap import LEVEL


@dataclass(frozen=True, repr=False)
class InformationEstimate:
    """Mutual information from samples.

    Attributes
    ----------
    value : float
        As estimated. A negative value is reported as it is: it means "none found", with noise.
    low, high : float
        90% interval, widened by the bias where the estimator knows that it has one; `high` may be infinite.
        With a `bound`, it is the interval of the bound.
    unit : str
        "nats" or "bits".
    estimator : str
    bound : str or None
        "lower" where the value estimates a lower bound of I(X; Y), whatever the number of samples (binned
        variables, a model's predictions); None where it estimates I(X; Y) itself.
    n_samples : int
    notes : tuple of str
        What was done to the data, and where the number is not to be trusted.

    Examples
    --------
    >>> print(InformationEstimate(0.41, 0.39, 0.43, "nats", "ksg", None, 1000))
    0.410 [0.390, 0.430] nats (ksg, 1000 samples)
    """

    value: float
    low: float
    high: float
    unit: str
    estimator: str
    bound: str | None
    n_samples: int
    notes: tuple[str, ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        """(low, high), as `astrokit.run.record` takes it."""
        return self.low, self.high

    def __str__(self) -> str:
        bound = f", {self.bound} bound" if self.bound else ""
        numbers = f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] {self.unit}"
        return "; ".join([f"{numbers} ({self.estimator}, {self.n_samples} samples{bound})", *self.notes])

    __repr__ = __str__


@dataclass(frozen=True)
class LocalInformation:
    """What every estimator hands on: the pointwise informations of the rows, in nats.

    Attributes
    ----------
    values : (n_samples,)
        Their mean, less `bias`, is the estimate.
    bias : float
        A bias known in closed form, subtracted.
    blur : float
        A standard error beyond that of the mean, which stays where all pointwise values are equal.
    reach : (below, above)
        How far the truth may lie beyond the interval of the mean: a bias that is not subtracted.
    """

    values: np.ndarray
    bias: float = 0.0
    blur: float = 0.0
    reach: tuple[float, float] = (0.0, 0.0)
    bound: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        return float(self.values.mean()) - self.bias


def estimate_of(
    local: LocalInformation, groups: np.ndarray | None, estimator: str, unit: str, nats: float
) -> InformationEstimate:
    """Value and 90% interval of pointwise informations, whose rows hang together within `groups`."""
    from scipy.stats import norm

    half = float(norm.ppf((1 + LEVEL) / 2)) * float(
        np.hypot(standard_error(local.values, groups), local.blur)
    )
    value, (below, above) = local.mean, local.reach
    low, high = (value - half - below) / nats, (value + half + above) / nats
    n_samples = len(local.values)
    return InformationEstimate(value / nats, low, high, unit, estimator, local.bound, n_samples, local.notes)


def standard_error(values: np.ndarray, groups: np.ndarray | None = None) -> float:
    """Standard error of the mean of `values`, where whole groups are independent of one another."""
    if groups is None:
        return float(values.std(ddof=1) / np.sqrt(len(values)))
    _, code = np.unique(groups, return_inverse=True)
    sums = np.bincount(code, weights=values - values.mean())
    n_groups = len(sums)
    return float(np.sqrt(n_groups / (n_groups - 1) * (sums**2).sum()) / len(values))
