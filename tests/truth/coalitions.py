"""Shapley values and interactions by their definition, over all 2^d coalitions: slow and plain."""

from itertools import combinations
from math import factorial

import numpy as np


def all_coalitions(d):
    return [frozenset(c) for size in range(d + 1) for c in combinations(range(d), size)]


def against_background(answer, row, background):
    """Worth of each coalition: the mean answer where absent features come from each background row."""
    worth = {}
    for present in all_coalitions(len(row)):
        mixed = background.copy()
        mixed[:, list(present)] = row[list(present)]
        worth[present] = answer(mixed).mean(0)
    return worth


def along_paths(trees, row, n_outputs):
    """Worth of each coalition: at a split on an absent feature both sides count, by their cover."""
    worth = {}
    for present in all_coalitions(len(row)):
        worth[present] = np.zeros(n_outputs)
        for tree, output in trees:
            worth[present][output] += _walk(tree, row, present)
    return worth


def _walk(node, row, present):
    if "value" in node:
        return node["value"]
    if node["feature"] in present:
        return _walk(node["left" if node["goes_left"](row[node["feature"]]) else "right"], row, present)
    left, right = node["left"], node["right"]
    return (left["cover"] * _walk(left, row, present) + right["cover"] * _walk(right, row, present)) / (
        left["cover"] + right["cover"]
    )


def values_of(worth):
    """(n_features, n_outputs), Shapley (1953)."""
    d = max(len(present) for present in worth)
    return np.array(
        [
            sum(
                factorial(len(s)) * factorial(d - len(s) - 1) / factorial(d) * (worth[s | {j}] - worth[s])
                for s in worth
                if j not in s
            )
            for j in range(d)
        ]
    )


def interactions_of(worth):
    """(n_features, n_features, n_outputs): halves of Grabisch & Roubens' (1999), and main effects."""
    values = values_of(worth)
    d = len(values)
    found = np.zeros((d, *values.shape))
    for i, j in combinations(range(d), 2):
        found[i, j] = found[j, i] = sum(
            factorial(len(s)) * factorial(d - len(s) - 2) / factorial(d - 1) / 2
            * (worth[s | {i, j}] - worth[s | {i}] - worth[s | {j}] + worth[s])
            for s in worth
            if i not in s and j not in s
        )  # fmt: skip
    for j in range(d):
        found[j, j] = values[j] - found[j].sum(0)
    return found


def trees_of(model):
    """[(nested tree, output)], from what each library shows of its trees."""
    name = type(model).__name__
    if name.startswith("XGB"):
        import json

        dump = model.get_booster().get_dump(dump_format="json", with_stats=True)
        n_outputs = model.n_classes_ if getattr(model, "n_classes_", 2) > 2 else 1
        return [(_of_xgboost(json.loads(tree)), k % n_outputs) for k, tree in enumerate(dump)]
    if name.startswith("Hist"):
        return [
            (_of_histogram(tree.nodes, 0), k) for stage in model._predictors for k, tree in enumerate(stage)
        ]
    if name.startswith("Gradient"):
        return [
            (_of_sklearn(tree.tree_, 0, 0, model.learning_rate), k)
            for stage in model.estimators_
            for k, tree in enumerate(stage)
        ]
    members = getattr(model, "estimators_", [model])
    n_outputs = getattr(model, "n_classes_", 1)
    return [
        (_of_sklearn(member.tree_, 0, k, 1 / len(members)), k) for member in members for k in range(n_outputs)
    ]


def _of_sklearn(tree, node, output, scale):
    cover = tree.weighted_n_node_samples[node]
    if tree.children_left[node] < 0:
        return {"value": np.ravel(tree.value[node])[output] * scale, "cover": cover}
    threshold, missing = tree.threshold[node], bool(tree.missing_go_to_left[node])
    return {
        "feature": tree.feature[node],
        "goes_left": lambda x: missing if np.isnan(x) else float(np.float32(x)) <= threshold,
        "left": _of_sklearn(tree, tree.children_left[node], output, scale),
        "right": _of_sklearn(tree, tree.children_right[node], output, scale),
        "cover": cover,
    }


def _of_histogram(nodes, index):
    node = nodes[index]
    if node["is_leaf"]:
        return {"value": node["value"], "cover": node["count"]}
    return {
        "feature": node["feature_idx"],
        "goes_left": lambda x: (
            bool(node["missing_go_to_left"]) if np.isnan(x) else x <= node["num_threshold"]
        ),
        "left": _of_histogram(nodes, node["left"]),
        "right": _of_histogram(nodes, node["right"]),
        "cover": node["count"],
    }


def _of_xgboost(node):
    if "leaf" in node:
        return {"value": node["leaf"], "cover": node["cover"]}
    left, right = (next(c for c in node["children"] if c["nodeid"] == node[side]) for side in ("yes", "no"))
    threshold, missing = np.float32(node["split_condition"]), node["missing"] == node["yes"]
    return {
        "feature": int(node["split"].removeprefix("f")),
        "goes_left": lambda x: missing if np.isnan(x) else np.float32(x) < threshold,
        "left": _of_xgboost(left),
        "right": _of_xgboost(right),
        "cover": node["cover"],
    }
