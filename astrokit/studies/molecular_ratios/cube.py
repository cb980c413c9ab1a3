"""Inputs by their ranges: the space of all clouds as a unit cube."""

from __future__ import annotations

import numpy as np

from ...data.uclchem import INPUTS


def unit_cube(inputs: np.ndarray) -> np.ndarray:
    """Inputs by their ranges, each from 0 to 1."""
    low, high = _ranges()
    return (inputs - low) / (high - low)


def from_unit_cube(points: np.ndarray) -> np.ndarray:
    """Inputs, of what `unit_cube` gives."""
    low, high = _ranges()
    return low + points * (high - low)


def _ranges() -> tuple[np.ndarray, np.ndarray]:
    low, high = (np.array([getattr(column, end) for column in INPUTS]) for end in ("minimum", "maximum"))
    return low, high
