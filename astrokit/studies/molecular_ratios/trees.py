"""Boosted trees: one ensemble a ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...random import RandomState, as_seed

SETTINGS: dict[str, Any] = {
    "n_estimators": 600,
    "learning_rate": 0.04,
    "max_depth": 5,
    "min_child_weight": 3,
    "subsample": 0.6,
    "colsample_bytree": 0.6,
    "n_jobs": 1,
}


class Trees:
    """`models`: a fitted `xgboost.XGBRegressor` for each output."""

    def __init__(self, models: Sequence[Any]) -> None:
        self.models = tuple(models)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """(n_samples, n_features) -> (n_samples, n_outputs)"""
        return np.column_stack([model.predict(features) for model in self.models]).astype(float)


def fit_trees(
    features: np.ndarray, targets: np.ndarray, *, random_state: RandomState = 0, **settings: Any
) -> Trees:
    """Gradient boosting of squared errors with shrinkage and random parts (Chen & Guestrin 2016, KDD, 785).

    Parameters
    ----------
    features : (n_samples, n_features)
    targets : (n_samples, n_outputs)
    random_state
    **settings
        Of xgboost, in place of those of `SETTINGS`.
    """
    from xgboost import XGBRegressor

    seed = as_seed(random_state)
    options = {**SETTINGS, **settings, "random_state": seed}
    return Trees([XGBRegressor(**options).fit(features, target) for target in targets.T])
