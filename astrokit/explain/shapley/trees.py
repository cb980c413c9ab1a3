"""Trees: exact Shapley values through `shap.TreeExplainer`, beside the model's own answers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ParameterError

if TYPE_CHECKING:
    from .values import Raw

# By name, so that no library is loaded to be told that a model is not its own.
_TREES = (
    "DecisionTree", "ExtraTree", "RandomForest", "GradientBoosting", "HistGradientBoosting", "XGB", "LGBM",
)  # fmt: skip


def is_tree(model: Any) -> bool:
    """Whether `shap.TreeExplainer` reads a model of this kind exactly."""
    name = type(model).__name__
    return name.startswith(_TREES) and name.endswith(("Classifier", "Regressor"))


def of_trees(
    model: Any, data: np.ndarray, background: np.ndarray | None, kind: str, interactions: bool
) -> Raw:
    """Values by the paths of the trees (Lundberg et al. 2020), or against a background."""
    from .values import Raw

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # of its own use of matplotlib
        import shap
    if kind == "interventional" and background is None:
        raise _bad("background", "rows for the interventional kind", "none", "Pass background=.")
    if interactions and kind != "path":
        raise _bad("interactions", 'kind "path"', repr(kind), "Leave out interactions, or the kind.")
    behind = background if kind == "interventional" else None
    perturbation = "interventional" if kind == "interventional" else "tree_path_dependent"
    explainer = shap.TreeExplainer(model, behind, feature_perturbation=perturbation)
    # Its own check looks at a mean and can be switched off; ours looks at every row, and stays on.
    values = _by_output(np.asarray(explainer.shap_values(data, check_additivity=False)), 2)
    pairs = None
    if interactions:
        pairs = _by_output(np.asarray(explainer.shap_interaction_values(data)), 3)
        if pairs.shape[3] != 1:
            raise _bad("interactions", "a model with one output", f"{pairs.shape[3]}", "Explain one class.")
    answers, unit = _answers(model, data)
    drawn = f", {len(background):,} background rows" if behind is not None and background is not None else ""
    return Raw(
        values=values,
        base_value=np.ravel(explainer.expected_value).astype(float)[: values.shape[2]],
        answers=answers,
        unit=unit,
        how=f"shap.TreeExplainer {shap.__version__}, {kind}{drawn}",
        interactions=None if pairs is None else pairs[..., 0],
    )


def _by_output(values: np.ndarray, n_axes: int) -> np.ndarray:
    return values[..., None] if values.ndim == n_axes else values


def _answers(model: Any, data: np.ndarray) -> tuple[np.ndarray, str]:
    """What the model answers on the scale on which its trees add up, (n_samples, n_outputs), and its unit."""
    name = type(model).__name__
    if name.endswith("Regressor"):
        return np.asarray(model.predict(data), float).reshape(len(data), -1), ""
    if name.startswith(("XGB", "LGBM")):
        option = "output_margin" if name.startswith("XGB") else "raw_score"
        return np.asarray(model.predict(data, **{option: True}), float).reshape(len(data), -1), "log-odds"
    if hasattr(model, "decision_function"):
        return np.asarray(model.decision_function(data), float).reshape(len(data), -1), "log-odds"
    return np.asarray(model.predict_proba(data), float), "probability"


def _bad(what: str, expected: str, got: str, next_step: str) -> ParameterError:
    return ParameterError(what, expected=expected, got=got, next_step=next_step)
