"""The panel of stability: bootstraps, how often sources stay together, and what should not be believed."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from ...cluster import CoAssignment
from ...errors import AstrokitError, ParameterError
from ...progress import Cancelled
from ..controls import button, in_row
from ..explorer import note
from ..jobs import Stop
from .panel import Panel
from .scene import Scene
from .stability import DOUBTFUL, bootstrapped, in_words
from .stability_chart import MOST_SHOWN, StabilityChart
from .tables import table_with_swatches

N_RESAMPLES = (10, 20, 50, 100)
SUPPORT = "comes back"


class StabilityPanel(Panel):
    """Bootstraps of the present clusters, when they are asked for."""

    def __init__(self, scene: Scene) -> None:
        self.found: CoAssignment | None = None
        self._asked: Any = None  # the clustering that was bootstrapped
        self._labels, self._has_colour = np.empty(0, int), False
        self.drawing = StabilityChart()
        self._words, self._list = ipywidgets.HTML(), ipywidgets.HTML()
        self._list.add_class("ak-scroll")
        self.n_resamples = ipywidgets.Dropdown(
            options=N_RESAMPLES, value=20, description="bootstraps", layout={"width": "170px"}
        )
        self._colour = button("colour by it", "Colour the map by how often a source comes back", self.colour)
        run = button("run", "Cluster bootstraps of the sources by the same recipe", self.run, "play")
        row = in_row(self.n_resamples, run, self._colour)
        super().__init__(scene, [row, self._words, self.drawing.chart, self._list])
        self.drawing.chart.on_tap(lambda tap: self._tap(tap.x, tap.y))
        self.update()

    def update(self) -> None:
        is_there = self.found is not None and self._is_present()
        self._colour.disabled = not is_there
        for part in (self.drawing.chart, self._list):
            part.layout.display = "" if is_there else "none"
        if is_there:
            self._show()
            return
        old = "The clusters have changed since. " if self.found is not None else ""
        self._words.value = note(
            f"{old}Run bootstraps: sources are drawn again and clustered again, and the picture shows how "
            "often they stay together. What takes long can be stopped, and keeps what was done."
        )

    def run(self) -> None:
        """Bootstrap the present clusters."""
        scene, n = self._scene, self.n_resamples.value
        asked, recipe = scene.clustering, scene.made_with
        if asked is None or recipe is None:
            return

        def work(stop: Stop) -> CoAssignment:
            try:
                found = bootstrapped(scene.fits, recipe, asked, n, groups=scene.groups, cancelled=stop)
            except AstrokitError as error:
                if stop():  # before the first was done
                    self.update()
                    raise Cancelled("bootstraps", expected=n, got=0, next_step="Run them again.") from error
                raise
            if stop():  # what was done is kept
                self._take(asked, found)
            return found

        self._words.value = note("Bootstrapping …")
        scene.jobs.start("stability", "bootstrapping", work, lambda found: self._take(asked, found))

    def colour(self) -> None:
        """Colour the map by how often each source is with its cluster again, or the noise noise again."""
        if self.found is not None:
            self._has_colour = True
            self._scene.map.set_channel(self._scene.own(SUPPORT), self.found.support)

    @property
    def alt(self) -> str:
        """What the bootstraps say; "" where none were done of what is shown."""
        return in_words(self.found) if self.found is not None and self._is_present() else ""

    def _is_present(self) -> bool:
        """Whether it was about the present clusters; their names may be others."""
        now = self._scene.clustering
        return now is not None and self._asked is not None and now.labels is self._asked.labels

    def _take(self, asked: Any, found: CoAssignment) -> None:
        self.found, self._asked = found, asked
        self.update()

    def _show(self) -> None:
        found, scene = self.found, self._scene
        assert found is not None
        order = [label for label in scene.by_size if label < len(found.recovery)]
        self._labels = np.array(order[:MOST_SHOWN], int)
        names = [scene.clustering.name(label) for label in self._labels]
        self._words.value = f'<div role="status">{note(in_words(found))}</div>'
        self.drawing.show(found, self._labels, names, in_words(found))
        columns = {
            "comes back": [f"{found.recovery[label]:.2f}" for label in self._labels],
            "believe it": [_verdict(found, int(label)) for label in self._labels],
            "together again": [f"{found.matrix[label, label]:.2f}" for label in self._labels],
            "becomes noise": [f"{found.noise[label]:.0%}" for label in self._labels],
            "goes with": [self._companion(found, int(label)) for label in self._labels],
        }
        caption = "each cluster with the one most like it, mean over the bootstraps"
        self._list.value = table_with_swatches(scene, self._labels, columns, caption=caption)

    def _companion(self, found: CoAssignment, label: int) -> str:
        """The other cluster whose sources it is most often with, if that is often."""
        others = np.nan_to_num(found.matrix[label])
        others[label] = 0
        other = int(others.argmax())
        return f"{self._scene.clustering.name(other)} ({others[other]:.0%})" if others[other] >= 0.1 else "-"

    def _tap(self, x: float, y: float) -> None:
        """Select both clusters of a cell."""
        cell = self.drawing.at(x, y, len(self._labels))
        if cell is None or not self._is_present():
            return
        row, column = cell
        labels = {int(self._labels[row])} | (
            {int(self._labels[column])} if column < len(self._labels) else set()
        )
        self._scene.selection.ids(np.concatenate([self._scene.rows(label) for label in sorted(labels)]))

    @property
    def state(self) -> dict[str, Any]:
        return {
            "n_resamples": self.n_resamples.value,
            "done": self.found is not None and self._is_present(),
            "coloured": self._has_colour,
        }

    def restore(self, state: dict[str, Any]) -> None:
        if state["n_resamples"] not in N_RESAMPLES:
            raise ParameterError(
                "state of the stability panel",
                expected=f"a number of {N_RESAMPLES}",
                got=state["n_resamples"],
                next_step="Use a state of this kind of explorer.",
            )
        self.n_resamples.value = state["n_resamples"]
        if state["done"] and not self.alt:
            self.run()
            self._scene.jobs.wait()
        if state["coloured"]:
            self.colour()


def _verdict(found: CoAssignment, label: int) -> str:
    if found.is_stable[label]:
        return "yes"
    return "no" if found.recovery[label] < DOUBTFUL else "perhaps"
