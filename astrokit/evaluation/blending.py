"""Calibrated classifiers: several kinds, pooled by what they say of rows that they have not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from ..errors import ParameterError
from ..progress import Progress
from ..random import RandomState, as_generator
from .classes import decide
from .folds import assign_folds
from .pooling import Pool, fit_pool

Maker = Callable[[int], Any]  # from a seed to an unfitted classifier


class Blend(NamedTuple):
    """Classifiers fitted on all inner folds but one, several kinds a fold, and their pool.

    Attributes
    ----------
    members : tuple of tuple of fitted classifiers
        A tuple for each inner fold that they have not seen, a classifier of each kind in it.
    pool : Pool
    classes : (n_classes,)
        Names of the classes, sorted.
    priors : (n_classes,)
        Their shares among the rows learned from.
    """

    members: tuple[tuple[Any, ...], ...]
    pool: Pool
    classes: np.ndarray
    priors: np.ndarray

    def probabilities(self, points: ArrayLike) -> np.ndarray:
        """Calibrated probabilities (n_samples, n_classes) of points (n_samples, n_features)."""
        pooled = [self.pool.apply([each.predict_proba(points) for each in kinds]) for kinds in self.members]
        # Geometric: an arithmetic mean of calibrated opinions is too timid, the more so the more there are.
        return softmax(np.log(pooled).mean(0), axis=1)

    def classify(self, points: ArrayLike) -> np.ndarray:
        """Names (n_samples,) of the classes with the largest probability over prior (`decide`)."""
        return self.classes[decide(self.probabilities(points), self.priors)]


def fit_blend(
    makers: Mapping[str, Maker],
    points: ArrayLike,
    labels: ArrayLike,
    *,
    n_inner: int = 4,
    groups: ArrayLike | None = None,
    n_threads: int = 2,
    random_state: RandomState = 0,
    progress: bool = True,
) -> Blend:
    """Fit classifiers of several kinds, and from what they say of unseen rows the pool of their opinions.

    The rows are dealt to inner folds. Each kind is fitted without each fold and judges it; the pool is fitted
    on these judgements of all rows (`fit_pool`). No classifier is fitted anew: all are kept, and a new point
    gets the geometric mean of their pooled opinions. So weights, temperature and class biases are chosen on
    training rows only, and every row serves both to learn and to calibrate (as Zadrozny & Elkan 2002, KDD,
    694 have it for one classifier).

    Parameters
    ----------
    makers : {kind: maker}
        A maker takes a seed and returns an unfitted classifier with `fit` and `predict_proba`, as those of
        scikit-learn and xgboost; it is fitted to class numbers. One thread each is best: they run beside each
        other.
    points : (n_samples, n_features)
    labels : (n_samples,)
    n_inner : int
    groups : (n_samples,), optional
        Rows that stay in one inner fold, for instance observations of a source.
    n_threads : int
        Fits at a time; the result does not depend on it.
    random_state, progress

    Raises
    ------
    ParameterError
        Without a maker.
    DataError
        When a class has fewer rows than there are inner folds.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.naive_bayes import GaussianNB
    >>> rng = np.random.default_rng(0)
    >>> points, labels = rng.normal(size=(600, 2)), np.repeat(["common", "rare"], [500, 100])
    >>> points[500:] += 2
    >>> makers = {"line": lambda seed: LogisticRegression(), "bayes": lambda seed: GaussianNB()}
    >>> blend = fit_blend(makers, points, labels)
    >>> blend.classify([[0.0, 0.0], [2.0, 2.0]]).tolist()
    ['common', 'rare']
    """
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    if not makers:
        raise ParameterError(
            "makers", expected="at least one kind of classifier", got="none", next_step="Name one."
        )
    points, labels = np.asarray(points), np.asarray(labels)
    classes, code = np.unique(labels, return_inverse=True)
    rng = as_generator(random_state)
    folds = assign_folds(labels, n_inner, groups=groups, random_state=rng)
    tasks = [
        (fold, make, int(rng.integers(2**31 - 1))) for fold in range(n_inner) for make in makers.values()
    ]
    opinions = np.empty((len(makers), len(code), len(classes)))

    with Progress(len(tasks), "fitting classifiers", unit="fits", enabled=progress) as bar:

        def fit_one(number: int) -> Any:
            fold, make, seed = tasks[number]
            unseen = folds == fold
            member = make(seed).fit(points[~unseen], code[~unseen])
            opinions[number % len(makers), unseen] = member.predict_proba(points[unseen])
            bar.advance(1)
            return member

        # Filters and limits belong to the process: set before the threads start, and taken back after.
        with warnings.catch_warnings(), threadpool_limits(1), ThreadPoolExecutor(n_threads) as threads:
            warnings.simplefilter("ignore", ConvergenceWarning)  # a network that is stopped on purpose
            fitted = list(threads.map(fit_one, range(len(tasks))))
    members = tuple(tuple(fitted[start : start + len(makers)]) for start in range(0, len(tasks), len(makers)))
    return Blend(members, fit_pool(opinions, code), classes, np.bincount(code) / len(code))
