"""What the index answers with: counts on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Frame:
    """Counts of points on a grid of ny * nx cells, row 0 at the lowest y; cells are half-open.

    Attributes
    ----------
    counts : (ny, nx) uint32
    extent : (x0, x1, y0, y1)
        Outer edges of `counts`, in the caller's coordinates.
    by_category : (n_categories, ny, nx) uint32, or None
        Counts of each category, when a category channel was asked for.
    mean : (ny, nx) float32, or None
        Mean of a value channel, NaN in cells without a value.
    members : (ny, nx) uint32, or None
        How many of the members asked about are in each cell.
    """

    counts: np.ndarray
    extent: tuple[float, float, float, float]
    by_category: np.ndarray | None = None
    mean: np.ndarray | None = None
    members: np.ndarray | None = None

    @property
    def x_edges(self) -> np.ndarray:
        """(nx + 1,) edges of the columns."""
        return np.linspace(self.extent[0], self.extent[1], self.counts.shape[1] + 1)

    @property
    def y_edges(self) -> np.ndarray:
        """(ny + 1,) edges of the rows."""
        return np.linspace(self.extent[2], self.extent[3], self.counts.shape[0] + 1)
