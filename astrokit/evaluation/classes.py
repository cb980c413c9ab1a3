"""How well classes are told apart when every class counts the same, and whether a gain could be luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from ..errors import DataError
from .bootstrap import LEVEL, Estimate

if TYPE_CHECKING:
    import pandas as pd


def mean_over_classes(
    values: ArrayLike, labels: ArrayLike, *, groups: ArrayLike | None = None, level: float = LEVEL
) -> Estimate:
    """Mean over classes of the mean of each class, with its interval.

    With `values` that are 1 for a hit and 0 for a miss this is the balanced accuracy; with the hits of one
    classifier minus those of another it is their difference, *paired*: what makes a source hard for both
    cancels. The interval is normal, from the spread within classes, summed over groups of rows first
    (Liang & Zeger 1986, Biometrika 73, 13). It says how much other sources would change the value, not how
    much another fit would.

    Parameters
    ----------
    values : (n_samples,)
    labels : (n_samples,)
    groups : (n_samples,), optional
        Rows that belong together, for instance observations of a source.
    level : float

    Raises
    ------
    DataError
        When a class has fewer than two rows (or groups).

    Examples
    --------
    >>> hits = np.array([1, 1, 1, 1, 0, 1, 0, 1, 0, 1])
    >>> print(mean_over_classes(hits, ["a"] * 4 + ["b"] * 6))
    0.75 [0.57, 0.93]
    """
    values = np.asarray(values, float)
    _, code = np.unique(np.asarray(labels), return_inverse=True)
    counts = np.bincount(code)
    means = np.bincount(code, weights=values) / counts
    of = np.arange(len(code)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    n_groups = _groups_of_classes(code, of)
    # Residuals of the value, widened as a variance of n values is: by n / (n - 1) within each class.
    share = (values - means[code]) / (len(counts) * counts[code]) * np.sqrt(n_groups / (n_groups - 1))[code]
    error = float(np.sqrt((np.bincount(of, weights=share) ** 2).sum()))
    value, reach = float(means.mean()), float(norm.ppf((1 + level) / 2)) * error
    return Estimate(value, value - reach, value + reach)


def balanced_accuracy(
    labels: ArrayLike, predicted: ArrayLike, *, groups: ArrayLike | None = None, level: float = LEVEL
) -> Estimate:
    """Mean recall of the classes, with its interval (`mean_over_classes`).

    Examples
    --------
    >>> print(balanced_accuracy(["a", "a", "b", "b", "b", "b"], ["a", "a", "b", "b", "b", "a"]))
    0.88 [0.67, 1.08]
    """
    hits = np.asarray(labels) == np.asarray(predicted)
    return mean_over_classes(hits, labels, groups=groups, level=level)


def accuracy_gain(
    labels: ArrayLike,
    predicted: ArrayLike,
    rival: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Balanced accuracy of a prediction minus that of a rival on the same rows, with a paired interval.

    Examples
    --------
    >>> labels = ["a"] * 50 + ["b"] * 50
    >>> accuracy_gain(labels, labels, ["a"] * 55 + ["b"] * 45).low > 0
    True
    """
    labels = np.asarray(labels)
    gained = (labels == np.asarray(predicted)).astype(float) - (labels == np.asarray(rival))
    return mean_over_classes(gained, labels, groups=groups, level=level)


def recalls(labels: ArrayLike, predicted: ArrayLike, *, level: float = LEVEL) -> pd.DataFrame:
    """Recall and precision of each class; every row is a source of its own.

    Returns
    -------
    pandas.DataFrame
        A row a class, in alphabetical order: `class`, `n`, `recall` with its interval `low`, `high` (Wilson
        1927, JASA 22, 209: no interval of a handful ends at 1), `precision` (NaN where never predicted), and
        `taken_for`: the class that most of the others are taken for, "" where there are none.

    Examples
    --------
    >>> recalls(["a", "a", "b", "b"], ["a", "b", "b", "b"]).recall.tolist()
    [0.5, 1.0]
    """
    import pandas as pd

    labels, predicted = np.asarray(labels).astype(str), np.asarray(predicted).astype(str)
    rows = []
    for name in np.unique(labels):
        own, called = labels == name, predicted == name
        n, right = int(own.sum()), int((own & called).sum())
        others = pd.Series(predicted[own & ~called]).value_counts()
        precision = right / called.sum() if called.any() else float("nan")
        taken = str(others.index[0]) if len(others) else ""
        rows.append((name, n, right / n, *wilson(right, n, level), precision, taken))
    return pd.DataFrame(rows, columns=["class", "n", "recall", "low", "high", "precision", "taken_for"])


def wilson(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Interval of a share, from `hits` of `n` (Wilson 1927); arrays of any one shape, NaN where n is 0.

    Examples
    --------
    >>> [round(float(end), 2) for end in wilson(10, 10)]
    [0.79, 1.0]
    """
    hits, n = np.asarray(hits, float), np.asarray(n, float)
    z = norm.ppf((1 + level) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = hits / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return centre - reach, centre + reach


def decide(probabilities: ArrayLike, priors: ArrayLike | None = None) -> np.ndarray:
    """The class number of the largest probability, or of the largest probability over prior.

    With priors equal to the shares of the classes the second choice has the largest expected balanced
    accuracy, if the probabilities are calibrated: it counts each class the same.

    Parameters
    ----------
    probabilities : (n_samples, n_classes)
    priors : (n_classes,), optional

    Examples
    --------
    >>> decide([[0.7, 0.3]]).tolist(), decide([[0.7, 0.3]], [0.9, 0.1]).tolist()
    ([0], [1])
    """
    probabilities = np.asarray(probabilities, float)
    return (probabilities if priors is None else probabilities / np.asarray(priors, float)).argmax(1)


def _groups_of_classes(code: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Number of groups that have rows in each class (n_classes,)."""
    pairs = np.unique(np.column_stack([code, of]), axis=0)
    n_groups = np.bincount(pairs[:, 0]).astype(float)
    if len(n_groups) == 0 or n_groups.min() < 2:
        raise DataError(
            "classes",
            expected="at least 2 sources of each class",
            got=f"{int(n_groups.min()) if len(n_groups) else 0} of the rarest",
            next_step="Leave out the class, or put it together with another one.",
        )
    return n_groups
