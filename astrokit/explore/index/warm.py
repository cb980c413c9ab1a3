"""Compile now what a first map would compile: set-up does it, so that no visitor waits."""

from __future__ import annotations

import numpy as np

from .point_index import PointIndex


def warm() -> None:
    """Build a small index of each kind of input, and ask it everything once."""
    x = np.linspace(0, 1, 5000)
    channels = {"category": np.arange(5000) % 3, "value": x}
    for kind in (np.float32, np.float64):
        index = PointIndex(x.astype(kind), (x**2).astype(kind), channels=channels, progress=False)
    for channel in (None, "category", "value"):
        index.frame(0, 1, 0, 1, 64, 48, channel=channel, members=index.members(np.arange(50)))
        index.frame(0.5, 0.5 + 1e-9, 0.2, 0.3, 64, 48, channel=channel)
    for size in (1.0, 1e-3):
        index.inside([(0, 0), (size, 0), (size, size)])
        index.box(0, size, 0, size)
    index.nearest(0.5, 0.5, 3)
