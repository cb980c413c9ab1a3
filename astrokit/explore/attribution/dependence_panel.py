"""The panel of dependence: one feature, and the other with which it interacts most."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from ...errors import ParameterError
from ..controls import in_row
from .controls import FeatureBox, Sides, dropdown
from .dependence import N_DOTS, Dependence, dependence
from .dependence_chart import DependenceChart
from .importance_panel import spoken
from .panel import Panel
from .scene import AttributionScene

STRONGEST = -1
FAINT = 0.01  # an interaction below this share is called none


class DependencePanel(Panel):
    """Value of the feature in hand against its Shapley value, coloured by another feature."""

    def __init__(self, scene: AttributionScene) -> None:
        self.found: Dependence | None = None
        self.drawing = DependenceChart()
        options = [("the strongest interaction", STRONGEST)]
        options += [(name, k) for k, name in enumerate(scene.names)]
        self.other = dropdown("colour", options, "The feature that colours the dots", 280)
        self._words = ipywidgets.HTML(spoken(scene.words()))
        controls = [Sides(scene), in_row(FeatureBox(scene), self.other), self._words]
        super().__init__(scene, [*controls, self.drawing.chart], ["summary", "feature"])
        self.other.observe(lambda _: self.refresh(), names="value")

    @property
    def state(self) -> dict[str, Any]:
        return {"colour": self.other.value}

    def restore(self, state: dict[str, Any]) -> None:
        if state["colour"] not in (STRONGEST, *range(len(self._scene.names))):
            raise ParameterError(
                "state of the dependence",
                expected=f"the number of a feature below {len(self._scene.names)}, or {STRONGEST}",
                got=repr(state["colour"]),
                next_step="Use a state of the same features.",
            )
        self.other.value = state["colour"]

    def draw(self) -> None:
        """Look for the interaction, then show it."""
        scene = self._scene
        if scene.summary is None:
            return
        other = None if self.other.value in (STRONGEST, scene.feature) else self.other.value
        self._scene.jobs.start(
            "dependence", "looking for interactions", partial(self._find, scene.feature, other), self._take
        )

    def _find(self, feature: int, other: int | None, stop: Any) -> Dependence:
        here, there = self._scene.rows_of_sides()
        return dependence(self._scene.attribution, feature, here, there, other=other)

    def _take(self, found: Dependence) -> None:
        self.found = found
        scene = self._scene
        self.drawing.show(
            found, scene.names, other=scene.other or "not selected", unit=scene.attribution.unit
        )
        words = in_words(found, scene.names, exact=scene.attribution.interactions is not None)
        self._words.value = spoken(f"{words} {scene.words()}")
        self.drawing.chart.alt = f"Dots of {scene.names[found.feature]} and its Shapley value. {words}"


def in_words(found: Dependence, names: list[str], *, exact: bool) -> str:
    """What interacts with the feature, and how strongly."""
    name, strengths = names[found.feature], found.strengths
    drawn = f" {N_DOTS:,} dots a side at most, drawn at random." if len(found.here.rows) == N_DOTS else ""
    strongest = int(np.nanargmax(strengths)) if np.isfinite(strengths).any() else found.feature
    share = np.nan_to_num(strengths[strongest])
    if share < FAINT:
        return f"No other feature explains {FAINT:.0%} of what {name} does beyond its own value.{drawn}"
    of = "its interaction values" if exact else "the variance of its Shapley values, beyond its own value"
    return f"{name} interacts most with {names[strongest]}: {share:.0%} of {of}.{drawn}"
