"""The panel of candidates: which sources, how firm, and a file of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np

from ...errors import AstrokitError, ParameterError
from ..controls import button, in_row
from ..explorer import following, note, table_html
from .candidates import (
    ALL,
    SELECTED,
    are_candidates,
    candidate_table,
    firmest,
    firmest_first,
    write_candidates,
)
from .panel import Panel, choices
from .scene import Scene

N_LISTED = 12


class CandidatesPanel(Panel):
    """Sources of a cluster, of all, or of the selection, as a table."""

    def __init__(self, scene: Scene, source_id: Any, table: Any) -> None:
        self._source_id, self._table, self._is_following = source_id, table, False
        self.which = ipywidgets.Dropdown(
            options=[(ALL, ALL), ("the selection", SELECTED)],
            description="sources of",
            layout={"width": "270px"},
        )
        self.least = ipywidgets.FloatSlider(
            value=0.0,
            min=0.0,
            max=1.0,
            step=0.01,
            description="probability ≥",
            tooltip="Membership probability that they need at least",
            layout=ipywidgets.Layout(width="min(420px, 98%)"),
            style={"description_width": "110px"},
        )
        self.path = ipywidgets.Text(
            value="candidates.fits",
            description="file",
            tooltip=".fits, .vot, .ecsv, .csv or .parquet",
            layout={"width": "270px"},
        )
        self.overwrite = ipywidgets.Checkbox(description="replace it", indent=False, layout={"width": "auto"})
        self._words, self._list, self._written = (ipywidgets.HTML() for _ in range(3))
        self._list.add_class("ak-scroll")
        file = in_row(
            self.path,
            self.overwrite,
            button("write", "Write them into this file, beside the notebook", self._write, "save"),
            button("select them", "Select them on the map", lambda: scene.selection.ids(self.rows)),
        )
        super().__init__(scene, [self.which, self.least, self._words, file, self._written, self._list])
        for choice in (self.which, self.least):
            choice.observe(lambda _: self._refresh(), names="value")
        following(scene.selection, lambda _: self._hear_selection())
        self._words.value = note("No clusters yet.")

    @property
    def rows(self) -> np.ndarray:
        """Rows of the candidates, ascending."""
        return np.flatnonzero(are_candidates(self._scene, self.which.value, self.least.value))

    def table(self) -> dict[str, Any]:
        """The firmest first: columns source_id (where known), row, cluster, label, probability."""
        return self._columns(firmest_first(self._scene, self.rows))

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the candidates in the format that the ending names: FITS, VOTable, ECSV, CSV or Parquet.

        Raises
        ------
        ParameterError
            No candidates, an unknown ending, or a file that is there.
        """
        return write_candidates(self._scene, self.table(), path, overwrite=overwrite)

    def update(self) -> None:
        self._is_following, kept = True, self.which.value
        options = [(ALL, ALL), ("the selection", SELECTED), *choices(self._scene)]
        self.which.options = options
        self.which.value = kept if kept in [value for _, value in options] else ALL
        self._is_following = False
        self._refresh()

    def _hear_selection(self) -> None:
        if self.which.value == SELECTED:
            self._hear()

    def _refresh(self) -> None:
        if self._is_following or self._scene.clustering is None:
            return
        chosen = are_candidates(self._scene, self.which.value, self.least.value)
        n = int(np.count_nonzero(chosen))
        self._words.value = f'<div role="status">{note(f"{n:,} candidates, the firmest first.")}</div>'
        shown = self._columns(firmest(self._scene, chosen, N_LISTED))
        columns = {name: [_as_text(value) for value in values] for name, values in shown.items()}
        self._list.value = table_html(columns, caption=f"the first {min(N_LISTED, n)}")

    def _columns(self, rows: np.ndarray) -> dict[str, Any]:
        return candidate_table(self._scene, rows, self._source_id, self._table)

    def _write(self) -> None:
        try:
            path = self.write(self.path.value, overwrite=self.overwrite.value)
        except (AstrokitError, OSError) as error:
            self._written.value = note(str(error), warning=True)
            return
        self._written.value = f'<div role="status">{note(f"Written to {path.resolve()}.")}</div>'

    @property
    def state(self) -> dict[str, Any]:
        return {"which": self.which.value, "least": self.least.value, "path": self.path.value}

    def restore(self, state: dict[str, Any]) -> None:
        self.on_open()
        known = [value for _, value in self.which.options]
        least = state["least"]
        if state["which"] not in known or not isinstance(least, int | float) or not 0 <= least <= 1:
            raise ParameterError(
                "state of the candidates",
                expected=f"one of {', '.join(map(str, known))}, and a probability",
                got=f"{state['which']!r}, {least!r}",
                next_step="Use a state of the same data.",
            )
        self.which.value, self.least.value, self.path.value = state["which"], least, str(state["path"])


def _as_text(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, np.floating) else str(value)
