"""Trees of scikit-learn: single trees, averages over trees, gradient boosting, histogram boosting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .answering import answering
from .forest import Forest, Tree
from .raw import bad


def average(model: Any) -> Forest:
    """A tree, or a forest: the mean over its trees, of probabilities for a classifier."""
    members = getattr(model, "estimators_", [model])
    is_classifier = hasattr(model, "classes_")
    if is_classifier and model.n_outputs_ > 1:
        raise bad("model", "one target", f"{model.n_outputs_}", "Fit a classifier to each target.")
    trees = [_tree(member.tree_, 1 / len(members), is_classifier) for member in members]
    answer = model.predict_proba if is_classifier else model.predict
    return Forest(trees, answering(model, answer), "probability" if is_classifier else "", np.float32)


def boosting(model: Any) -> Forest:
    """Gradient boosting: one tree for each round and class."""
    stages = model.estimators_  # (n_rounds, n_outputs)
    trees = [
        _in_column(_tree(member.tree_, model.learning_rate, False), k, stages.shape[1])
        for stage in stages
        for k, member in enumerate(stage)
    ]
    return Forest(trees, *_answer_of_boosting(model), np.float32)


def histogram(model: Any) -> Forest:
    """Histogram boosting; it takes NaN, and compares in float64."""
    stages = model._predictors
    trees = [
        _in_column(_histogram_tree(member.nodes), k, len(stage))
        for stage in stages
        for k, member in enumerate(stage)
    ]
    return Forest(trees, *_answer_of_boosting(model))


def _answer_of_boosting(model: Any) -> tuple[Callable[[np.ndarray], np.ndarray], str]:
    if hasattr(model, "decision_function"):
        return answering(model, model.decision_function), "log-odds"
    if getattr(model, "loss", "") in ("poisson", "gamma"):  # trees add up below the exponential
        return answering(model, lambda rows: np.log(model.predict(rows))), "log"
    return answering(model, model.predict), ""


def _tree(tree: Any, scale: float, is_classifier: bool) -> Tree:
    value = tree.value.reshape(tree.node_count, -1)
    if is_classifier:
        value = value / value.sum(1, keepdims=True)
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        missing=np.where(tree.missing_go_to_left, tree.children_left, tree.children_right),
        feature=tree.feature,
        threshold=tree.threshold,
        value=value * scale,
        cover=tree.weighted_n_node_samples,
    )


def _histogram_tree(nodes: np.ndarray) -> Tree:
    if nodes["is_categorical"].any():
        raise bad(
            "model", "splits at thresholds", "splits by category",
            "Fit it with categories as numbers (categorical_features=None).",
        )  # fmt: skip
    is_leaf = nodes["is_leaf"].astype(bool)
    left, right = (np.where(is_leaf, -1, nodes[side].astype(int)) for side in ("left", "right"))
    return Tree(
        left=left,
        right=right,
        missing=np.where(nodes["missing_go_to_left"], left, right),
        feature=nodes["feature_idx"],
        threshold=nodes["num_threshold"],
        value=nodes["value"][:, None],
        cover=nodes["count"].astype(float),
    )


def _in_column(tree: Tree, column: int, n_columns: int) -> Tree:
    """A tree of one output as one of several, in which the others are 0."""
    value = np.zeros((len(tree.value), n_columns))
    value[:, column] = tree.value[:, 0]
    return replace(tree, value=value)
