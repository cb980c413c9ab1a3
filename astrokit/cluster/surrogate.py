"""A few criteria in place of a model: a shallow tree that imitates a clustering, and how faithful it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..random import RandomState, as_seed


@dataclass(frozen=True)
class Surrogate:
    """A shallow tree that imitates a yes-or-no clustering.

    Attributes
    ----------
    rules : str
        The tree as indented text, in the units of the features.
    fidelity : float
        Balanced accuracy of the tree on sources that it was not grown on: 0.5 is chance, 1 a perfect
        imitation.
    fold_fidelities : (n_folds,)
    n_leaves : int
    """

    rules: str
    fidelity: float
    fold_fidelities: np.ndarray
    n_leaves: int


def fit_surrogate(
    points: np.ndarray,
    inside: ArrayLike,
    source: ArrayLike,
    *,
    feature_names: list[str],
    weights: ArrayLike | None = None,
    max_depth: int = 2,
    n_folds: int = 5,
    random_state: RandomState = 0,
) -> Surrogate:
    """Grow a shallow tree on the labels of a clustering and measure its fidelity on sources left out.

    Parameters
    ----------
    points : (n_samples, n_features)
        Features in their natural units, so that the rules can be read.
    inside : (n_samples,), bool
        The clustering to imitate.
    source : (n_samples,)
        Folds are grouped by it: an observation is never judged by a tree that saw its source.
    feature_names : list of str
    weights : (n_samples,), optional
    max_depth, n_folds, random_state

    Returns
    -------
    Surrogate

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = rng.uniform(0, 1, (400, 2))
    >>> inside, source = points[:, 0] > 0.5, np.arange(400) % 20
    >>> surrogate = fit_surrogate(points, inside, source, feature_names=["a", "b"], max_depth=1)
    >>> surrogate.fidelity > 0.95
    True
    """
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.tree import DecisionTreeClassifier, export_text

    inside = np.asarray(inside, bool)
    weights = np.ones(len(inside)) if weights is None else np.asarray(weights, float)
    seed = as_seed(random_state)
    tree = DecisionTreeClassifier(
        max_depth=max_depth,
        class_weight="balanced",
        min_samples_leaf=10,
        min_impurity_decrease=0.01,  # a split that changes no verdict is not a criterion
        random_state=seed,
    )
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed).split(
        points, inside, np.asarray(source)
    )
    fidelities = []
    for learn, judge in folds:
        if len(np.unique(inside[judge])) == 2 and len(np.unique(inside[learn])) == 2:
            guess = tree.fit(points[learn], inside[learn], sample_weight=weights[learn]).predict(
                points[judge]
            )
            fidelities.append(balanced_accuracy_score(inside[judge], guess, sample_weight=weights[judge]))
    tree.fit(points, inside, sample_weight=weights)
    rules = export_text(tree, feature_names=feature_names, class_names=["outside", "inside"], decimals=2)
    fidelity = float(np.mean(fidelities)) if fidelities else float("nan")
    return Surrogate(rules, fidelity, np.array(fidelities), int(tree.get_n_leaves()))
