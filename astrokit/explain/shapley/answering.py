"""Asking a fitted estimator in the form in which it was fitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def fitted_names(model: Any) -> list[str] | None:
    """Names of the columns that a model was fitted on, where it keeps them."""
    names = getattr(model, "feature_names_in_", getattr(model, "feature_names", None))
    return None if names is None else [str(name) for name in names]


def n_fitted(model: Any) -> int | None:
    """How many columns a model was fitted on; None where it does not tell, or was not fitted."""
    if hasattr(model, "num_features"):  # a booster of xgboost
        return int(model.num_features())
    return getattr(model, "n_features_in_", None)


def answering(model: Any, method: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
    """`method` of an estimator as a function from rows to (n_rows, n_outputs).

    It is given a table where it was fitted on one, since scikit-learn warns otherwise.
    """
    names = getattr(model, "feature_names_in_", None)

    def of_rows(rows: np.ndarray) -> np.ndarray:
        if names is not None:
            import pandas as pd

            rows = pd.DataFrame(rows, columns=names)
        return np.asarray(method(rows), np.float64).reshape(len(rows), -1)

    return of_rows
