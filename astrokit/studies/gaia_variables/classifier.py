"""Fifteen classes from seventeen numbers: a calibrated blend of classifiers, and simple rivals."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...evaluation import Blend, assign_folds, fit_blend, out_of_fold
from ...random import RandomState, as_generator
from .sample import GaiaVariables

BLEND = "calibrated blend"
PLAIN = "boosted trees, class weights"
LOGISTIC = "logistic regression, class weights"
LOGISTIC_LATENTS = "the same on 15 latents alone"
N_FOLDS = 5
N_LATENT = 15
N_THREADS = 2
ROUNDS = 40, 150  # of boosting, for few sources and for many
LEARNED = 22.5, 0.35  # rounds times learning rate, and the largest rate
BATCH = 512  # sources that a network sees at a time


class Scores(NamedTuple):
    """What classifiers say of sources that they have not seen.

    Attributes
    ----------
    rows : (n_scored,)
        Of the table.
    labels : (n_scored,)
        The classes of the literature.
    folds : (n_scored,)
    classes : (n_classes,)
    probabilities : (n_scored, n_classes)
        By the blend.
    called : {method: (n_scored,)}
        The class that each method calls a source.
    """

    rows: np.ndarray
    labels: np.ndarray
    folds: np.ndarray
    classes: np.ndarray
    probabilities: np.ndarray
    called: dict[str, np.ndarray]

    @property
    def code(self) -> np.ndarray:
        """Number of the class of each source, (n_scored,)."""
        return np.searchsorted(self.classes, self.labels)


def fit(data: GaiaVariables, *, n_networks: int = 1, random_state: RandomState = 0) -> Blend:
    """Fit the blend to all sources that have a class.

    Boosted trees see sharp borders, networks smooth ones; a pool of both is calibrated on sources that its
    members have not seen (`fit_blend`).

    Examples
    --------
    >>> from astrokit.studies.gaia_variables import load
    >>> data = load("embedded", n_sources=800)
    >>> blend = fit(data)
    >>> blend.probabilities(data.features).shape == (800, len(blend.classes))
    True
    """
    rows = data.scored
    labels = data.table["variable_class"].to_numpy(str)[rows]
    return _fit(data.features[rows], labels, n_networks, random_state)


def cross_validate(
    data: GaiaVariables, *, n_networks: int = 1, n_folds: int = N_FOLDS, random_state: RandomState = 0
) -> Scores:
    """Judge every source with a class by models that were fitted, tuned and calibrated without its fold.

    Examples
    --------
    >>> from astrokit.studies.gaia_variables import load
    >>> scores = cross_validate(load("embedded", n_sources=800), n_folds=2)
    >>> sorted(scores.called) == sorted([BLEND, PLAIN, LOGISTIC, LOGISTIC_LATENTS])
    True
    """
    from sklearn.base import clone

    rows = data.scored
    points, labels = data.features[rows], data.table["variable_class"].to_numpy(str)[rows]
    classes, code = np.unique(labels, return_inverse=True)
    rng = as_generator(random_state)
    folds = assign_folds(labels, n_folds, random_state=rng)

    def blended(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
        blend = _fit(points[learn], labels[learn], n_networks, rng)
        p = blend.probabilities(points[judge])
        return np.column_stack([p, p / blend.priors])  # what is decided by belongs to the fold, too

    def by(model: Any, columns: slice) -> np.ndarray:
        def predict(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
            mine = fitted(clone(model), points[learn][:, columns], code[learn])
            return mine.predict(points[judge][:, columns])

        return classes[out_of_fold(predict, folds, n_threads=N_THREADS)]

    found = out_of_fold(blended, folds)
    n = len(classes)
    called = {
        BLEND: classes[found[:, n:].argmax(1)],
        PLAIN: by(plain_trees(len(points)), slice(None)),
        LOGISTIC: by(logistic(), slice(None)),
        LOGISTIC_LATENTS: by(logistic(), slice(N_LATENT)),
    }
    return Scores(rows, labels, folds, classes, found[:, :n], called)


def fitted(model: Any, points: np.ndarray, code: np.ndarray) -> Any:
    """Fit a classifier so that every class weighs the same."""
    counts = np.bincount(code)
    weights = (len(code) / len(counts) / counts)[code]
    name = "logisticregression__sample_weight" if hasattr(model, "steps") else "sample_weight"
    return model.fit(points, code, **{name: weights})


def plain_trees(n_samples: int) -> Any:
    """Boosted trees with common settings, none of it tuned."""
    return boosted(n_samples, max_depth=6, max_bin=256)


def quick_trees() -> Any:
    """Few and shallow boosted trees, quick enough to be grown for every coalition of features."""
    return boosted(0, max_depth=4)


def boosted(n_samples: int, **options: Any) -> Any:
    """An unfitted xgboost classifier of one thread, of 40 rounds for few samples and up to 150 for many."""
    from xgboost import XGBClassifier

    n_rounds = int(np.clip(n_samples / 100, *ROUNDS))
    rate = min(LEARNED[0] / n_rounds, LEARNED[1])
    chosen: dict[str, Any] = {"n_estimators": n_rounds, "learning_rate": rate, "max_bin": 64}
    return XGBClassifier(**{**chosen, "tree_method": "hist", "n_jobs": 1, "random_state": 0, **options})


def logistic() -> Any:
    """Scaled logistic regression, as in the authors' poster."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def _fit(points: np.ndarray, labels: np.ndarray, n_networks: int, random_state: RandomState) -> Blend:
    network = partial(_network, batch_size=min(BATCH, len(points) // 4))
    trees = partial(_trees, n_samples=len(points))
    makers = {"trees": trees, **{f"network {k + 1}": network for k in range(n_networks)}}
    return fit_blend(makers, points, labels, random_state=random_state)


def _trees(seed: int, n_samples: int) -> Any:
    return boosted(n_samples, max_depth=5, subsample=0.7, colsample_bytree=0.6, random_state=seed)


def _network(seed: int, batch_size: int) -> Any:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPClassifier(
        (128, 64), alpha=0.2, batch_size=batch_size, learning_rate_init=4e-3, max_iter=30, random_state=seed
    )
    return make_pipeline(StandardScaler(), network)
