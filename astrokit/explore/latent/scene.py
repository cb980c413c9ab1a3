"""What the panels of one explorer share: the sources, the maps, and the source in hand."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import traitlets

from ..jobs import Jobs
from ..map import LatentMap
from ..map.rows import column_names, row_as_text
from ..selection import Selection
from .pictures import Pictures

REST_S = 0.25  # the pointer takes a source in hand when it rests this long: not on its way to a button
N_CELLS = 4  # columns of the user's table beside our own
N_SAMPLED = 2_000  # of a selection, where some are chosen to be shown
GOLDEN = 0.6180339887  # steps by it fill an interval evenly


class Scene(traitlets.HasTraits):
    """Latents, table, pictures, maps and jobs of one explorer.

    Attributes
    ----------
    source : int
        The row in hand: under the pointer for a moment, typed, or stepped to. Panels observe it.
    latents : (n_samples, n_latent)
    names : list of str
        Of the latents.
    maps : dict {name: LatentMap}
        One or two, the first with the selection.
    """

    source = traitlets.Int(0)

    def __init__(
        self,
        latents: np.ndarray,
        names: list[str],
        table: Any,
        labels: np.ndarray | None,
        maps: dict[str, LatentMap],
        pictures: Pictures,
    ) -> None:
        super().__init__()
        self.latents, self.names, self.table, self.labels = latents, names, table, labels
        self.maps, self.pictures = maps, pictures
        self.jobs = Jobs()
        self._rest: threading.Timer | None = None
        for map in maps.values():
            map.on_pointer(self._on_pointer)

    @property
    def n_samples(self) -> int:
        return len(self.latents)

    @property
    def selection(self) -> Selection:
        return self.map.selection

    @property
    def map(self) -> LatentMap:
        """The first map."""
        return next(iter(self.maps.values()))

    def colour(self, name: str, values: np.ndarray, *, show: bool = True) -> None:
        """Add a colour to all maps, and show it."""
        for map in self.maps.values():
            map.set_channel(name, values, show=show)

    def selected_or_all(self) -> np.ndarray:
        """Rows of the selection; all where nothing is selected."""
        rows = self.selection.indices
        return rows if len(rows) else np.arange(self.n_samples)

    def some(self, n: int, page: int = 0) -> np.ndarray:
        """`n` of the selected rows (of all, where nothing is selected), spread along their main change."""
        return spread(self.latents, self.selected_or_all(), n, page)

    def class_of(self, row: int) -> str:
        """The label of a source; "no class" where it has none."""
        label = None if self.labels is None else self.labels[row]
        has_none = label is None or label != label  # NaN is unlike itself
        return "no class" if has_none else str(label)

    def caption(self, row: int) -> str:
        """The source in a few words."""
        label = [] if self.labels is None else [self.class_of(row)]
        cells = [f"{name} {value}" for name, value in row_as_text(self.table, row)[:2]]
        return ", ".join([f"{row:,}", *label, *cells])

    def cells(self, rows: Any) -> dict[str, list[str]]:
        """Columns of the user's table, and the class, of some rows as text."""
        columns: dict[str, list[str]] = {"source": [f"{row:,}" for row in rows]}
        if self.labels is not None and "class" not in column_names(self.table):
            columns["class"] = [self.class_of(int(row)) for row in rows]
        for row in rows:
            for name, value in row_as_text(self.table, int(row))[:N_CELLS]:
                columns.setdefault(name, []).append(value)
        return columns

    def _on_pointer(self, row: int | None) -> None:
        if self._rest is not None:
            self._rest.cancel()
        if row is not None and row != self.source:
            self._rest = threading.Timer(REST_S, self.set_trait, ["source", row])
            self._rest.daemon = True
            self._rest.start()


def spread(latents: np.ndarray, rows: np.ndarray, n: int, page: int = 0) -> np.ndarray:
    """`n` of some rows, spread along the direction in which their latents vary most, and in its order.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    rows : (n_rows,)
    n : int
    page : int
        Other pages hold other sources; the same page always the same.

    Examples
    --------
    >>> line = np.arange(100.0)[:, None]
    >>> spread(line, np.arange(100), 4).tolist()
    [12, 37, 62, 87]
    """
    if len(rows) <= n:
        return rows
    if len(rows) > N_SAMPLED:
        rows = np.sort(np.random.default_rng(page).choice(rows, N_SAMPLED, replace=False))
    points = np.nan_to_num(latents[rows].astype(float), nan=0.0, posinf=0.0, neginf=0.0)
    points = (points - points.mean(0)) / np.maximum(points.std(0), 1e-12)
    axis = np.linalg.eigh(points.T @ points)[1][:, -1]
    axis = axis * (1 if axis[np.abs(axis).argmax()] > 0 else -1)
    order = rows[np.argsort(points @ axis, kind="stable")]
    offset = (0.5 + GOLDEN * page) % 1
    return order[((np.arange(n) + offset) / n * len(order)).astype(int)]
