"""Shapley values of trees and of linear models, each row checked to add up to the model's answer."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...errors import ParameterError
from ...random import RandomState, as_generator
from .attribution import Attribution
from .linear import is_linear, of_linear
from .trees import is_tree, of_trees

KINDS = ("path", "interventional")
TOLERANCE = 1e-4  # of the range of the answers, between what the values add up to and the answer
MOST_BACKGROUND = 1_000


class Raw(NamedTuple):
    """What an explainer gives, before it is checked: `values` (n_samples, n_features, n_outputs)."""

    values: np.ndarray
    base_value: np.ndarray  # (n_outputs,)
    answers: np.ndarray  # (n_samples, n_outputs), of the model itself
    unit: str
    how: str
    interactions: np.ndarray | None = None


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
    """Shapley values of a fitted model (Lundberg et al. 2020 for trees; closed form for linear models).

    Parameters
    ----------
    model : fitted estimator of scikit-learn, or of xgboost
        A tree, a forest, gradient boosting, or a linear model.
    data : (n_samples, n_features) array_like or DataFrame
    background : (n_background, n_features) array_like, optional
        What an absent feature is drawn from; of more than 1,000 rows as many are drawn at random. Needed for
        linear models and for the interventional kind.
    kind : "path" or "interventional"
        For trees: an absent feature follows the rows that the trees were grown on, or the background,
        independently of the others.
    interactions : bool
        Pairwise interaction values as well; trees with one output, kind "path".
    names : sequence of str, optional
        Of the features; columns of a DataFrame have theirs.

    Returns
    -------
    Attribution
        With the additivity error of each row.

    Raises
    ------
    ParameterError
        A model that is not known here, NaN, another number of features, or values that do not add up.

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
        raise _bad("kind", " or ".join(KINDS), repr(kind), "Choose one of these.")
    matrix, found = _as_matrix(data, names, "data")
    behind = None if background is None else _as_matrix(background, None, "background")[0]
    _check_features(model, matrix, behind)
    if behind is not None and len(behind) > MOST_BACKGROUND:
        rows = as_generator(random_state).choice(len(behind), MOST_BACKGROUND, replace=False)
        behind = behind[np.sort(rows)]
    if is_linear(model):
        raw = of_linear(model, matrix, behind)
    elif is_tree(model):
        raw = of_trees(model, matrix, behind, kind, interactions)
    else:
        raise _bad(
            "model", "a fitted tree, forest, gradient boosting or linear model", type(model).__name__,
            "Explain a model of these kinds, or one that you fit to its answers.",
        )  # fmt: skip
    return _checked(raw, matrix, found, getattr(model, "classes_", None))


def _checked(raw: Raw, data: np.ndarray, names: tuple[str, ...], classes: Any) -> Attribution:
    error = raw.base_value + raw.values.sum(1) - raw.answers
    allowed = TOLERANCE * max(float(np.ptp(raw.answers)), 1e-12)
    worst = float(np.abs(error).max(initial=0.0))
    if not worst <= allowed:
        rows = np.flatnonzero(~(np.abs(error) <= allowed).all(1))
        raise _bad(
            "additivity", f"values that add up to the answers within {allowed:.2g}",
            f"{worst:.2g} in row {rows[0]}, {len(rows):,} rows in all",
            "Check that the model predicts from these very columns, in float32 if it was fitted so.",
        )  # fmt: skip
    n_outputs = raw.values.shape[2]
    if n_outputs == 1:
        return Attribution(
            raw.values[..., 0], float(raw.base_value[0]), data, names, (), raw.unit, error[:, 0], raw.how,
            raw.interactions,
        )  # fmt: skip
    outputs = classes if classes is not None and len(classes) == n_outputs else range(n_outputs)
    return Attribution(
        raw.values,
        raw.base_value,
        data,
        names,
        tuple(str(name) for name in outputs),
        raw.unit,
        error,
        raw.how,
    )


def _as_matrix(data: Any, names: Any, what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    columns = list(data.columns) if hasattr(data, "columns") and hasattr(data, "to_numpy") else None
    try:
        matrix = np.asarray(data.to_numpy() if columns else data, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.ndim != 2 or not len(matrix):
        raise _bad(
            what,
            "numbers of shape (n_samples, n_features)",
            f"shape {np.shape(data)}",
            "Pass a table of numbers.",
        )
    n_bad = int((~np.isfinite(matrix)).any(1).sum())
    if n_bad:
        raise _bad(
            what,
            "finite numbers",
            f"{n_bad:,} rows with others",
            "Fill them as the model saw them, or drop them.",
        )
    chosen = names if names is not None else columns or [f"x{k}" for k in range(matrix.shape[1])]
    found = tuple(str(name) for name in chosen)
    if len(set(found)) != matrix.shape[1]:
        raise _bad(
            "names", f"{matrix.shape[1]} different ones", f"{len(set(found))}", "Name each feature once."
        )
    return matrix, found


def _check_features(model: Any, data: np.ndarray, background: np.ndarray | None) -> None:
    expected = getattr(model, "n_features_in_", data.shape[1])
    for what, matrix in (("data", data), ("background", background)):
        if matrix is not None and matrix.shape[1] != expected:
            raise _bad(
                what, f"{expected} features", str(matrix.shape[1]), "Pass what the model was fitted on."
            )


def _bad(what: str, expected: str, got: str, next_step: str) -> ParameterError:
    return ParameterError(what, expected=expected, got=got, next_step=next_step)
