"""Mutual information from distances to neighbours (Kraskov, Stoegbauer & Grassberger 2004, algorithm 1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .columns import check_rows
from .copula import correlation, information_of
from .estimate import LocalInformation, standard_error
from .ranks import normal_scores, tied_share

N_NEIGHBORS = 4
TRUSTED_BIAS = 0.05  # nats; an estimator that errs by more deserves a note
WIDER, STRETCH = 4, 3  # a bias that grows as k^0.2 or faster is at most 3 steps from k to 4 k
N_TWINS, TWIN_ROWS = 32, 125  # Gaussian draws that tell the variance, and their rows for each neighbour
NOTE = "ksg on ranks (normal scores)"


def ksg(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, *, n_neighbors: int) -> LocalInformation:
    """Estimate I(X; Y) on normal scores, and measure the bias on a Gaussian of the same shape.

    Parameters
    ----------
    x : (n_samples, n_x)
    y : (n_samples, n_y)
    rng : numpy Generator
        Breaks ties and draws the Gaussian.
    n_neighbors : int

    Returns
    -------
    LocalInformation
        `reach` holds the larger of two signs of bias: on the Gaussian whose normal scores correlate as those
        of the data do, and three times the step between neighbourhoods of k and of 4 k rows.
    """
    check_rows(len(x), least=n_neighbors + 2, why=f"for {n_neighbors} neighbours")
    scores_x, scores_y = normal_scores(x, rng), normal_scores(y, rng)
    local = local_values(scores_x, scores_y, n_neighbors)
    signs = [gaussian_bias(scores_x, scores_y, rng, n_neighbors)]
    if len(x) > WIDER * n_neighbors + 1:
        wider = local_values(scores_x, scores_y, WIDER * n_neighbors).mean()
        signs.append(STRETCH * float(wider - local.mean()))
    below, above, notes = max(0.0, *signs), max(0.0, *(-sign for sign in signs)), [NOTE]
    tied = max(tied_share(x), tied_share(y))
    if tied > 0.01:
        notes.append(f"{tied:.0%} tied values, ties broken at random")
    if max(below, above) > TRUSTED_BIAS:
        notes.append(
            f"{len(x)} samples are few for {x.shape[1]} + {y.shape[1]} dimensions of this shape: the value "
            f"may err by {below:.3f} nats upwards, {above:.3f} downwards; the interval is widened by as much"
        )
    if local.mean() > ceiling(len(x), n_neighbors) - 1:
        above = np.inf
        notes.append(f"near the largest value that {len(x)} samples can show: no upper end")
    shared = excess_variance(scores_x, scores_y, rng, n_neighbors)
    blur = float(np.sqrt(max(0.0, shared - 1))) * standard_error(local)
    return LocalInformation(local, blur=blur, reach=(below, above), notes=tuple(notes))


def local_values(x: np.ndarray, y: np.ndarray, n_neighbors: int) -> np.ndarray:
    """Equation 8 before its mean: psi(k) + psi(n) - psi(n_x + 1) - psi(n_y + 1) of each row.

    n_x and n_y count rows strictly closer than the k-th neighbour in the joint space, in the maximum norm.
    """
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    joint = np.hstack([x, y])
    distance = cKDTree(joint).query(joint, [n_neighbors + 1], p=np.inf)[0][:, 0]
    # "Strictly closer" must survive rounding: the neighbour itself lies exactly at this distance.
    radius = distance * (1 - 1e-10)
    counts = _closer(x, radius), _closer(y, radius)
    return digamma(n_neighbors) + digamma(len(x)) - digamma(counts[0]) - digamma(counts[1])


def excess_variance(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, n_neighbors: int) -> float:
    """Variance of the estimate over that of a mean of independent rows, on a Gaussian that correlates alike.

    Rows share neighbours, so that the scatter of pointwise values alone says too little. By how much depends
    on the dependence and the dimensions and hardly on the number of rows: small draws tell it (a parametric
    bootstrap of the ratio: Efron & Tibshirani 1993, section 6.5). The scatter over blocks of rows (Holmes &
    Nemenman 2019) does not: with the same k in smaller blocks the variance falls more slowly than 1 / n.
    """
    n_rows, n_x = min(len(x), TWIN_ROWS * n_neighbors), x.shape[1]
    means, variances = [], []
    for draw in gaussian_twins(x, y, rng, n_rows, N_TWINS):
        scores = normal_scores(draw, rng)
        local = local_values(scores[:, :n_x], scores[:, n_x:], n_neighbors)
        means.append(local.mean())
        variances.append(standard_error(local) ** 2)
    return float(np.var(means, ddof=1) / np.mean(variances))


def gaussian_twins(
    x: np.ndarray, y: np.ndarray, rng: np.random.Generator, n_rows: int, n_draws: int
) -> Iterator[np.ndarray]:
    """Draws (n_rows, n_x + n_y) of a Gaussian that correlates as normal scores x and y do."""
    factor = np.linalg.cholesky(correlation(np.hstack([x, y])))
    for _ in range(n_draws):
        yield rng.standard_normal((n_rows, len(factor))) @ factor.T


def gaussian_bias(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, n_neighbors: int) -> float:
    """Estimate less truth, in nats, on as many draws of a Gaussian that correlates as normal scores do.

    Small samples are drawn several times: one draw of few rows says little.
    """
    n_samples, n_x = x.shape
    errors = []
    for draw in gaussian_twins(x, y, rng, n_samples, int(np.clip(10_000 // n_samples, 1, 20))):
        # The draw's own information, as its sample correlation has it, takes most of the noise out.
        found = local_values(draw[:, :n_x], draw[:, n_x:], n_neighbors).mean()
        errors.append(found - information_of(correlation(draw), n_x))
    return float(np.mean(errors))


def ceiling(n_samples: int, n_neighbors: int) -> float:
    """The value of y = x: each neighbourhood holds k rows in x and in y as well."""
    from scipy.special import digamma

    return float(digamma(n_samples) - digamma(n_neighbors))


def _closer(columns: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """How many rows lie within `radius` of each row, itself included."""
    from scipy.spatial import cKDTree

    if columns.shape[1] > 1:
        return cKDTree(columns).query_ball_point(columns, radius, p=np.inf, return_length=True)
    column = columns[:, 0]
    ordered = np.sort(column)
    right = np.searchsorted(ordered, column + radius, side="right")
    return right - np.searchsorted(ordered, column - radius, side="left")
