"""What a variable tells about a target beyond a learned representation: dependence among neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import chi2, false_discovery_control, norm
from scipy.stats import t as student

from ...errors import ParameterError
from ...random import RandomState, as_generator

FEWEST_FREE = 5  # degrees of freedom left in a neighbourhood, at least
MOST = 1 - 1e-12  # of a correlation, so that its z is finite


@dataclass(frozen=True, repr=False)
class LocalDependence:
    """Dependence of a target and a query in neighbourhoods of a representation that share no row.

    Attributes
    ----------
    anchors : (m,) int64
        The row in the middle of each neighbourhood.
    correlation : (m,) float64
        Of what is left of target and query there.
    p_values, q_values : (m,) float64
        Of no dependence, for each neighbourhood; after Benjamini & Hochberg (they share no rows).
    p_value : float
        Of no dependence anywhere: the squared z of all neighbourhoods add up to a chi-squared.
    mean_correlation, low, high : float
        Mean over neighbourhoods by Fisher's z, with its 95% interval (they may differ from each other).
    absolute, absolute_shuffled : float
        Mean absolute correlation, and the same with the query shuffled inside each neighbourhood: the
        comparison of the paper.
    k, degrees_of_freedom : int
        Rows in a neighbourhood, and what is left of them after the fits.
    """

    anchors: np.ndarray
    correlation: np.ndarray
    p_values: np.ndarray
    q_values: np.ndarray
    p_value: float
    mean_correlation: float
    low: float
    high: float
    absolute: float
    absolute_shuffled: float
    k: int
    degrees_of_freedom: int

    def __repr__(self) -> str:
        return (
            f"{len(self.anchors)} neighbourhoods of {self.k}: mean correlation {self.mean_correlation:.3f} "
            f"[{self.low:.3f}, {self.high:.3f}], p = {self.p_value:.2g}; mean absolute {self.absolute:.3f}, "
            f"shuffled {self.absolute_shuffled:.3f}"
        )


def local_dependence(
    latents: Any,
    target: Any,
    query: Any,
    *,
    given: Any = None,
    k: int = 100,
    n_shuffles: int = 20,
    random_state: RandomState = 0,
) -> LocalDependence:
    """Correlate a target with a query among neighbours in a representation (Zhang et al. 2025, calibrated).

    If a representation held all that the query says of the target, they would be independent among sources
    that it puts in one place. A neighbourhood has a size, though, and target and query may both change
    across it: so both are first replaced by what a linear fit in the latents, and a quadratic one in `given`,
    leaves of them there.

    Parameters
    ----------
    latents : (n_samples, n_latents) array_like
    target, query : (n_samples,) array_like
    given : (n_samples, n_given) array_like, optional
        Variables to condition on.
    k : int
        Rows in a neighbourhood; as many are taken as find their `k` nearest rows without sharing one.
    n_shuffles : int
        Of the query, in each neighbourhood, for `absolute_shuffled`.

    Raises
    ------
    ParameterError
        Arrays of different lengths, values that are not finite, or too small a `k` for the fits.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> latents, query = rng.normal(size=(3000, 2)), rng.normal(size=3000)
    >>> seen = local_dependence(latents, latents[:, 0] + query, query)
    >>> hidden = local_dependence(latents, latents[:, 0] + rng.normal(size=3000), query)
    >>> seen.p_value < 1e-6 < 0.01 < hidden.p_value
    True
    """
    arrays = [_matrix(array, name) for name, array in _named(latents, target, query, given).items()]
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1:
        raise _bad("arrays of one length", f"lengths {lengths}", "Make them from the same rows.")
    latents, target, query, given = arrays
    free = k - 1 - latents.shape[1] - _n_quadratic(given.shape[1])
    if free < FEWEST_FREE or 2 * k > len(latents):
        raise _bad(
            f"k between {k - free + FEWEST_FREE} (for {latents.shape[1]} latents and {given.shape[1]} given) "
            f"and half of the {len(latents):,} rows",
            f"k = {k}",
            "Take another k, or fewer variables.",
        )
    rng = as_generator(random_state)
    places = _apart(latents, k, rng)
    correlation, shuffled = [], []
    for rows in places:
        fit = _fit(latents[rows], given[rows])
        one, other = _left(target[rows, 0], fit), _left(query[rows, 0], fit)
        correlation.append(_correlation(one, other))
        # Fitted anew after each shuffle: the shuffled would have more degrees of freedom otherwise.
        several = [_left(rng.permutation(other), fit) for _ in range(n_shuffles)]
        shuffled += [abs(_correlation(one, each)) for each in several]
    z = np.arctanh(correlation)
    scores = z * np.sqrt(free - 2)  # normal with variance 1 without dependence (Fisher)
    p_values = 2 * norm.sf(np.abs(scores))
    half = student.ppf(0.975, len(z) - 1) * z.std(ddof=1) / np.sqrt(len(z))
    return LocalDependence(
        anchors=np.array([rows[0] for rows in places]),
        correlation=np.array(correlation),
        p_values=p_values,
        q_values=false_discovery_control(p_values),
        p_value=float(chi2.sf((scores**2).sum(), len(scores))),
        mean_correlation=float(np.tanh(z.mean())),
        low=float(np.tanh(z.mean() - half)),
        high=float(np.tanh(z.mean() + half)),
        absolute=float(np.abs(correlation).mean()),
        absolute_shuffled=float(np.mean(shuffled)),
        k=k,
        degrees_of_freedom=free,
    )


def _named(latents: Any, target: Any, query: Any, given: Any) -> dict[str, Any]:
    none = np.empty((len(np.asarray(target)), 0))
    return {"latents": latents, "target": target, "query": query, "given": none if given is None else given}


def _matrix(array: Any, name: str) -> np.ndarray:
    array = np.asarray(array, dtype=np.float64)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or (name in ("target", "query") and array.shape[1] != 1):
        raise _bad(
            f"{name} with a row for each source", f"shape {array.shape}", "Pass one variable at a time."
        )
    n_bad = int((~np.isfinite(array).all(1)).sum())
    if n_bad:
        raise _bad(f"finite values in {name}", f"{n_bad:,} rows that are not", "Leave those rows out.")
    return array


def _n_quadratic(n: int) -> int:
    return n + n * (n + 1) // 2


def _apart(latents: np.ndarray, k: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Neighbourhoods of `k` rows each, the anchor first, that share no row; at least two."""
    scale = latents.std(0)
    points = latents / np.where(scale > 0, scale, 1.0)
    tree, taken, places = cKDTree(points), np.zeros(len(points), dtype=bool), []
    for anchor in rng.permutation(len(points)):
        if taken[anchor]:
            continue
        rows = tree.query(points[anchor], k)[1]
        if not taken[rows].any():
            taken[rows] = True
            places.append(np.r_[anchor, rows[rows != anchor]][:k])
    if len(places) < 2:
        next_step = "Take a smaller k, with fewer latents (principal components) if need be, or more rows."
        raise _bad("room for two neighbourhoods", f"one of {k} rows", next_step)
    return places


def _fit(latents: np.ndarray, given: np.ndarray) -> np.ndarray:
    """An orthonormal basis (k, rank) of fits that are linear in the latents and quadratic in `given`."""
    i, j = np.triu_indices(given.shape[1])
    fit = np.column_stack([latents, given, given[:, i] * given[:, j]])
    fit = np.column_stack([np.ones(len(fit)), fit - fit.mean(0)])
    basis, size, _ = np.linalg.svd(fit, full_matrices=False)
    return basis[:, size > size[0] * len(fit) * np.finfo(float).eps]


def _left(values: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """What the best fit leaves of some values (k,)."""
    return values - fit @ (fit.T @ values)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    size = np.linalg.norm(one) * np.linalg.norm(other)
    return float(np.clip(one @ other / size, -MOST, MOST)) if size > 0 else 0.0


def _bad(expected: str, got: str, next_step: str) -> ParameterError:
    return ParameterError("local dependence", expected=expected, got=got, next_step=next_step)
