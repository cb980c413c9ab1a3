"""The gestures by which a selection is made: each adds one step, and answers with the selection itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

from .steps import Box, Category, Clear, Cluster, Ids, Invert, Lasso, Load, Nearest, Range, Save, Step


class Gestures(ABC):
    """Methods that add a step to a program.

    In all of them `how` says how the rows combine with those selected before: "new" forgets those, "and"
    keeps the common ones, "or" adds, "minus" takes away. All raise ParameterError, and change nothing, when a
    parameter is wrong or the selection has no source for it.
    """

    @abstractmethod
    def _add(self, step: Step) -> Self: ...

    def lasso(self, polygon: Any, how: str = "new") -> Self:
        """Select the points in a polygon (n_vertices, 2), which may cross itself (even-odd rule).

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> selection = Selection(3, x=[0.1, 0.6, 2.0], y=[0.1, 0.6, 2.0])
        >>> selection.lasso([(0, 0), (1, 0), (0, 1)]).indices
        array([0])
        """
        return self._add(Lasso(polygon, how))

    def box(self, x0: float, x1: float, y0: float, y1: float, how: str = "new") -> Self:
        """Select the points in the half-open box [x0, x1) x [y0, y1).

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(3, x=[0.0, 0.5, 1.0], y=[0.0, 0.0, 0.0]).box(0, 1, 0, 1).indices
        array([0, 1])
        """
        return self._add(Box(x0, x1, y0, y1, how))

    def cluster(self, *labels: int | str, how: str = "new") -> Self:
        """Select the rows with one of these labels; -1 is noise where the clustering says so.

        Labels are compared as text: 3 and "3" are the same.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(4, labels=[0, 1, -1, 1]).cluster(1, -1).indices
        array([1, 2, 3])
        """
        return self._add(Cluster(labels, how))

    def category(self, channel: str, *labels: int | str, how: str = "new") -> Self:
        """Select the rows with one of these labels in a column of the table, or in a channel of the index.

        The table comes first. Labels are compared as text; rows without one are never selected.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(3, table={"class": ["RRAB", "RRC", None]}).category("class", "RRAB", "RRC").indices
        array([0, 1])
        """
        return self._add(Category(channel, labels, how))

    def range(self, channel: str, low: float | None, high: float | None, how: str = "new") -> Self:
        """Select the rows with a value in [low, high], both ends included; None leaves an end open.

        The value is that of a column of the table, in the column's unit, or else of a channel of the index
        (float32). Integers compare exactly, of any length; missing values and NaN are in no range.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(3, table={"period": [0.2, 0.5, float("nan")]}).range("period", 0.3, None).indices
        array([1])
        """
        return self._add(Range(channel, low, high, how))

    def nearest(self, x: float, y: float, k: int = 1, how: str = "new", *, aspect: float = 1.0) -> Self:
        """Select the `k` points nearest to (x, y); of equals, the lower row.

        `aspect` multiplies distances along y: a map passes the ratio of its scales, to measure in pixels.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(3, x=[0.0, 1.0, 5.0], y=[0.0, 0.0, 0.0]).nearest(0.8, 0, k=2).indices
        array([0, 1])
        """
        return self._add(Nearest(x, y, k, aspect, how))

    def ids(self, rows: Any, how: str = "new") -> Self:
        """Select rows by number, counted from 0, or by a mask (n_samples,) of bool.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(5).ids([4, 1]).ids([4], how="minus").indices
        array([1])
        """
        return self._add(Ids(rows, how))

    def invert(self) -> Self:
        """Select what was not selected: of all rows, also those with NaN coordinates, which no lasso reaches.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> Selection(3, x=[0.5, 2.0, float("nan")], y=[0.5, 2.0, 0.5]).box(0, 1, 0, 1).invert().indices
        array([1, 2])
        """
        return self._add(Invert())

    def clear(self) -> Self:
        """Select nothing; names stay.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> len(Selection(5).ids([4, 1]).clear())
        0
        """
        return self._add(Clear())

    def save(self, name: str) -> Self:
        """Give the selected rows a name, or a name other rows; a step like others, that undo takes back.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> selection = Selection(5).ids([4, 1]).save("pair")
        >>> selection.names, selection.undo().names
        (('pair',), ())
        """
        return self._add(Save(name))

    def load(self, name: str, how: str = "new") -> Self:
        """Select the rows that have a name; with `how`, combine them with the present ones.

        Examples
        --------
        >>> from astrokit.explore.selection import Selection
        >>> selection = Selection(5).ids([0, 1]).save("a").ids([1, 2]).save("b")
        >>> selection.load("a").load("b", how="minus").indices
        array([0])
        """
        return self._add(Load(name, how))
