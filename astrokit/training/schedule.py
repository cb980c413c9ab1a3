"""The learning rate as a function of the step, so that a resumed fit needs no state of it."""

from __future__ import annotations

from math import cos, pi

WARM_UP = 0.05  # of all steps
SCHEDULES = ("constant", "cosine")


def learning_rate_at(step: int, n_steps: int, peak: float, schedule: str) -> float:
    """Learning rate of a step, counted from 0.

    "cosine" rises linearly over the first 5% of all steps and falls to zero as half a cosine (Loshchilov &
    Hutter 2016, arXiv:1608.03983, eq. 5, without restarts).

    Examples
    --------
    >>> [round(learning_rate_at(step, 100, 1.0, "cosine"), 3) for step in (0, 4, 5, 52, 99)]
    [0.2, 1.0, 1.0, 0.508, 0.0]
    """
    if schedule == "constant":
        return peak
    n_warm = max(int(WARM_UP * n_steps), 1)
    if step < n_warm:
        return peak * (step + 1) / n_warm
    return peak * 0.5 * (1 + cos(pi * (step - n_warm) / max(n_steps - n_warm, 1)))
