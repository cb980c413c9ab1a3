"""Trees of xgboost, from the JSON that a model saves itself as."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from .forest import Forest, Tree
from .raw import ROUNDING_32, bad

# Objectives by what their margin is: the answer itself, its logarithm, or log-odds.
_PLAIN = ("squarederror", "absoluteerror", "squaredlogerror", "pseudohubererror", "quantileerror")
_LOG = ("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft")
_ODDS = ("binary:", "multi:", "reg:logistic")


def booster_of(model: Any) -> Any:
    """The `Booster` of a model of xgboost's scikit-learn interface, or the model itself."""
    return model.get_booster() if hasattr(model, "get_booster") else model


def xgboost(model: Any) -> Forest:
    """Boosted trees, dropout boosting and random forests: they take NaN, and compare in float32."""
    booster = booster_of(model)
    learner = json.loads(booster.save_raw("json"))["learner"]
    gradient_booster = learner["gradient_booster"]
    inner = gradient_booster.get("gbtree", gradient_booster)  # dropout boosting has them one level down
    if "model" not in inner or "trees" not in inner["model"]:
        raise bad("model", "boosted trees", gradient_booster["name"], 'Fit with booster="gbtree".')
    trees = inner["model"]["trees"]
    weights = gradient_booster.get("weight_drop", [1.0] * len(trees))
    n_used = _n_trees_used(booster, inner["model"].get("iteration_indptr"), len(trees))
    outputs = inner["model"]["tree_info"]
    n_outputs = max(outputs, default=0) + 1
    read = [_tree(trees[k], weights[k], outputs[k], n_outputs) for k in range(n_used)]
    missing = getattr(model, "missing", np.nan)
    return Forest(
        read, _answer(model), _unit(learner["objective"]["name"]), np.float32,
        np.nan if missing is None else float(missing), ROUNDING_32,
    )  # fmt: skip


def _n_trees_used(booster: Any, first_of_round: list[int] | None, n_trees: int) -> int:
    """Trees up to the best round where fitting stopped early: those that the model answers by."""
    best = booster.attr("best_iteration")
    return n_trees if best is None or not first_of_round else first_of_round[int(best) + 1]


def _tree(tree: dict[str, Any], weight: float, column: int, n_columns: int) -> Tree:
    if any(tree["split_type"]):
        raise bad("model", "splits at thresholds", "splits by category", "Fit it with categories as numbers.")
    if int(tree["tree_param"].get("size_leaf_vector") or 1) > 1:
        raise bad(
            "model", "one number at each leaf", "vectors", 'Fit with multi_strategy="one_output_per_tree".'
        )
    left, right = np.array(tree["left_children"]), np.array(tree["right_children"])
    condition = np.array(tree["split_conditions"], np.float32)  # the threshold, or the value of a leaf
    value = np.zeros((len(left), n_columns))
    value[:, column] = np.where(left < 0, condition, 0) * weight
    return Tree(
        left=left,
        right=right,
        missing=np.where(np.array(tree["default_left"], bool), left, right),
        feature=np.array(tree["split_indices"]),
        # x < t for float32 numbers is x <= t', with t' the number before t.
        threshold=np.nextafter(condition, np.float32(-np.inf)).astype(np.float64),
        value=value,
        cover=np.array(tree["sum_hessian"], float),
    )


def _answer(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    def margin(rows: np.ndarray) -> np.ndarray:
        from xgboost import DMatrix

        booster = booster_of(model)
        missing = getattr(model, "missing", None)
        matrix = DMatrix(
            rows, missing=missing, feature_names=booster.feature_names, feature_types=booster.feature_types
        )
        best = booster.attr("best_iteration")
        rounds = (0, 0) if best is None else (0, int(best) + 1)
        answers = booster.predict(matrix, output_margin=True, iteration_range=rounds)
        return np.asarray(answers, np.float64).reshape(len(rows), -1)

    return margin


def _unit(objective: str) -> str:
    if objective.startswith(_ODDS):
        return "log-odds"
    if objective in _LOG:
        return "log"
    return "" if objective.removeprefix("reg:") in _PLAIN else "margin"
