"""The panel of the beeswarm: how Shapley values are spread, and sources chosen by a range of them."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from ...errors import ParameterError
from ..chart import Range
from ..controls import button, in_row
from .controls import FeatureBox, Ranking, Sides, dropdown, tap_feature
from .importance_panel import FOLLOWED, spoken
from .panel import Panel
from .scene import N_SHOWN, AttributionScene
from .swarm import rounded_range, swarm_of
from .swarm_chart import SwarmChart

SCALES = {"one for all": "one", "each its own": "own"}
HOWS = ("new", "and", "or", "minus")


class SwarmPanel(Panel):
    """The beeswarm of the selection above that of the other side; a range drawn in a row selects."""

    def __init__(self, scene: AttributionScene) -> None:
        self.drawing = SwarmChart(min(N_SHOWN, len(scene.names)))
        self.scale = dropdown("scale", SCALES, "One scale for all rows, or each row from end to end", 160, 40)
        self.how = dropdown("combine", HOWS, "How the range combines with what is selected", 150)
        self.low, self.high = (
            ipywidgets.Text(
                description=text,
                placeholder="open",
                tooltip=f"The {name} Shapley value of the feature in hand; nothing for an open end",
                layout=ipywidgets.Layout(width="150px"),
                style={"description_width": "40px"},
            )
            for text, name in (("from", "lowest"), ("to", "highest"))
        )
        self.select = button("select range", "Select the sources with such a Shapley value", self._typed)
        self._words = ipywidgets.HTML(spoken(scene.words()))
        ranking = Ranking(scene)
        ranking.measure.layout.display = "none"
        self.drawing.chart.on_range(self._brushed)
        self.drawing.chart.on_tap(lambda tap: tap_feature(scene, self.drawing.rows, tap.y))
        above = [Sides(scene), in_row(ranking, self.scale), self._words]
        below = [FeatureBox(scene), in_row(self.low, self.high, self.how, self.select)]
        super().__init__(scene, [*above, self.drawing.chart, *below], FOLLOWED)
        self.scale.observe(lambda _: self.refresh(), names="value")

    @property
    def state(self) -> dict[str, Any]:
        return {"scale": self.scale.value, "combine": self.how.value}

    def restore(self, state: dict[str, Any]) -> None:
        if state["scale"] not in SCALES.values() or state["combine"] not in HOWS:
            raise ParameterError(
                "state of the beeswarm",
                expected=f"a scale of {', '.join(SCALES.values())}, a way to combine of {', '.join(HOWS)}",
                got=state,
                next_step="Use a state of an attribution explorer.",
            )
        self.scale.value, self.how.value = state["scale"], state["combine"]

    def choose(self, feature: int, low: float | None, high: float | None) -> None:
        """Select a range of a feature's Shapley values, and show it in the fields."""
        self._scene.feature = feature
        self.low.value, self.high.value = ("" if end is None else f"{end:g}" for end in (low, high))
        self._scene.select_range(feature, low, high, self.how.value)

    def draw(self) -> None:
        scene, summary = self._scene, self._scene.summary
        self._words.value = spoken(scene.words())
        if summary is None:
            return
        features = scene.features_shown()
        swarm = swarm_of(summary, features, np.stack([scene.edges(feature) for feature in features]))
        found = np.flatnonzero(features == scene.feature)
        self.drawing.show(
            swarm,
            [scene.names[feature] for feature in features],
            int(found[0]) if len(found) else None,
            other=scene.other or "not selected",
            own_scale=self.scale.value == "own",
            unit=scene.attribution.unit,
        )
        hangs = " Above each line the selection, below it the other side." if swarm.there is not None else ""
        self.drawing.chart.alt = f"Beeswarm of {len(features)} features. {scene.words()}{hangs}"

    def _brushed(self, drawn: Range) -> None:
        row = self.drawing.rows.row_at((drawn.y0 + drawn.y1) / 2)
        features = self._scene.features_shown()
        if row is None or row >= len(features):
            return
        feature = int(features[row])
        ends = self.drawing.values_at(row, drawn.x0, drawn.x1)
        self.choose(feature, *rounded_range(self._scene.edges(feature), *ends))

    def _typed(self) -> None:
        try:
            low, high = (float(box.value) if box.value.strip() else None for box in (self.low, self.high))
        except ValueError:
            self._scene.jobs.complain("A range goes from number to number; nothing is an open end.")
            return
        self.choose(self._scene.feature, low, high)
