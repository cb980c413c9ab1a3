"""The panel of importance: bars with intervals, for the selection and what it is compared with."""

from __future__ import annotations

import html

import ipywidgets
import numpy as np

from ..explorer import table_html
from .bars_chart import BarsChart
from .controls import FeatureBox, Ranking, Sides, tap_feature
from .inks import with_half
from .panel import Panel
from .scene import N_SHOWN, AttributionScene
from .summary import NAMES, Summary

FOLLOWED = ["summary", "measure", "ranked_by", "page", "feature"]


class ImportancePanel(Panel):
    """Which features matter in the selection, and by how much more than elsewhere."""

    def __init__(self, scene: AttributionScene) -> None:
        self.drawing = BarsChart(min(N_SHOWN, len(scene.names)))
        self._words, self._list = ipywidgets.HTML(spoken(scene.words())), ipywidgets.HTML()
        self._list.add_class("ak-scroll")
        self.drawing.chart.on_tap(lambda tap: tap_feature(scene, self.drawing.rows, tap.y))
        above = [Sides(scene), Ranking(scene), self._words]
        super().__init__(scene, [*above, self.drawing.chart, FeatureBox(scene), self._list], FOLLOWED)

    def draw(self) -> None:
        scene, summary = self._scene, self._scene.summary
        self._words.value = spoken(scene.words())
        if summary is None:
            return
        features, measure = scene.features_shown(), NAMES.index(scene.measure)
        sides = ("selected" if len(scene.selection) else "all", scene.other or "not selected")
        self.drawing.show(summary, features, measure, scene.feature, sides, scene.attribution.unit)
        first = scene.names[features[0]]
        self.drawing.chart.alt = (
            f"Bars of the {scene.measure} of {len(features)} features, {first} first. {scene.words()}"
        )
        self._list.value = table_html(_columns(summary, features, measure), caption=_caption(summary))


def spoken(text: str) -> str:
    """HTML of words that a screen reader says when they change; the text is escaped."""
    return f'<div class="ak-note" role="status">{html.escape(text)}</div>'


def _columns(summary: Summary, features: np.ndarray, measure: int) -> dict[str, list[str]]:
    columns = {"feature": [summary.names[feature] for feature in features]}
    parts = {"selection": (summary.here.means, summary.here.halves)}
    if summary.there is not None and summary.difference is not None:
        parts["other side"] = (summary.there.means, summary.there.halves)
        parts["difference"] = (summary.difference.means, summary.difference.halves)
    for name, (means, halves) in parts.items():
        columns[name] = [with_half(means[k, measure], halves[k, measure]) for k in features]
    return columns


def _caption(summary: Summary) -> str:
    over = "sources" if summary.here.n_groups == summary.here.n else "groups of rows"
    return f"± is half of a {summary.level:.0%} interval over {over}, of each number by itself"
