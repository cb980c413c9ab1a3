"""Settings of trees and networks, chosen anew among rows to learn from.

Those in `members` were chosen once, on the whole labelled table, so that the folds that judge the blend had a
say in them. What that is worth shows a blend whose settings each training fold chooses for itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ...evaluation import assign_folds, fit_pool, log_loss, out_of_fold
from .members import NetworkMaker, Trees

N_INNER = 4
TREES_TRIED: tuple[Mapping[str, Any], ...] = (
    {},
    {"max_depth": 2},
    {"max_depth": 6},
    {"n_estimators": 200},
    {"n_estimators": 50},
    {"colsample_bytree": 0.8},
)
NETWORKS_TRIED: tuple[Mapping[str, Any], ...] = (
    {},
    {"alpha": 0.1},
    {"alpha": 10.0},
    {"hidden": (32,)},
    {"hidden": (128, 64)},
)


def choose_makers(
    points: np.ndarray, code: np.ndarray, groups: np.ndarray | None, seed: int
) -> tuple[Callable[[int], Any], Callable[[int], Any]]:
    """Makers of trees and of networks with the settings whose calibrated opinions lose least.

    Parameters
    ----------
    points : (n_samples, n_features)
    code : (n_samples,)
        Numbers of the classes.
    groups : (n_samples,) or None
        Rows that stay in one inner fold.
    seed : int

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> code = np.repeat([0, 1], 60)
    >>> points = rng.normal(size=(120, 2)) + code[:, None]
    >>> make_trees, make_network = choose_makers(points, code, None, 0)
    >>> make_trees(1).fit(points, code).predict_proba(points).shape
    (120, 2)
    """
    folds = assign_folds(code, N_INNER, groups=groups, random_state=seed)
    best = [
        _best([partial(make, **settings) for settings in tried], points, code, folds, seed)
        for make, tried in ((make_trees, TREES_TRIED), (NetworkMaker, NETWORKS_TRIED))
    ]
    return best[0], best[1]


def make_trees(seed: int, **settings: Any) -> Trees:
    """Trees that differ from `members.TREES` in some settings."""
    return Trees(seed, settings=settings)


def _best(
    makers: Sequence[Callable[[int], Any]], points: np.ndarray, code: np.ndarray, folds: np.ndarray, seed: int
) -> Callable[[int], Any]:
    from sklearn.exceptions import ConvergenceWarning

    def loss(make: Callable[[int], Any]) -> float:
        def predict(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
            return make(seed).fit(points[learn], code[learn]).predict_proba(points[judge])

        opinions = [out_of_fold(predict, folds, n_threads=2)]
        return log_loss(fit_pool(opinions, code).apply(opinions), code)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a network that is stopped on purpose
        return min(makers, key=loss)
