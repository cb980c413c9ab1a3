"""A Gaussian mixture that knows weights and measurement errors.

scikit-learn's mixture takes neither: a source with 700 observations would count 700 times, and a noisy
measurement as much as a good one. This is the expectation-maximisation of Bovy, Hogg & Roweis (2011, Annals
of Applied Statistics 5, 1657, eqs. 13 to 17, "extreme deconvolution") with a weight per sample. Without
weights and errors it is the ordinary mixture, and a test holds it against scikit-learn's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from ..errors import DataError
from ..random import RandomState, as_seed

SHORT_RUN = 10  # iterations
SHARE_FINISHED = 0.15  # of the starts


@dataclass(frozen=True)
class Mixture:
    """A fitted Gaussian mixture.

    Attributes
    ----------
    shares : (n_components,)
        Shares of the components; they sum to 1.
    means : (n_components, n_features)
    covariances : (n_components, n_features, n_features)
        Intrinsic covariances, the measurement errors taken out.
    log_likelihood : float
        Weighted mean log-likelihood of a sample, in nats.
    n_iterations : int
    converged : bool
    """

    shares: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    log_likelihood: float
    n_iterations: int
    converged: bool

    def membership(self, points: np.ndarray, errors: np.ndarray | None = None) -> np.ndarray:
        """Probability of each component, the errors integrated over: (n_samples, n_components)."""
        points, variances = _as_points(points, errors)
        log_joint = _expect(points, variances, self)[0]
        return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))

    def membership_below(
        self, points: np.ndarray, limited: int, features: list[int], errors: np.ndarray | None = None
    ) -> np.ndarray:
        """Membership of points of which one feature is only an upper limit and others may be unknown.

        Parameters
        ----------
        points : (n_samples, n_features)
            Column `limited` holds the upper limits; of the others, only those in `features` are read.
        limited : int
            The column with upper limits: its density is replaced by the probability of lying below.
        features : list of int
            The columns that are known; all others are marginalised.
        errors : (n_samples, n_features), optional
            1-sigma errors of the known features.

        Returns
        -------
        (n_samples, n_components)
        """
        variances = np.zeros((len(points), len(features))) if errors is None else errors[:, features] ** 2
        log_joint = np.empty((len(points), len(self.shares)))
        for k, (share, mean, covariance) in enumerate(
            zip(self.shares, self.means, self.covariances, strict=True)
        ):
            known = covariance[np.ix_(features, features)] + _diagonal(variances)
            inverse, crossed = np.linalg.inv(known), covariance[features, limited]
            offset = points[:, features] - mean[features]
            # Conditional Gaussian of the limited feature, given the known ones.
            gain = inverse @ crossed  # (n_samples, n_known)
            spread = np.sqrt(covariance[limited, limited] - gain @ crossed)
            below = norm.logcdf((points[:, limited] - mean[limited] - (offset * gain).sum(1)) / spread)
            log_joint[:, k] = np.log(share) + _log_gaussian(offset, known, inverse) + below
        return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))


def fit_mixture(
    points: np.ndarray,
    *,
    n_components: int = 2,
    errors: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    random_state: RandomState = 0,
    n_starts: int = 40,
    max_iterations: int = 500,
    tolerance: float = 1e-6,
) -> Mixture:
    """Fit a Gaussian mixture by expectation-maximisation, with weights and measurement errors.

    Parameters
    ----------
    points : (n_samples, n_features)
        Finite; scale the features to comparable widths first.
    n_components : int
    errors : (n_samples, n_features), optional
        1-sigma errors of the points, independent between features. The components describe what lies behind
        them.
    weights : (n_samples,), optional
        Non-negative; only their ratios count. `1 / n` of a source's observations makes every source count the
        same.
    random_state : int, Generator or None
        Of the starts.
    n_starts : int
        So many short runs; the most likely few are finished, and the best is kept.
    max_iterations, tolerance
        Stop when the weighted mean log-likelihood (nats) rises by less than `tolerance`.

    Returns
    -------
    Mixture
        Components in order of falling share.

    Raises
    ------
    DataError
        When the points are not finite or fewer than `n_components * (n_features + 1)`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = np.concatenate([rng.normal(-2, 1, (300, 2)), rng.normal(2, 1, (100, 2))])
    >>> mixture = fit_mixture(points, n_components=2)
    >>> [round(float(share), 1) for share in mixture.shares]
    [0.8, 0.2]
    """
    points, variances = _as_points(points, errors)
    _check_enough(points, n_components)
    weights = np.full(len(points), 1.0) if weights is None else np.asarray(weights, float)
    weights = weights / weights.sum()
    floor = _floor(points, weights)
    dealt = _starts(points, weights, n_components, n_starts, as_seed(random_state))
    starts = [_unfitted(_moments(points[:, None], 0.0, weights, each, floor)) for each in dealt]
    run = partial(_maximise, points, variances, weights, floor=floor, tolerance=tolerance)
    # Short runs choose which starts are worth a long one (Biernacki, Celeux & Govaert 2003, CSDA 41, 561).
    short = sorted((run(each, SHORT_RUN) for each in starts), key=lambda fit: -fit.log_likelihood)
    best = max(
        (run(each, max_iterations) for each in short[: max(2, round(SHARE_FINISHED * n_starts))]),
        key=lambda fit: fit.log_likelihood,
    )
    order = np.argsort(-best.shares, kind="stable")
    return Mixture(
        best.shares[order],
        best.means[order],
        best.covariances[order],
        best.log_likelihood,
        best.n_iterations,
        best.converged,
    )


def _starts(points, weights, n_components, n_starts, seed):
    """Responsibilities (n_samples, n_components): each point to the nearest seed of k-means++."""
    from sklearn.cluster import kmeans_plusplus

    for start in range(n_starts):
        centres, _ = kmeans_plusplus(
            points, n_components, sample_weight=weights, random_state=(seed + start) % 2**32
        )
        distance = ((points[:, None] - centres) ** 2).sum(-1)
        yield np.eye(n_components)[distance.argmin(1)]


def _unfitted(moments, log_likelihood: float = -np.inf, n_iterations: int = 0) -> Mixture:
    shares, means, covariances = moments
    return Mixture(shares, means, covariances, log_likelihood, n_iterations, converged=False)


def _floor(points, weights) -> float:
    """A little variance for every component, so that none can collapse onto a single point."""
    centred = points - weights @ points
    return float(1e-6 * (weights @ centred**2).mean())


def _maximise(points, variances, weights, mixture, max_iterations, *, floor, tolerance) -> Mixture:
    mixture = replace(mixture, log_likelihood=-np.inf)
    for iteration in range(1, max_iterations + 1):
        log_joint, expected, spread = _expect(points, variances, mixture)
        log_evidence = logsumexp(log_joint, axis=1)
        log_likelihood = float(weights @ log_evidence)
        converged = log_likelihood - mixture.log_likelihood < tolerance
        if converged:
            return replace(mixture, log_likelihood=log_likelihood, n_iterations=iteration, converged=True)
        responsibility = np.exp(log_joint - log_evidence[:, None])
        moments = _moments(expected, spread, weights, responsibility, floor)
        mixture = _unfitted(moments, log_likelihood, iteration)
    return mixture


def _expect(points, variances, mixture):
    """Log joint density; mean and covariance of the error-free points (Bovy et al. 2011, eq. 14)."""
    offset = points[:, None] - mixture.means  # (n_samples, n_components, n_features)
    total = mixture.covariances[None]
    if variances is not None:
        total = total + _diagonal(variances)[:, None]  # (n_samples, n_components, n_features, n_features)
    inverse = np.linalg.inv(total)
    log_joint = np.log(mixture.shares) + _log_gaussian(offset, total, inverse)
    if variances is None:
        return log_joint, points[:, None], 0.0
    gain = mixture.covariances @ inverse
    expected = mixture.means + (gain @ offset[..., None])[..., 0]
    return log_joint, expected, mixture.covariances - gain @ mixture.covariances


def _moments(expected, spread, weights, responsibility, floor):
    """Shares, means and covariances from the expected points (Bovy et al. 2011, eq. 16)."""
    mass = weights[:, None] * responsibility  # (n_samples, n_components)
    shares = np.maximum(mass.sum(0), 1e-12)
    expected = np.broadcast_to(expected, (*responsibility.shape, expected.shape[-1]))
    means = np.einsum("nk,nki->ki", mass, expected) / shares[:, None]
    offset = expected - means
    outer = np.einsum("nk,nki,nkj->kij", mass, offset, offset)
    if not np.isscalar(spread):
        outer = outer + np.einsum("nk,nkij->kij", mass, spread)
    return shares / shares.sum(), means, outer / shares[:, None, None] + floor * np.eye(means.shape[1])


def _log_gaussian(offset: np.ndarray, covariance: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Log density of N(0, covariance) at each offset; leading dimensions broadcast."""
    distance = ((offset[..., None, :] @ inverse)[..., 0, :] * offset).sum(-1)
    return -0.5 * (distance + np.linalg.slogdet(covariance)[1] + offset.shape[-1] * np.log(2 * np.pi))


def _diagonal(variances: np.ndarray) -> np.ndarray:
    return variances[:, :, None] * np.eye(variances.shape[1])


def _as_points(points, errors) -> tuple[np.ndarray, np.ndarray | None]:
    points = np.asarray(points, float)
    for name, values in (("points", points), ("errors", errors)):
        if values is not None and not np.isfinite(values).all():
            raise DataError(
                f"{name} of the mixture",
                expected="finite numbers",
                got=f"{int((~np.isfinite(values)).any(axis=1).sum())} of {len(points)} rows that are not",
                next_step="Drop or impute those rows first.",
            )
    return points, None if errors is None else np.asarray(errors, float) ** 2


def _check_enough(points: np.ndarray, n_components: int) -> None:
    needed = n_components * (points.shape[1] + 1)
    if len(points) < needed:
        raise DataError(
            f"points of a mixture with {n_components} components",
            expected=f"at least {needed} samples in {points.shape[1]} dimensions",
            got=f"{len(points)}",
            next_step="Use fewer components or features, or more data.",
        )
