"""Controls that stand in several panels; each is tied to the scene, so that all of them agree."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets
import traitlets

from ..controls import button
from .rows_plot import RowsPlot
from .scene import N_SHOWN, RANKINGS, REST, AttributionScene
from .summary import NAMES

REST_WORDS = "all that are not selected"
MEASURE_WORDS = {"mean absolute value": NAMES[1], "mean value": NAMES[0]}
RANK_WORDS = {"size": RANKINGS[0], "difference": RANKINGS[1]}


def dropdown(text: str, options: Any, tooltip: str, width: int = 250, named: int = 60) -> ipywidgets.Dropdown:
    """A list of choices with a name of `named` pixels before it."""
    return ipywidgets.Dropdown(
        options=options,
        description=text,
        tooltip=tooltip,
        layout=ipywidgets.Layout(width=f"{width}px"),
        style={"description_width": f"{named}px"},
    )


class Sides(ipywidgets.HBox):
    """What the selection is compared with, and a name to keep it by; the output, where there are several."""

    def __init__(self, scene: AttributionScene) -> None:
        self._scene, self._settling, self._lock = scene, False, threading.RLock()
        self.against = dropdown("against", [(REST_WORDS, REST)], "What the selection is compared with", 280)
        self.name = ipywidgets.Text(
            placeholder="name", layout=ipywidgets.Layout(width="110px"), continuous_update=True
        )
        self.name.tooltip = "A name for the present selection"
        self.keep = button("keep", "Save the selection under this name", self._keep, "bookmark")
        outputs = scene.whole.output_names
        self.output = dropdown("output", outputs or [""], "The answer that is explained", 200)
        self.output.layout.display = "" if outputs else "none"
        super().__init__([self.output, self.against, self.name, self.keep])
        self.layout.flex_flow = "row wrap"
        self.against.observe(self._choose, names="value")
        traitlets.link((scene, "output"), (self.output, "value"))
        scene.observe(lambda _: self._offer(), names=["against", "summary"])

    def _offer(self) -> None:
        """Offer the saved selections; results come from threads, which take turns here."""
        with self._lock:
            options = ((REST_WORDS, REST), *((f"'{name}'", name) for name in self._scene.selection.names))
            self._settling = True  # new options choose the first of them
            if options != self.against.options:
                self.against.options = options
            self.against.value = self._scene.other
            self._settling = False

    def _choose(self, change: Any) -> None:
        if not self._settling:
            self._scene.against = change["new"]

    def _keep(self) -> None:
        n_kept = len(self._scene.selection.names)
        self._scene.keep(self.name.value.strip() or f"selection {n_kept + 1}")
        self.name.value = ""


class FeatureBox(ipywidgets.HBox):
    """The feature in hand, and the map coloured by it: what a click on a bar does."""

    def __init__(self, scene: AttributionScene) -> None:
        options = [(name, k) for k, name in enumerate(scene.names)]
        self.choice = dropdown("feature", options, "The feature in hand")
        self.colour = button(
            "colour the map",
            "Colour the map by the Shapley value of this feature",
            lambda: scene.show_on_map(scene.feature),
            "map-o",
        )
        super().__init__([self.choice, self.colour])
        self.layout.flex_flow = "row wrap"
        traitlets.link((scene, "feature"), (self.choice, "value"))


class Ranking(ipywidgets.HBox):
    """By what features are ranked, and which ten of them are seen."""

    def __init__(self, scene: AttributionScene) -> None:
        n = len(scene.names)
        starts = range(0, n, N_SHOWN)
        pages = [(f"{start + 1} to {min(start + N_SHOWN, n)}", k) for k, start in enumerate(starts)]
        self.measure = dropdown("show", MEASURE_WORDS, "Which mean the bars show", 210, 40)
        self.ranked_by = dropdown(
            "ranked by", RANK_WORDS, "Largest here first, or farthest from the other side", 180, 66
        )
        self.page = dropdown("ranks", pages, "Which of the ranked features are seen", 150, 40)
        self.page.layout.display = "" if len(pages) > 1 else "none"
        super().__init__([self.measure, self.ranked_by, self.page])
        self.layout.flex_flow = "row wrap"
        for name in ("measure", "ranked_by", "page"):
            traitlets.link((scene, name), (getattr(self, name), "value"))


def tap_feature(scene: AttributionScene, rows: RowsPlot, y: float) -> None:
    """What a click on a row does: its feature is in hand, and colours the map."""
    row = rows.row_at(y)
    features = scene.features_shown()
    if row is not None and row < len(features):
        scene.show_on_map(int(features[row]))
