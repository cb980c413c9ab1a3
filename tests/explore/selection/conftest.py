"""A small catalogue with awkward things in it: NaN coordinates, points on edges, gaps, long identifiers."""

import numpy as np
import pytest


@pytest.fixture
def catalogue():
    """Return (x, y, table, labels) of 60 rows; x and y are on a coarse grid, so that edges are hit."""
    generator = np.random.default_rng(5)
    x = generator.integers(0, 9, 60).astype(np.float32) / 2
    y = generator.integers(0, 9, 60).astype(np.float32) / 2
    x[7], y[11], x[13] = np.nan, np.nan, np.inf
    table = {
        "class": generator.choice(["RRAB", "RRC", 'a "b" {c}\n\'d', "é✓"], 60),
        "period": np.where(np.arange(60) % 9, generator.random(60), np.nan),
        "source_id": 4_295_806_720_123_456_789 + np.arange(60),
    }
    return x, y, table, generator.integers(-1, 4, 60)
