"""Linear models: the coefficient times the distance from the mean of the background."""

from __future__ import annotations

from typing import Any

import numpy as np

from .answering import answering
from .raw import Raw, bad, with_main_effects


def is_linear(model: Any) -> bool:
    """Whether a model is a sum over its features, up to a link."""
    return hasattr(model, "coef_") and hasattr(model, "intercept_") and not hasattr(model, "support_vectors_")


def of_linear(model: Any, data: np.ndarray, background: np.ndarray | None, interactions: bool) -> Raw:
    """phi_j = w_j (x_j - mean of x_j): exact where absent features come from the background."""
    if background is None:
        raise bad(
            "background", "rows whose mean an absent feature has", "none",
            "Pass background=, for instance the rows that the model was fitted on.",
        )  # fmt: skip
    weights = np.atleast_2d(np.asarray(model.coef_, float))  # (n_outputs, n_features)
    mean = background.mean(0)
    is_classifier = hasattr(model, "decision_function")
    answer = answering(model, model.decision_function if is_classifier else model.predict)
    values = (data - mean)[:, :, None] * weights.T[None]
    nothing = np.zeros((*data.shape, data.shape[1], len(weights))) if interactions else None
    return Raw(
        values=values,
        base_value=weights @ mean + np.ravel(model.intercept_),
        answers=answer(data),
        unit="log-odds" if is_classifier else "",
        how=f"closed form of a linear model, {len(background):,} background rows",
        interactions=None if nothing is None else with_main_effects(nothing, values),
    )
