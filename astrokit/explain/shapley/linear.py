"""Linear models: the coefficient times the distance from the mean of the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ParameterError

if TYPE_CHECKING:
    from .values import Raw


def is_linear(model: Any) -> bool:
    """Whether a model is a sum over its features, up to a link."""
    return hasattr(model, "coef_") and hasattr(model, "intercept_") and not hasattr(model, "support_vectors_")


def of_linear(model: Any, data: np.ndarray, background: np.ndarray | None) -> Raw:
    """phi_j = w_j (x_j - mean of x_j): exact where absent features come from the background."""
    from .values import Raw

    if background is None:
        raise ParameterError(
            "background",
            expected="rows whose mean an absent feature has",
            got="none",
            next_step="Pass background=, for instance the rows that the model was fitted on.",
        )
    weights = np.atleast_2d(np.asarray(model.coef_, float))  # (n_outputs, n_features)
    mean = background.mean(0)
    answer = model.decision_function if hasattr(model, "decision_function") else model.predict
    answers = np.asarray(answer(data), float).reshape(len(data), -1)
    is_classifier = hasattr(model, "decision_function")
    return Raw(
        values=(data - mean)[:, :, None] * weights.T[None],
        base_value=weights @ mean + np.ravel(model.intercept_),
        answers=answers,
        unit="log-odds" if is_classifier else "",
        how=f"closed form of a linear model, {len(background):,} background rows",
    )
