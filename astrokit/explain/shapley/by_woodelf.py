"""Values of trees through `woodelf`: for many rows, in float32.

A row passes the splits on the way to a leaf in a pattern of right turns and wrong ones, and rows of one
pattern get the same from this leaf: woodelf computes it once for each pattern, and looks it up (Nadel &
Wettenstein 2026).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .forest import Tree


def by_woodelf(
    trees: list[Tree], rows: np.ndarray, background: np.ndarray | None, interactions: bool = False
) -> np.ndarray:
    """As `by_shap`, and interactions of both kinds."""
    import pandas as pd
    from woodelf import WoodelfExplainer
    from woodelf.core.trees.decision_trees_ensemble import DecisionTreesEnsemble

    n_rows, n_features = rows.shape
    n_outputs = trees[0].value.shape[1]
    found = np.zeros((n_rows, *([n_features] * (1 + interactions)), n_outputs))
    table = pd.DataFrame(rows)
    behind = None if background is None else pd.DataFrame(background)
    for k in range(n_outputs):
        of_output = [_nodes(tree, k) for tree in trees if tree.value[:, k].any()]
        if not of_output:
            continue
        explainer = WoodelfExplainer(DecisionTreesEnsemble(of_output), behind)
        values_of = explainer.shap_interaction_values if interactions else explainer.shap_values
        found[..., k] = values_of(table, verbose=False)
    return found


def _nodes(tree: Tree, output: int) -> Any:
    """The root of a tree in woodelf's form."""
    from woodelf.core.trees.decision_trees_ensemble import LeftIsSmallerEqualDecisionTreeNode as Node

    def grow(index: int) -> Any:
        is_leaf = tree.left[index] < 0
        node = Node(
            feature_name=None if is_leaf else int(tree.feature[index]),
            value=tree.value[index, output] if is_leaf else tree.threshold[index],
            left=None if is_leaf else grow(tree.left[index]),
            right=None if is_leaf else grow(tree.right[index]),
            nan_go_left=bool(tree.missing[index] == tree.left[index]),
            index=int(index),
            cover=float(tree.cover[index]),
        )
        for child in () if is_leaf else (node.left, node.right):
            child.parent = node
        return node

    root = grow(0)
    root.depth = root.get_depth()
    return root
