"""A slider on the way from the mean of one selection to that of another."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from ...latent import Traversal
from ..explorer import note
from .decoding import Decoding
from .scene import Scene
from .sliders import N_STEPS, Moved, set_bounds

REST, SELECTED = "all others", "the selection"


class WayBetween(ipywidgets.VBox):
    """From all others to the selection, or between any that are saved; `moved(z)` hears of each step.

    While it is not `active` it seeks no way.
    """

    def __init__(self, scene: Scene, decoding: Decoding, moved: Moved) -> None:
        self._scene, self._decoding, self._moved = scene, decoding, moved
        self._way: Traversal | None = None
        self._active, self._settling = False, False
        self._wished: dict[str, Any] = {}  # of a state: what to go to once the selection is there
        self.start, self.end = (
            ipywidgets.Dropdown(
                options=[first],
                description=text,
                layout=ipywidgets.Layout(width="200px"),
                style={"description_width": "40px"},
            )
            for text, first in (("from", REST), ("to", SELECTED))
        )
        self.position = ipywidgets.FloatSlider(
            min=0,
            max=1,
            step=0.01,
            description="position",
            tooltip="0 is the mean of the one, 1 that of the other",
            layout=ipywidgets.Layout(width="400px"),
        )
        self._words = ipywidgets.HTML()
        for box in (self.start, self.end):
            box.observe(lambda _: self._seek(), names="value")
        self.position.observe(lambda _: self._walk(), names="value")
        scene.selection.observe(lambda _: self._offer())
        super().__init__([ipywidgets.HBox([self.start, self.end]), self.position, self._words])

    @property
    def active(self) -> bool:
        return self._active

    @active.setter
    def active(self, value: bool) -> None:
        self._active = value
        self._offer()

    @property
    def state(self) -> dict[str, Any]:
        return {"from": self.start.value, "to": self.end.value, "position": self.position.value}

    def restore(self, state: dict[str, Any]) -> None:
        """The selections of a state may be restored after this: go there when they are."""
        self._wished = dict(state)
        self._offer()

    def _offer(self) -> None:
        """Offer the saved selections, and seek the way anew: its ends may be others now."""
        if not self._active:
            return
        names = list(self._scene.selection.names)
        self._settling = True
        for key, box, first in (("from", self.start, REST), ("to", self.end, SELECTED)):
            wished = self._wished.get(key, box.value)
            box.options = [first, *names]
            box.value = wished if wished in box.options else first
        self._settling = False
        self._seek()

    def _seek(self) -> None:
        if self._settling:
            return
        self._way = None
        start, end = self.start.value, self.end.value
        n_selected, n_samples = len(self._scene.selection), self._scene.n_samples
        if end == SELECTED and (n_selected == 0 or n_selected == n_samples):
            self._words.value = note("Select some sources on the map: the way leads to them.")
            return
        self._scene.jobs.start("way", "finding the way", lambda stop: self._find(start, end), self._take)

    def _find(self, start: str, end: str) -> Traversal:
        selection = self._scene.selection
        to = selection.indices if end == SELECTED else self._saved(end)
        if start != REST:
            return self._decoding.axis(self._saved(start), to)
        others = np.ones(self._scene.n_samples, bool)
        others[to] = False
        return self._decoding.axis(np.flatnonzero(others), to)

    def _saved(self, name: str) -> np.ndarray:
        """Rows of a saved selection: what the program so far says of it, and no step more."""
        selection = self._scene.selection
        copy = type(selection)(selection.n_samples, index=self._scene.map.index, table=self._scene.table)
        return copy.from_json(selection.to_json()).load(name).indices

    def _take(self, way: Traversal) -> None:
        low, high = way.range
        position = float(np.clip(self._wished.pop("position", self.position.value), low, high))
        self._settling = True
        set_bounds(self.position, low, high)
        self.position.step, self.position.value = (high - low) / N_STEPS, position
        self._settling = False
        self._way, self._wished = way, {}
        gap = "" if way.on_support.all() else " On the way lies a gap without sources."
        said = f"0 is the mean of {self.start.value}, 1 that of {self.end.value}.{gap}"
        self._words.value = note(said, warning=bool(gap))
        self._walk()

    def _walk(self) -> None:
        if self._way is not None and not self._settling:
            self._moved(self._way.start + self.position.value * self._way.step)
