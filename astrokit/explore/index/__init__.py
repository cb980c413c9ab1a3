"""The point index: counts in any window, points in any polygon, of a hundred million points."""

from .frame import Frame
from .layers import Members
from .point_index import PointIndex
from .warm import warm

__all__ = ["Frame", "Members", "PointIndex", "warm"]
