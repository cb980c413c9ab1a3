"""Shapley values of linear models, trees and networks, each row checked to add up to the model's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...random import RandomState, as_generator
from .answering import fitted_names, n_fitted
from .attribution import Attribution
from .linear import is_linear, of_linear
from .network import is_network, of_network
from .raw import Raw, allowed_error, bad
from .trees import is_tree, of_trees

KINDS = ("path", "interventional")
MOST_BACKGROUND, MOST_LINES = 1_000, 100  # rows of a background; of one for gradients


def shapley(
    model: Any,
    data: Any,
    *,
    background: Any = None,
    kind: str = "path",
    interactions: bool = False,
    names: Any = None,
    random_state: RandomState = 0,
) -> Attribution:
    """Shapley values of a fitted model, which add up to its answer in every row.

    Parameters
    ----------
    model : fitted estimator of scikit-learn or xgboost, or torch module
        A linear model, a tree, a forest, gradient boosting, histogram boosting, a booster; a module that maps
        (n, n_features) to (n,) or (n, n_outputs), explained in evaluation mode.
    data : (n_samples, n_features) array_like or table
        NaN where the model itself takes it: then "missing" is what the feature says.
    background : (n_background, n_features) array_like or table, optional
        Where absent features come from; not needed for trees of the kind "path". Of more than 1,000 rows as
        many are drawn at random (100 for gradients; a linear model takes all).
    kind : "path" or "interventional"
        interventional: absent features come from each background row, whatever the present ones are; exact
        for trees and linear models, and for networks of up to 12 features (all coalitions).
        path: absent features follow the rows that trees were grown on, down their paths (Lundberg et al.
        2020, algorithm 2). For networks: gradients along straight lines from each background row. These are
        Shapley values for sums of functions of one feature and of products of different ones, and differ
        from them for others (see docs/attributions.md). For linear models the two kinds are the same.
    interactions : bool
        Pairwise interactions as well, half of each pair's, so that rows add up to values; not by gradients.
    names : sequence of str, optional
        Of the features; else those of the table, or those that the model was fitted on.
    random_state : int, Generator, SeedSequence or None
        For the rows drawn from a large background, and those on which two explainers of trees are compared.

    Returns
    -------
    Attribution
        In log-odds, probability, the logarithm of the answer, or the answer's own unit (an empty string): on
        the scale on which the model is a sum. With the additivity error of each row.

    Raises
    ------
    ParameterError
        A model that is not known here, other columns than in fitting, NaN that the model does not take, or
        values that miss an answer by more than 1e-4 of the range of answers (and the model's rounding).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> model = LinearRegression().fit(x, 3 * x[:, 0] - x[:, 1])
    >>> shapley(model, [[1.0, 1.0]], background=x - x.mean(0)).values.round(6).tolist()
    [[3.0, -1.0]]
    """
    if kind not in KINDS:
        raise bad("kind", " or ".join(KINDS), repr(kind), "Choose one of these.")
    if not (is_linear(model) or is_tree(model) or is_network(model)):
        raise bad(
            "model", "a fitted tree, forest, gradient boosting, linear model or torch module",
            type(model).__name__, "Explain a model of these kinds, or one that you fit to its answers.",
        )  # fmt: skip
    rng = as_generator(random_state)
    matrix, found = _read(model, data, names, "data")
    behind = None
    if background is not None:
        behind = _drawn(model, _read(model, background, None, "background")[0], kind, rng)
        if behind.shape[1] != matrix.shape[1]:
            n_features = str(matrix.shape[1])
            raise bad("background", f"{n_features} features", str(behind.shape[1]), "Pass the same features.")
    if is_network(model):
        raw = of_network(model, matrix, behind, kind, interactions)
    elif is_linear(model):
        raw = of_linear(model, matrix, behind, interactions)
    else:
        raw = of_trees(model, matrix, behind, kind, interactions, rng)
    return _checked(raw, matrix, found, getattr(model, "classes_", None))


def _drawn(model: Any, background: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """As many rows of a background as its explainer can use in good time, drawn without repetition."""
    most = MOST_LINES if is_network(model) and kind == "path" else MOST_BACKGROUND
    if len(background) <= most or is_linear(model):
        return background
    return background[np.sort(rng.choice(len(background), most, replace=False))]


def _checked(raw: Raw, data: np.ndarray, names: tuple[str, ...], classes: Any) -> Attribution:
    error = raw.base_value + raw.values.sum(1) - raw.answers
    allowed = allowed_error(raw.answers, raw.base_value, raw.rounding)
    wrong = ~(np.abs(error) <= allowed).all(1)
    if wrong.any():
        row = np.flatnonzero(wrong)[0]
        raise bad(
            "additivity", f"values that add up to the answers within {allowed.max():.2g}",
            f"{np.abs(error[row]).max():.2g} in row {row}, {wrong.sum():,} rows in all",
            "The answer of this model is not the sum of its parts: explain its last step by itself.",
        )  # fmt: skip
    n_outputs = raw.values.shape[2]
    outputs = classes if classes is not None and len(classes) == n_outputs else range(n_outputs)
    whole = Attribution(
        raw.values,
        raw.base_value,
        data,
        names,
        tuple(str(name) for name in outputs),
        raw.unit,
        error,
        raw.how,
        raw.interactions,
    )
    return whole.output() if n_outputs == 1 else whole


def _read(
    model: Any, data: Any, names: Sequence[str] | None, what: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """A matrix of the columns that the model was fitted on, and their names."""
    table = data.to_pandas() if hasattr(data, "to_pandas") else data  # of astropy and arrow
    columns = [str(name) for name in table.columns] if hasattr(table, "to_numpy") else None
    matrix = _as_matrix(table, what)
    _check_columns(model, matrix.shape[1], columns, what)
    if not is_tree(model) and not np.isfinite(matrix).all():
        n_bad = int((~np.isfinite(matrix)).any(1).sum())
        raise bad(
            what, "finite numbers", f"{n_bad:,} rows with others", "Fill them as in fitting, or drop them."
        )
    chosen = names if names is not None else columns or fitted_names(model)
    if chosen is None:
        chosen = [f"x{k}" for k in range(matrix.shape[1])]
    found = tuple(str(name) for name in chosen)
    if len(set(found)) != matrix.shape[1]:
        raise bad("names", f"{matrix.shape[1]} different", str(len(set(found))), "Name each feature once.")
    return matrix, found


def _as_matrix(data: Any, what: str) -> np.ndarray:
    try:
        is_table = hasattr(data, "to_numpy")
        matrix = data.to_numpy(np.float64, na_value=np.nan) if is_table else np.asarray(data, np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise bad(
            what, "numbers of shape (n_samples, n_features)", f"shape {np.shape(data)}",
            "Pass a table of numbers.",
        )  # fmt: skip
    return matrix


def _check_columns(model: Any, n_columns: int, columns: list[str] | None, what: str) -> None:
    expected, known = n_fitted(model), fitted_names(model)
    if expected is None and not is_network(model):
        raise bad("model", "one that was fitted", f"{type(model).__name__} without features", "Fit it first.")
    if expected not in (None, n_columns):
        raise bad(what, f"{expected} features", str(n_columns), "Pass what the model was fitted on.")
    if columns and known and columns != known:
        raise bad(
            f"columns of {what}", ", ".join(known)[:200], ", ".join(columns)[:200], "Put them in this order."
        )
