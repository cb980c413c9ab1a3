"""Folds: who judges when, so that no source is judged by a model that has seen it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..random import RandomState, as_seed


def assign_folds(
    labels: ArrayLike,
    n_folds: int = 5,
    *,
    groups: ArrayLike | None = None,
    random_state: RandomState = 0,
) -> np.ndarray:
    """Deal rows to folds, each class evenly; rows of one group stay together.

    Parameters
    ----------
    labels : (n_samples,)
        Class of each row.
    n_folds : int
    groups : (n_samples,), optional
        For instance the source of each observation.
    random_state

    Returns
    -------
    (n_samples,)
        Number of the fold in which each row is judged, from 0 on.

    Raises
    ------
    DataError
        When a class has fewer rows (or groups) than there are folds.

    Examples
    --------
    >>> folds = assign_folds(["a"] * 10 + ["b"] * 5, 5)
    >>> np.bincount(folds[:10]).tolist(), np.bincount(folds[10:]).tolist()
    ([2, 2, 2, 2, 2], [1, 1, 1, 1, 1])
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    labels = np.asarray(labels)
    of = np.arange(len(labels)) if groups is None else np.asarray(groups)
    _check(labels, of, n_folds)
    split = StratifiedKFold if groups is None else StratifiedGroupKFold
    made = split(n_folds, shuffle=True, random_state=as_seed(random_state))
    folds = np.empty(len(labels), int)
    for number, (_, judged) in enumerate(made.split(labels, labels, None if groups is None else of)):
        folds[judged] = number
    return folds


def out_of_fold(
    predict: Callable[[np.ndarray, np.ndarray], np.ndarray], folds: ArrayLike, *, n_threads: int = 1
) -> np.ndarray:
    """Predict every row by a model that was fitted without its fold.

    Whatever is tuned must be tuned inside `predict`, on the rows that it may learn from.

    Parameters
    ----------
    predict : callable
        Takes the rows to learn from and the rows to judge, ascending indices, and returns what it predicts
        for the latter, (n_judged, ...).
    folds : (n_samples,)
        As of `assign_folds`.
    n_threads : int
        Folds at a time; more than one when `predict` may be called by several threads. Libraries of linear
        algebra get one thread each.

    Returns
    -------
    (n_samples, ...)

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 3.0, 4.0])
    >>> mean_of_others = lambda learn, judge: np.full(len(judge), values[learn].mean())
    >>> out_of_fold(mean_of_others, [0, 0, 1, 1]).tolist()
    [3.5, 3.5, 1.5, 1.5]
    """
    from threadpoolctl import threadpool_limits

    folds = np.asarray(folds)
    if len(folds) == 0:
        raise DataError(
            "folds", expected="at least one row", got="none", next_step="Pass the fold of each row."
        )

    def judge(number: int) -> tuple[np.ndarray, np.ndarray]:
        judged = np.flatnonzero(folds == number)
        return judged, np.asarray(predict(np.flatnonzero(folds != number), judged))

    # Threads of libraries beside these would wait for each other more than they work.
    with threadpool_limits(1), ThreadPoolExecutor(n_threads) as threads:
        # With a context of its own each thread knows who listens to the progress.
        begun = [threads.submit(copy_context().run, judge, number) for number in np.unique(folds)]
        answers = [each.result() for each in begun]
    first = answers[0][1]
    predicted = np.empty((len(folds), *first.shape[1:]), first.dtype)
    for judged, answer in answers:
        predicted[judged] = answer
    return predicted


def _check(labels: np.ndarray, of: np.ndarray, n_folds: int) -> None:
    classes, code = np.unique(labels, return_inverse=True)
    sizes = [len(np.unique(of[code == k])) for k in range(len(classes))]
    few = [f"{name} {size}" for name, size in zip(classes, sizes, strict=True) if size < n_folds]
    if few or n_folds < 2:
        raise DataError(
            "folds",
            expected=f"2 folds or more, and {n_folds} sources or more of each class",
            got=f"{n_folds} folds; classes with fewer: {', '.join(few) or 'none'}",
            next_step="Leave these classes out, put them together with others, or use fewer folds.",
        )
