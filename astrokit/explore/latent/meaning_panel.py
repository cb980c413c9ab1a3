"""The panel of meaning: what each latent goes with among the measured properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from ...data.columns import values_and_gaps
from ...errors import ParameterError
from ...latent import correlates
from ..explorer import note, table_html
from ..map.rows import column_names
from .scene import Scene
from .trust import some_rows

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 50_000
MOST_COLUMNS = 40
N_LISTED = 15
ALL = "all latents"
NO_COLUMN = "(none)"


class MeaningPanel(ipywidgets.VBox):
    """Correlations of the latents with the columns of the table; any latent as a colour."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.table: pd.DataFrame | None = None
        self.rows = some_rows(scene.n_samples, MOST_ROWS, 0)
        self._latent = ipywidgets.Dropdown(options=[ALL, *scene.names], description="latent")
        self._latent.tooltip = "Its correlations, and the map coloured by it"
        self._words = ipywidgets.HTML(note("Not measured yet."))
        self._list = ipywidgets.HTML()
        self._list.add_class("ak-scroll")
        self._latent.observe(lambda _: self._choose(), names="value")
        self._column = ipywidgets.Dropdown(
            options=[NO_COLUMN, *column_names(scene.table)], description="column"
        )
        self._column.tooltip = "The map coloured by a column of the table"
        self._column.observe(lambda _: self._colour_by_column(), names="value")
        choices = ipywidgets.HBox([self._latent, self._column], layout={"flex_flow": "row wrap"})
        super().__init__([choices, self._words, self._list])

    def on_open(self) -> None:
        """Measure, if it is not measured yet."""
        if self.table is None and not self._scene.jobs.running("meaning"):
            latents, names = self._scene.latents[self.rows], self._scene.names

            def work(stop: Any) -> Any:
                properties = numeric_columns(self._scene.table, self.rows)
                return correlates(latents, properties, names=names) if properties else None

            self._scene.jobs.start("meaning", "correlating", work, self._take)

    @property
    def state(self) -> dict[str, Any]:
        return {"latent": self._latent.value, "column": self._column.value}

    def restore(self, state: dict[str, Any]) -> None:
        for name, box in (("latent", self._latent), ("column", self._column)):
            if state[name] not in box.options:
                raise ParameterError(
                    "state of the meaning panel",
                    expected=f"a {name} of {', '.join(box.options)}",
                    got=repr(state[name]),
                    next_step="Use a state of the same latents and table.",
                )
        self._latent.value, self._column.value = state["latent"], state["column"]

    def _colour_by_column(self) -> None:
        name = self._column.value
        if name == NO_COLUMN:
            return
        values, gaps = values_and_gaps(self._scene.table[name])
        if values.dtype.kind in "iuf":
            values = np.where(gaps, np.nan, values.astype(np.float32))
        try:
            self._scene.colour(name, values)
        except ParameterError as error:
            self._scene.jobs.complain(str(error))

    def _choose(self) -> None:
        name = self._latent.value
        if name != ALL:
            self._scene.colour(name, self._scene.latents[:, self._scene.names.index(name)].astype(np.float32))
        self._list_pairs()

    def _take(self, table: Any) -> None:
        self.table = table
        n, n_samples = len(self.rows), self._scene.n_samples
        of = f"{n:,} of {n_samples:,} sources, drawn at random" if n < n_samples else f"all {n:,} sources"
        said = f"Correlations by ranks over {of}; 90% intervals; q holds the false discovery rate."
        self._words.value = note(
            "The table has no column of numbers to correlate with." if table is None else said
        )
        self._list_pairs()

    def _list_pairs(self) -> None:
        if self.table is None:
            return
        name = self._latent.value
        pairs = self.table if name == ALL else self.table[self.table["latent"] == name]
        pairs = pairs[np.isfinite(pairs["rank"])].head(N_LISTED)
        columns = {
            "latent": pairs["latent"],
            "property": pairs["property"],
            "rank correlation": [f"{value:+.2f}" for value in pairs["rank"]],
            "interval": [
                f"{low:+.2f} to {high:+.2f}"
                for low, high in zip(pairs["rank_low"], pairs["rank_high"], strict=True)
            ],
            "linear": [f"{value:+.2f}" for value in pairs["linear"]],
            "q": [f"{value:.1g}" for value in pairs["rank_q"]],
        }
        self._list.value = table_html(columns, caption="the strongest first")


def numeric_columns(table: Any, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of numbers of a table at some rows, missing values as NaN; 40 at most.

    Examples
    --------
    >>> numeric_columns({"period": np.array([1.0, 2.0]), "name": ["a", "b"]}, np.array([1]))
    {'period': array([2.])}
    """
    found: dict[str, np.ndarray] = {}
    for name in column_names(table):
        if len(found) == MOST_COLUMNS:
            break
        values, gaps = values_and_gaps(table[name])
        if values.ndim == 1 and values.dtype.kind in "iuf":
            found[name] = np.where(gaps[rows], np.nan, values[rows].astype(float))
    return found
