"""The panel of clusters: what they are made with, how many and how large, their names and colours."""

from __future__ import annotations

import ipywidgets
import numpy as np

from ..controls import button, in_row
from ..explorer import following, note
from .controls import Controls
from .naming import MOST_LETTERS
from .panel import Panel, choices
from .scene import Scene
from .tables import table_of_clusters

N_LISTED = 31


class ClustersPanel(Panel):
    """Sliders, a table of the clusters, and a name for each."""

    def __init__(self, scene: Scene) -> None:
        self.controls = Controls(scene)
        self._words, self._list, self._chosen = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self._list.add_class("ak-scroll")
        self.cluster = ipywidgets.Dropdown(
            options=[("", -1)], description="cluster", layout={"width": "290px"}
        )
        self.text = ipywidgets.Text(
            placeholder="a name for it",
            continuous_update=False,
            tooltip="Type a name and press Enter; empty takes it away",
            layout={"width": "170px"},
        )
        self._is_following = False
        self.cluster.observe(lambda _: self._show_name(), names="value")
        self.text.observe(lambda _: self._name(), names="value")
        uses = in_row(
            button("select it", "Select its sources on the map", self._select),
            button("select the noise", "Select the sources in no cluster", lambda: scene.select(-1)),
            button("colour by cluster", "Colour the map by cluster", scene.colour_by_cluster),
            button(
                "by probability",
                "Colour the map by how firmly sources belong to their cluster",
                scene.colour_by_probability,
            ),
        )
        naming = in_row(self.cluster, self.text)
        super().__init__(scene, [self.controls, self._words, naming, uses, self._chosen, self._list])
        scene.observe(lambda _: self._say_state(), names="is_working")
        following(scene.selection, lambda _: self._count())

    def _say_state(self) -> None:
        """Before there are clusters: what goes on."""
        if self._scene.clustering is None:
            stopped = "Stopped before there were clusters. Move a slider to fit again."
            self._words.value = note("Fitting …" if self._scene.is_working else stopped)

    def update(self) -> None:
        scene = self._scene
        self._words.value = f'<div role="status">{note(scene.in_words)}</div>'
        self._list.value = table_of_clusters(scene, scene.by_size[:N_LISTED])
        self._is_following, kept = True, self.cluster.value
        options = choices(scene) or [("(none)", -1)]
        self.cluster.options = options
        self.cluster.value = kept if kept in [label for _, label in options] else options[0][1]
        self._is_following = False
        self._show_name()
        self._count()

    def _show_name(self) -> None:
        clustering = self._scene.clustering
        if not self._is_following and clustering is not None:
            self._is_following = True
            self.text.value = clustering.names.get(self.cluster.value, "")
            self._is_following = False

    def _name(self) -> None:
        if self._is_following or self.cluster.value < 0:
            return
        if len(self.text.value) > MOST_LETTERS:
            self._scene.jobs.complain(f"A name has at most {MOST_LETTERS} letters.")
            return
        self._scene.name(self.cluster.value, self.text.value)

    def _select(self) -> None:
        if self.cluster.value >= 0:
            self._scene.select(self.cluster.value)

    def _count(self) -> None:
        """In which clusters the selected sources are."""
        scene = self._scene
        if scene.clustering is None or not len(scene.selection):
            self._chosen.value = ""
            return
        labels = scene.clustering.labels[scene.selection.mask]
        counts = np.bincount(labels + 1, minlength=scene.clustering.n_clusters + 1)
        largest = [label for label in np.argsort(-counts, kind="stable")[:4] - 1 if counts[label + 1]]
        parts = [f"{counts[label + 1]:,} in {scene.clustering.name(int(label))}" for label in largest]
        n_more = int((counts > 0).sum()) - len(parts)
        more = [f"the rest in {n_more} more"] if n_more else []
        self._chosen.value = note(f"{len(labels):,} selected: {', '.join([*parts, *more])}.")
