"""The panel of one source: its waterfall, beside its row of the table and its picture."""

from __future__ import annotations

import ipywidgets
import numpy as np

from ..latent.details import source_box
from ..latent.gallery import SourceView, style
from .controls import button, flow
from .importance_panel import spoken
from .scene import AttributionScene
from .waterfall import Waterfall, waterfall
from .waterfall_chart import WaterfallChart


class SourcePanel(ipywidgets.VBox):
    """How the answer for the source in hand comes about."""

    def __init__(self, scene: AttributionScene) -> None:
        self._scene = scene
        self.drawing = WaterfallChart(len(scene.names))
        self.steps: Waterfall | None = None
        self._words, self._view = ipywidgets.HTML(), SourceView(scene)
        pick = button("select it", "", "Select this source on the map", self._select)
        self.drawing.chart.on_tap(lambda tap: self._tapped(tap.y))
        super().__init__(
            [flow(source_box(scene), pick), self._words, self.drawing.chart, self._view, style()]
        )
        scene.observe(lambda _: self._draw(), names=["output", "feature", "source"])
        scene.observe(lambda change: self._view.show(change["new"]), names="source")
        self._view.show(scene.source)
        self._draw()

    def wait(self) -> None:
        """Wait until the source is drawn."""
        self._view.wait()

    def _draw(self) -> None:
        scene, row = self._scene, self._scene.source
        self.steps = steps = waterfall(scene.attribution, row)
        found = np.flatnonzero(steps.features == scene.feature)
        hand = int(found[0]) + 1 if len(found) else None
        names = [step_name(scene, row, feature, steps) for feature in steps.features]
        unit = scene.attribution.unit
        answer = f"answer{f' for {scene.output}' if scene.output else ''}{f' [{unit}]' if unit else ''}"
        self.drawing.show(steps, ["base value", *names, "answer"], answer=answer, hand=hand)
        self._words.value = spoken(self.words)
        self.drawing.chart.alt = f"Waterfall. {self.words}"

    @property
    def words(self) -> str:
        """The answer, where it comes from, and how far it is from the model's own."""
        scene, steps = self._scene, self.steps
        assert steps is not None
        error = scene.attribution.error
        off = 0.0 if error is None else abs(float(error[scene.source]))
        missed = "" if error is None else f" The model's own answer is {off:.1g} off."
        return (
            f"Source {scene.source:,}: {steps.answer:.4g}, from a base value of {steps.base:.4g}; the "
            f"largest step is {scene.names[steps.features[0]]}, {steps.values[0]:+.3g}.{missed}"
        )

    def _tapped(self, y: float) -> None:
        row = self.drawing.rows.row_at(y)
        if self.steps is None or row is None or not 1 <= row <= len(self.steps.features):
            return
        feature = int(self.steps.features[row - 1])
        if feature >= 0:
            self._scene.show_on_map(feature)

    def _select(self) -> None:
        self._scene.selection.ids([self._scene.source])


def step_name(scene: AttributionScene, row: int, feature: int, steps: Waterfall) -> str:
    """A feature with its value, as a row of the waterfall names it."""
    if feature < 0:
        return f"{len(scene.names) - len(steps.features) + 1} others"
    return f"{scene.names[feature]} = {scene.attribution.data[row, feature]:.4g}"
