"""Values of trees through `shap`: row by row, in float64."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .forest import Tree

MOST_NODES = 32_767  # of a tree, against a background: shap numbers them in 16 bits and crashes beyond
PAIRS = 5_000  # of a row and one of the background, at once


def by_shap(
    trees: list[Tree], rows: np.ndarray, background: np.ndarray | None, interactions: bool = False
) -> np.ndarray:
    """Shapley values (n_rows, n_features, n_outputs), or interactions with one more axis of features.

    Path-dependent without a background (Lundberg et al. 2020, algorithm 2), interventional with one. Trees,
    rows and background are coded. Interactions are path-dependent only.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # of its own use of matplotlib
        import shap
    # Left to itself `shap` takes 100 rows of a background, whatever their number, and says nothing.
    behind = None if background is None else shap.maskers.Independent(background, len(background))
    kind = "tree_path_dependent" if background is None else "interventional"
    model = {"trees": [_as_dict(tree) for tree in trees]}
    explainer = shap.TreeExplainer(model, behind, feature_perturbation=kind)
    parts = [_of_rows(explainer, part, interactions) for part in _in_parts(rows, background)]
    found = np.concatenate(parts)
    return found.reshape(*found.shape[: 2 + interactions], -1)


def _of_rows(explainer: Any, rows: np.ndarray, interactions: bool) -> np.ndarray:
    if interactions:
        return explainer.shap_interaction_values(rows)
    # Its own check passes errors of 1e-2 and can be switched off; ours looks at every row.
    return explainer.shap_values(rows, check_additivity=False)


def _in_parts(rows: np.ndarray, background: np.ndarray | None) -> list[np.ndarray]:
    """Rows in parts that take less than the ten seconds after which `shap` prints a bar."""
    at_once = len(rows) if background is None else max(1, PAIRS // len(background))
    return [rows[start : start + at_once] for start in range(0, len(rows), at_once)]


def _as_dict(tree: Tree) -> dict[str, np.ndarray]:
    return {
        "children_left": tree.left,
        "children_right": tree.right,
        "children_default": tree.missing,
        "features": tree.feature,
        "thresholds": tree.threshold,
        "values": tree.value,
        "node_sample_weight": tree.cover.copy(),  # overwritten where there is a background
    }
