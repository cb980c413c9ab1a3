"""Trees of every library in one form, in which no engine can send a row elsewhere than its model does.

Libraries differ at the edge of a split. Trees and forests of scikit-learn round features to float32, keep
thresholds in float64 and go left at or below; xgboost rounds both to float32 and goes left *below*;
histogram boosting rounds nothing. Engines differ too: woodelf compares features as they come, and shap
rounds thresholds to float32 where there is a background. So a few rows in ten thousand take another branch
than in the model, and get values that do not add up.

Here features are rounded as the model rounds them, and then counted: the code of a number is how many
thresholds of its feature lie below it. Codes are small integers, which every engine compares exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .raw import ROUNDING


@dataclass(frozen=True)
class Tree:
    """One tree, the root first: left where a feature is at most the threshold, `missing` where it is NaN."""

    left: np.ndarray  # (n_nodes,) child, -1 for a leaf
    right: np.ndarray
    missing: np.ndarray  # the child for NaN: the left or the right one
    feature: np.ndarray
    threshold: np.ndarray
    value: np.ndarray  # (n_nodes, n_outputs), read at leaves only
    cover: np.ndarray  # (n_nodes,) weight of the rows that grew the tree

    @property
    def splits(self) -> np.ndarray:
        """Nodes that split, (n_splits,)."""
        return np.flatnonzero(self.left >= 0)

    def answer(self, rows: np.ndarray) -> np.ndarray:
        """The value of each row's leaf, (n_rows, n_outputs)."""
        node = np.zeros(len(rows), int)
        while (inner := self.left[node] >= 0).any():
            at, feature = node[inner], rows[inner, self.feature[node[inner]]]
            side = np.where(feature <= self.threshold[at], self.left[at], self.right[at])
            node[inner] = np.where(np.isnan(feature), self.missing[at], side)
        return self.value[node]

    def expectation(self) -> np.ndarray:
        """Mean value (n_outputs,) where a split passes a row on by its children's share of cover."""
        total, below = np.zeros(self.value.shape[1]), [(0, 1.0)]
        while below:
            node, share = below.pop()
            if self.left[node] < 0:
                total += share * self.value[node]
                continue
            for child in (self.left[node], self.right[node]):
                below.append((child, share * self.cover[child] / self.cover[node]))
        return total


@dataclass(frozen=True)
class Forest:
    """Trees whose sum, plus a constant, is the answer of a model."""

    trees: list[Tree]
    answer: Callable[[np.ndarray], np.ndarray]  # (n_rows, n_outputs) of the model itself, on that scale
    unit: str
    precision: Any = np.float64  # to which the model rounds features
    missing: float = np.nan  # a number that the model takes for NaN
    rounding: float = ROUNDING  # of its answers

    def rounded(self, data: np.ndarray) -> np.ndarray:
        """Features (n_rows, n_features) as the model compares them."""
        marked = np.where(data == self.missing, np.nan, data)
        return marked.astype(self.precision).astype(np.float64)

    def constant(self, n_features: int) -> np.ndarray:
        """What the model adds to its trees (n_outputs,), as its answer to a row of zeros tells."""
        probe = np.zeros((1, n_features))
        return (self.answer(probe) - sum(tree.answer(self.rounded(probe)) for tree in self.trees))[0]

    @cached_property
    def cuts(self) -> dict[int, np.ndarray]:
        """Different thresholds of each feature that is split on, sorted."""
        features = np.concatenate([tree.feature[tree.splits] for tree in self.trees])
        thresholds = np.concatenate([tree.threshold[tree.splits] for tree in self.trees])
        return {int(k): np.unique(thresholds[features == k]) for k in np.unique(features)}

    def coded(self, data: np.ndarray) -> np.ndarray:
        """Features (n_rows, n_features) as numbers of thresholds below them; NaN stays, the unused are 0."""
        rows, codes = self.rounded(data), np.zeros(data.shape)
        for feature, cuts in self.cuts.items():
            column = rows[:, feature]
            codes[:, feature] = np.where(np.isnan(column), np.nan, np.searchsorted(cuts, column))
        return codes

    @cached_property
    def coded_trees(self) -> list[Tree]:
        """Trees of coded features whose leaves have the mean 0: constants have no share, and cost digits."""
        return [
            replace(
                tree, threshold=self._codes_of(tree), value=tree.value - tree.value[tree.left < 0].mean(0)
            )
            for tree in self.trees
            if len(tree.splits)
        ]

    def _codes_of(self, tree: Tree) -> np.ndarray:
        codes = np.zeros(len(tree.left))
        for node in tree.splits:
            codes[node] = np.searchsorted(self.cuts[int(tree.feature[node])], tree.threshold[node])
        return codes
