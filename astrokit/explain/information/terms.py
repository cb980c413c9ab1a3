"""Pointwise information of a table p[x1, x2, y], in nats, with every array broadcast to (n1, n2, ny)."""

from __future__ import annotations

import numpy as np


def ratio_log(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """log(top / bottom), and 0 where `top` is 0: such events carry no weight."""
    top, bottom = np.broadcast_arrays(top, bottom)
    seen = (top > 0) & (bottom > 0)
    return np.log(np.where(seen, top, 1.0)) - np.log(np.where(seen, bottom, 1.0))


def margin(p: np.ndarray, *kept: int) -> np.ndarray:
    """The marginal of the kept axes; the others stay with length 1, so that it broadcasts."""
    return p.sum(axis=tuple(axis for axis in range(3) if axis not in kept), keepdims=True)


def pointwise(p: np.ndarray, *sources: int) -> np.ndarray:
    """i(x; y) = log p(x, y) / (p(x) p(y)) for one source (0 or 1) or both (0, 1)."""
    return ratio_log(margin(p, *sources, 2), margin(p, *sources) * margin(p, 2))


def information(p: np.ndarray, *sources: int) -> float:
    """I(sources; Y) in nats."""
    return float((margin(p, *sources, 2) * pointwise(p, *sources)).sum())


def informations(p: np.ndarray) -> tuple[float, float, float]:
    """I(X1; Y), I(X2; Y) and I(X1, X2; Y)."""
    return information(p, 0), information(p, 1), information(p, 0, 1)
