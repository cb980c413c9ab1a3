"""Mutual information of two variables from samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...random import RandomState, as_generator
from .classifier import classifier
from .columns import check_count, check_lengths, check_rows, read_columns, read_groups, read_labels
from .copula import gaussian_copula
from .estimate import InformationEstimate, LocalInformation, estimate_of
from .histogram import histogram
from .ksg import N_NEIGHBORS, ksg
from .ranks import quantile_codes
from .units import check_choice, nats_per

ESTIMATORS = ("ksg", "gaussian", "histogram", "classifier")
N_CLASSES = 10  # a continuous y is cut into as many classes of equal size


def mutual_information(
    x: Any,
    y: Any,
    *,
    estimator: str = "ksg",
    unit: str = "nats",
    groups: Any = None,
    n_neighbors: int = N_NEIGHBORS,
    n_bins: int | None = None,
    model: Any = None,
    random_state: RandomState = 0,
) -> InformationEstimate:
    """Estimate I(X; Y) from samples, with a 90% interval.

    Parameters
    ----------
    x, y : (n_samples,) or (n_samples, n_columns)
        Scalars or vectors; for "classifier", `y` holds labels, or numbers that are cut into ten classes.
    estimator : {"ksg", "gaussian", "histogram", "classifier"}
        ksg: neighbours on ranks (Kraskov, Stoegbauer & Grassberger 2004, algorithm 1). gaussian: the Gaussian
        copula. histogram: bins of equal counts, less the bias of counting. classifier: a lower bound through
        a model tested out of fold. Ranks make ksg and gaussian exactly invariant under increasing maps of a
        column; ties are broken at random, which changes no information.
    unit : {"nats", "bits"}
    groups : (n_samples,), optional
        Rows that belong together, such as observations of one source: intervals count groups, and no group is
        both learned from and tested on.
    n_neighbors : int
        Of ksg.
    n_bins : int, optional
        Per column, of histogram, and the classes of a continuous `y` of classifier.
    model : estimator of scikit-learn with `predict_proba`, optional
        Of classifier.
    random_state : int, Generator, SeedSequence or None

    Returns
    -------
    InformationEstimate
        A negative value stands as it is. Its `bound` is "lower" for histogram and classifier. How intervals
        are made, and how often that of ksg holds the truth of normal pairs, is in `docs/information.md`.

    Raises
    ------
    ParameterError
        For values that are not finite, a constant column, lengths that differ, fewer rows than neighbours,
        one class alone, or an unknown name.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=2000)
    >>> y = 0.75 * x + np.sqrt(1 - 0.75**2) * rng.normal(size=2000)  # I = -log(1 - 0.75**2) / 2 = 0.413
    >>> estimate = mutual_information(x, y)
    >>> estimate.low < 0.4133 < estimate.high
    True
    """
    check_choice("estimator", estimator, ESTIMATORS)
    nats, rng = nats_per(unit), as_generator(random_state)
    columns = read_columns("x", x)
    target = read_classes(y, n_bins) if estimator == "classifier" else read_columns("y", y)
    codes = read_groups(groups, check_lengths(x=columns, y=target))
    options = {"n_neighbors": n_neighbors, "n_bins": n_bins, "model": model}
    local = local_information(columns, target, codes, rng, estimator, **options)
    return estimate_of(local, codes, estimator, unit, nats)


def local_information(
    x: np.ndarray,
    y: np.ndarray,
    groups: np.ndarray | None,
    rng: np.random.Generator,
    estimator: str,
    *,
    n_neighbors: int = N_NEIGHBORS,
    n_bins: int | None = None,
    model: Any = None,
) -> LocalInformation:
    """The pointwise informations by any of the four estimators, of checked columns."""
    check_rows(len(x), least=4, why="to estimate anything")
    if estimator == "ksg":
        return ksg(x, y, rng, n_neighbors=check_count("n_neighbors", n_neighbors, least=1))
    if estimator == "gaussian":
        return gaussian_copula(x, y, rng)
    if estimator == "histogram":
        return histogram(x, y, n_bins=None if n_bins is None else check_count("n_bins", n_bins, least=2))
    return classifier(x, y, groups, int(rng.integers(2**31 - 1)), model=model)


def read_classes(y: Any, n_bins: int | None = None) -> np.ndarray:
    """Labels as codes; more than twenty different fractions are a measurement, and are cut into classes."""
    code = read_labels("y", y)
    values = np.asarray(y).ravel()
    if values.dtype.kind == "f" and code.max() >= 20:
        n_classes = N_CLASSES if n_bins is None else check_count("n_bins", n_bins, least=2)
        return quantile_codes(values, n_classes)
    return code
