"""The panel of one source: its waterfall, beside its row of the table and its picture."""

from __future__ import annotations

import ipywidgets
import numpy as np

from ..controls import button, in_row
from ..latent.details import source_box
from ..latent.gallery import SourceView, style
from .importance_panel import spoken
from .inks import MOST_LETTERS
from .panel import Panel
from .scene import AttributionScene
from .waterfall import Waterfall, waterfall
from .waterfall_chart import WaterfallChart

ROUNDING = 1e-15  # no two ways to add up agree to more


class SourcePanel(Panel):
    """How the answer for the source in hand comes about."""

    def __init__(self, scene: AttributionScene) -> None:
        self.drawing = WaterfallChart(len(scene.names))
        self.steps: Waterfall | None = None
        self._viewed = -1
        self._words, self._view = ipywidgets.HTML(), SourceView(scene)
        pick = button("select it", "Select this source on the map", self._select)
        self.drawing.chart.on_tap(lambda tap: self._tapped(tap.y))
        controls = [in_row(source_box(scene), pick), self._words]
        follows = ["output", "feature", "source"]
        super().__init__(scene, [*controls, self.drawing.chart, self._view, style()], follows)

    def wait(self) -> None:
        """Wait until the source is drawn."""
        self._view.wait()

    def draw(self) -> None:
        scene, row = self._scene, self._scene.source
        if row != self._viewed:
            self._viewed = row
            self._view.show(row)
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
        off = ROUNDING if error is None else max(abs(float(error[scene.source])), ROUNDING)
        missed = "" if error is None else f" The model's own answer is the same within {off:.0e}."
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
    name, value = scene.names[feature], f" = {scene.attribution.data[row, feature]:.4g}"
    room = MOST_LETTERS - len(value)
    return f"{name if len(name) <= room else f'{name[: room - 1]}…'}{value}"
