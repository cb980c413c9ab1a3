"""How the answer for one source comes about, feature by feature."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...explain.shapley import Attribution

N_STEPS = 10


class Waterfall(NamedTuple):
    """Steps from the base value to the answer, the largest first.

    `features` are numbers of features, -1 for all others together; `starts + values` is where each step ends,
    and the last one at `answer`.
    """

    base: float
    answer: float
    features: np.ndarray  # (n_steps,)
    values: np.ndarray  # (n_steps,)
    starts: np.ndarray  # (n_steps,)


def waterfall(attribution: Attribution, row: int, n_steps: int = N_STEPS) -> Waterfall:
    """The steps of one row of an attribution with one output; small ones together where there are more.

    Examples
    --------
    >>> attribution = Attribution(np.array([[0.5, -2.0, 0.25]]), 1.0, np.zeros((1, 3)), ("a", "b", "c"))
    >>> steps = waterfall(attribution, 0, n_steps=2)
    >>> steps.features.tolist(), steps.starts.tolist(), steps.answer
    ([1, -1], [1.0, -1.0], -0.25)
    """
    values = np.asarray(attribution.values[row], np.float64)
    order = np.argsort(-np.abs(values), kind="stable")
    features, steps = order, values[order]
    if len(order) > n_steps:
        kept = n_steps - 1
        features = np.append(order[:kept], -1)
        steps = np.append(values[order[:kept]], values[order[kept:]].sum())
    base = float(np.ravel(attribution.base_value)[0])
    starts = base + np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    return Waterfall(base, base + float(values.sum()), features, steps, starts)
