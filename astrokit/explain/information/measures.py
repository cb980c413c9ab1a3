"""Five definitions of what two sources share, each a function of a table p[x1, x2, y], in nats.

The sixth, BROJA, is a convex program of its own: `broja.py`.
"""

from __future__ import annotations

import numpy as np

from .maximum_entropy import maximum_entropy
from .terms import information, margin, pointwise, ratio_log

EXACT, SOLVED = 1e-9, 1e-5  # nats; a pointwise information below it is 0 and has no sign


def shared_mmi(p: np.ndarray) -> float:
    """Minimum mutual information, min I(Xk; Y) (Barrett 2015)."""
    return min(information(p, 0), information(p, 1))


def shared_i_min(p: np.ndarray) -> float:
    """Expected least specific information (Williams & Beer 2010).

    sum_y p(y) min_k I(Y=y; Xk), where I(Y=y; X) = sum_x p(x|y) log p(y|x) / p(y).
    """
    # p(y) is left inside: both candidates of the minimum carry the same factor.
    specific = [(margin(p, k, 2) * pointwise(p, k)).sum(axis=(0, 1)) for k in (0, 1)]
    return float(np.minimum(*specific).sum())


def shared_pointwise(p: np.ndarray) -> float:
    """Expected least pointwise information: sum p min(i(x1; y), i(x2; y)), as for model predictions.

    With h = -log p(y) and ce_k = -log p(y|x_k), i_k = h - ce_k; a negative term is misinformation.
    """
    return float((p * np.minimum(pointwise(p, 0), pointwise(p, 1))).sum())


def shared_sx(p: np.ndarray) -> float:
    """Shared exclusions (Makkeh, Gutknecht & Wibral 2021).

    What the event "X1 = x1 or X2 = x2" tells about y: log p(y | x1 or x2) / p(y).
    """
    either_and_y = margin(p, 0, 2) + margin(p, 1, 2) - p
    either = margin(p, 0) + margin(p, 1) - margin(p, 0, 1)
    return float((p * ratio_log(either_and_y, either * margin(p, 2))).sum())


def shared_ccs(p: np.ndarray) -> float:
    """Common change in surprisal (Ince 2017).

    The local co-information i1 + i2 - i12 of the maximum entropy distribution with the three pairwise
    marginals of p, counted only where i1, i2, i12 and the co-information have one sign.
    """
    q = maximum_entropy(p)
    # The marginals with y are those of p, which are exact where q holds a solver's tolerance.
    i1, i2 = pointwise(p, 0), pointwise(p, 1)
    i12 = ratio_log(q, margin(p, 0, 1) * margin(p, 2))
    shared = i1 + i2 - i12
    agree = (_sign(i1, EXACT) == _sign(i2, EXACT)) & (_sign(i12, SOLVED) == _sign(shared, SOLVED))
    agree = agree & (_sign(i1, EXACT) == _sign(i12, SOLVED))
    return float((q * shared)[agree].sum())


def _sign(term: np.ndarray, zero: float) -> np.ndarray:
    return np.where(np.abs(term) > zero, np.sign(term), 0.0)


SHARED = {
    "mmi": shared_mmi,
    "i_min": shared_i_min,
    "ccs": shared_ccs,
    "sx": shared_sx,
    "pointwise": shared_pointwise,
}
