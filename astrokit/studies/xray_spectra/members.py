"""The classifiers of a blend: boosted trees and a small network, both at home with missing values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from scipy.special import softmax

HALF = 0.5  # of the way from equal sources to equal classes
TREES: dict[str, Any] = {
    "n_estimators": 100,
    "learning_rate": 0.09,
    "max_depth": 4,
    "subsample": 0.7,
    "colsample_bytree": 0.4,
    "reg_lambda": 3.0,
    "tree_method": "hist",
    "max_bin": 64,
    "n_jobs": 1,
}
REACH = 6.0  # a scaled feature goes no further: one wild value shall not decide


class Trees:
    """Boosted trees whose classes weigh as the square root of their rarity (Chen & Guestrin 2016).

    Between equal sources, which forgets rare classes, and equal classes, which trusts a few rows too much.
    What weights do to probabilities, the pool takes back.
    """

    def __init__(
        self, seed: int = 0, model: Any = None, *, settings: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self.seed, self.model, self.settings = seed, model, TREES | dict(settings)

    def fit(self, points: np.ndarray, code: np.ndarray) -> Trees:
        from xgboost import XGBClassifier

        counts = np.bincount(code)
        weights = (len(code) / len(counts) / counts[code]) ** HALF
        model = XGBClassifier(**self.settings, random_state=self.seed).fit(
            points, code, sample_weight=weights
        )
        self.model = model.get_booster()
        return self

    def predict_proba(self, points: np.ndarray) -> np.ndarray:
        """(n_samples, n_classes)"""
        found = self.model.inplace_predict(np.asarray(points, np.float32), missing=np.nan)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])


class Network(NamedTuple):
    """Scaled features, beside each whether it is missing, through two hidden layers (n_classes out).

    `centre`, `spread` (n_features,); `matrices`, `offsets` of the layers.
    """

    centre: np.ndarray
    spread: np.ndarray
    matrices: tuple[np.ndarray, ...]
    offsets: tuple[np.ndarray, ...]

    def predict_proba(self, points: np.ndarray) -> np.ndarray:
        """(n_samples, n_classes)"""
        rows = scaled(points, self.centre, self.spread)
        for matrix, offset in zip(self.matrices[:-1], self.offsets[:-1], strict=True):
            rows = np.maximum(rows @ matrix + offset, 0)
        found = rows @ self.matrices[-1] + self.offsets[-1]
        # scikit-learn gives two classes one output.
        return softmax(
            np.column_stack([np.zeros(len(found)), found]) if found.shape[1] == 1 else found, axis=1
        )


class NetworkMaker(NamedTuple):
    """Fits a `Network` with scikit-learn: a seed in, the arrays out; `alpha` is its penalty on weights."""

    seed: int
    hidden: tuple[int, ...] = (64, 32)
    alpha: float = 1.0

    def fit(self, points: np.ndarray, code: np.ndarray) -> Network:
        from sklearn.neural_network import MLPClassifier

        points = np.asarray(points, float)
        seen = np.isfinite(points).any(0)
        centre, spread = np.zeros(points.shape[1]), np.ones(points.shape[1])
        centre[seen] = np.nanmedian(points[:, seen], axis=0)
        spread[seen] = np.maximum(np.nanstd(points[:, seen], axis=0), 1e-6)
        model = MLPClassifier(
            self.hidden,
            alpha=self.alpha,
            batch_size=128,
            learning_rate_init=3e-3,
            max_iter=40,
            random_state=self.seed,
        ).fit(scaled(points, centre, spread), code)
        return Network(centre, spread, tuple(model.coefs_), tuple(model.intercepts_))


def scaled(points: np.ndarray, centre: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Scaled features and their missingness: (n_samples, n_features) -> (n_samples, 2 n_features)."""
    missing = ~np.isfinite(points)
    rows = np.where(missing, 0.0, (points - centre) / spread)
    return np.column_stack([np.clip(rows, -REACH, REACH), missing])
