"""A lower bound through a model: how much better than the prior it predicts classes that it has not seen."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...errors import ParameterError
from .estimate import LocalInformation

N_FOLDS = 5
LEAST = 1e-6  # a probability of 0 from a model would cost infinitely many nats


def classifier(
    x: np.ndarray, label: np.ndarray, groups: np.ndarray | None, seed: int, *, model: Any = None
) -> LocalInformation:
    """mi = h - ce of each row: h = -log prior, ce = -log p(label | x) out of fold.

    The mean is at most I(X; Y), by the Kullback-Leibler divergence between truth and model (Barber & Agakov
    2003).

    Parameters
    ----------
    x : (n_samples, n_x)
    label : (n_samples,)
        Codes of classes.
    groups : (n_samples,) or None
        Rows of one group are never on both sides of a fold.
    seed : int
    model : estimator of scikit-learn with `predict_proba`, optional
        A random forest by default.
    """
    prior = np.bincount(label) / len(label)
    predicted = out_of_fold(x, label, groups, seed, default_model(seed) if model is None else model)
    values = np.log(np.clip(predicted, LEAST, None)) - np.log(prior[label])
    split = "whole groups" if groups is not None else "rows"
    notes = (f"model tested on {split} it did not learn from, {len(prior)} classes",)
    # As for counts: without dependence the values shrink to 0, but the estimate keeps the noise of the prior.
    blur = float(np.sqrt(2 * (len(prior) - 1)) / (2 * len(label)))
    return LocalInformation(values, blur=blur, bound="lower", notes=notes)


def out_of_fold(
    x: np.ndarray, label: np.ndarray, groups: np.ndarray | None, seed: int, model: Any
) -> np.ndarray:
    """The probability (n_samples,) of each row's own class, from a model that has not seen its fold."""
    from sklearn.base import clone

    own = np.zeros(len(label))
    for learn, test in folds(label, groups, seed):
        fitted = clone(model).fit(x[learn], label[learn])
        probabilities = np.zeros((len(test), label.max() + 1))
        probabilities[:, fitted.classes_] = fitted.predict_proba(x[test])
        own[test] = probabilities[np.arange(len(test)), label[test]]
    return own


def folds(label: np.ndarray, groups: np.ndarray | None, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Five or fewer folds with classes in proportion; each class must be learnable without any one fold."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    unit = np.arange(len(label)) if groups is None else groups
    smallest = min(len(np.unique(unit[label == code])) for code in range(label.max() + 1))
    if smallest < 2:
        kind = "rows" if groups is None else "groups"
        raise ParameterError(
            "y",
            expected=f"at least 2 {kind} of each class",
            got=f"a class with {smallest}",
            next_step="Merge or drop rare classes.",
        )
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    splitter = kind(min(N_FOLDS, smallest), shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # a class of fewer rows than folds is counted above
        warnings.simplefilter("ignore", UserWarning)
        return list(splitter.split(np.zeros(len(label)), label, groups))


def default_model(seed: int) -> Any:
    """A forest whose leaves hold enough rows to keep its probabilities honest."""
    from sklearn.ensemble import RandomForestClassifier

    # Not gradient boosting: its threads fight over busy cores, and ten classes took minutes.
    return RandomForestClassifier(100, min_samples_leaf=10, random_state=seed, n_jobs=1)
