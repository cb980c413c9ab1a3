"""What a representation makes easy: simple classifiers on latents, judged on sources that they never saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError, ParameterError
from ..random import RandomState, as_generator, as_seed
from .bootstrap import Estimate
from .classes import balanced_accuracy
from .folds import assign_folds, out_of_fold

if TYPE_CHECKING:
    import pandas as pd

N_NEIGHBOURS = 15
N_TREES = 300


class Probe(NamedTuple):
    """What a probe said of each row, by a model that had not seen it or anything else of its group.

    `classes` (n_classes,) in order, `probabilities` (n_samples, n_classes), `predicted` (n_samples,),
    `accuracy`: balanced, with its 90% interval.
    """

    kind: str
    classes: np.ndarray
    probabilities: np.ndarray
    predicted: np.ndarray
    accuracy: Estimate


def probe(
    latents: ArrayLike,
    labels: ArrayLike,
    kind: str = "logistic",
    *,
    groups: ArrayLike | None = None,
    n_folds: int = 5,
    random_state: RandomState = 0,
) -> Probe:
    """Predict classes from latents by a simple classifier, each row out of fold.

    Classes count the same in the fit, as they do in the accuracy. Latents are scaled within the rows that are
    learned from.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    labels : (n_samples,)
    kind : {"logistic", "neighbours", "forest"}
        Whether classes can be told apart by planes (Alain & Bengio 2016, arXiv:1610.01644), by whom they lie
        near (the 15 nearest, weighted by their classes' rarity), or by anything that 300 trees find.
    groups : (n_samples,), optional
        Rows of one group, such as observations of a source, stay in one fold and count as one.
    n_folds : int
    random_state

    Raises
    ------
    ParameterError
        For an unknown kind.
    DataError
        When shapes do not fit, latents are not finite, or a class has fewer sources than folds.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["quiet", "loud"], 100)
    >>> latents = rng.normal((labels == "loud")[:, None] * 4.0, 1.0, (200, 2))
    >>> probe(latents, labels, "neighbours").accuracy.value > 0.95
    True
    """
    latents, labels = _checked(latents, labels)
    folds = assign_folds(labels, n_folds, groups=groups, random_state=random_state)
    return _probe(latents, labels, folds, kind, groups, as_seed(random_state))


def compare_probes(
    latents: ArrayLike,
    labels: ArrayLike,
    *,
    kinds: Iterable[str] = ("logistic", "neighbours", "forest"),
    **options: Any,
) -> pd.DataFrame:
    """A row for each kind of probe on the same folds: `probe`, `accuracy`, `low`, `high`.

    Examples
    --------
    >>> labels = np.arange(60) % 2
    >>> compare_probes(labels[:, None] + 0.0, labels, kinds=["logistic"]).accuracy.tolist()
    [1.0]
    """
    import pandas as pd

    rows = [(kind, *probe(latents, labels, kind, **options).accuracy) for kind in kinds]
    return pd.DataFrame(rows, columns=["probe", "accuracy", "low", "high"])


def probe_p_value(
    latents: ArrayLike,
    labels: ArrayLike,
    kind: str = "logistic",
    *,
    groups: ArrayLike | None = None,
    n_permutations: int = 99,
    n_folds: int = 5,
    random_state: RandomState = 0,
) -> float:
    """Chance of so high an accuracy if latents knew nothing of the labels.

    Labels are dealt out anew, among groups where there are groups, and the probe is fitted anew each time;
    `(1 + #{permuted >= observed}) / (1 + n_permutations)` (Phipson & Smyth 2010, SAGMB 9, 39). With groups,
    a label must be constant within each of them.

    Parameters
    ----------
    latents, labels, kind, groups, n_folds, random_state
        As for `probe`.
    n_permutations : int
        So many times `n_folds` fits.

    Examples
    --------
    >>> labels = np.arange(60) % 2
    >>> probe_p_value(labels[:, None] + 0.0, labels, n_permutations=9)
    0.1
    """
    latents, labels = _checked(latents, labels)
    rng = as_generator(random_state)
    deal = _dealer(labels, groups)

    def accuracy(dealt: np.ndarray) -> float:
        folds = assign_folds(dealt, n_folds, groups=groups, random_state=0)
        return _probe(latents, dealt, folds, kind, groups, 0).accuracy.value

    observed = accuracy(labels)
    exceeding = sum(accuracy(deal(rng)) >= observed for _ in range(n_permutations))
    return (1 + exceeding) / (1 + n_permutations)


def _probe(
    latents: np.ndarray, labels: np.ndarray, folds: np.ndarray, kind: str, groups: ArrayLike | None, seed: int
) -> Probe:
    make = _makers(seed).get(kind)
    if make is None:
        raise ParameterError(
            "kind of a probe",
            expected=" or ".join(_makers(0)),
            got=repr(kind),
            next_step="Choose one of these.",
        )
    classes, code = np.unique(labels, return_inverse=True)

    def predict(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
        model = make().fit(latents[learn], code[learn])
        return _even(model.predict_proba(latents[judge]), code[learn], kind)

    probabilities = out_of_fold(predict, folds)
    predicted = classes[probabilities.argmax(1)]
    accuracy = balanced_accuracy(labels, predicted, groups=groups)
    return Probe(kind, classes, probabilities, predicted, accuracy)


def _makers(seed: int) -> dict[str, Callable[[], Any]]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    forest = {"n_estimators": N_TREES, "class_weight": "balanced", "random_state": seed}
    return {
        "logistic": lambda: make_pipeline(
            StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000)
        ),
        "neighbours": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier(N_NEIGHBOURS)),
        "forest": lambda: RandomForestClassifier(**forest),
    }


def _even(probabilities: np.ndarray, code: np.ndarray, kind: str) -> np.ndarray:
    """Neighbours know no weights of classes: their votes are divided by the classes' shares."""
    if kind != "neighbours":
        return probabilities
    votes = probabilities / np.bincount(code)
    return votes / votes.sum(1, keepdims=True)


def _dealer(labels: np.ndarray, groups: ArrayLike | None) -> Callable[[np.random.Generator], np.ndarray]:
    if groups is None:
        return lambda rng: rng.permutation(labels)
    _, first, of = np.unique(np.asarray(groups), return_index=True, return_inverse=True)
    if (labels[first][of] != labels).any():
        raise DataError(
            "labels",
            expected="one label for all rows of a group",
            got=f"{int((labels[first][of] != labels).sum())} rows that differ from the first of their group",
            next_step="Permute rows instead: leave out `groups`, and say so.",
        )
    return lambda rng: rng.permutation(labels[first])[of]


def _checked(latents: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    latents, labels = np.asarray(latents, float), np.asarray(labels)
    if latents.ndim != 2 or labels.shape != latents.shape[:1] or not np.isfinite(latents).all():
        raise DataError(
            "latents of a probe",
            expected=f"finite numbers of shape ({labels.size}, n_latent), a row for each label",
            got=f"shape {latents.shape}, all finite: {bool(np.isfinite(latents).all())}",
            next_step="Leave out the rows without latents.",
        )
    return latents, labels
