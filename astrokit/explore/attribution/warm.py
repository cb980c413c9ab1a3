"""Compile now what a first attribution explorer would compile: set-up does it, so that no visitor waits."""

from __future__ import annotations

import numpy as np

from ...progress import listening
from .groups import Groups
from .summary import summarise
from .sums import Blocks


def warm() -> None:
    """Sum up a small attribution as arrays come: float64, float32, one output of several."""
    data = np.random.default_rng(0).normal(size=(3000, 2))
    groups = Groups(np.arange(3000) // 2, 3000)
    for values, own in (
        (data, data),
        (data.astype(np.float32), data.astype(np.float32)),
        (np.stack([data, data], axis=-1)[..., 0], data),
    ):
        with listening(lambda *_: None):  # set-up has a progress of its own
            blocks = Blocks(values, own)
            for known in (None, groups):
                summarise(blocks, ("a", "b"), data[:, 0] > 0, groups=known)
