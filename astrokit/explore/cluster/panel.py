"""What the panels have in common: they follow the clusters when they are looked at, and rest otherwise."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

import ipywidgets

from .scene import Scene

MOST_LISTED = 200  # clusters in a list to choose from


class Panel(ipywidgets.VBox):
    """A panel of a cluster explorer; a subclass says in `update` what it shows of the present clusters."""

    def __init__(self, scene: Scene, children: Iterable[Any]) -> None:
        self._scene, self._is_stale = scene, True
        super().__init__(list(children))
        scene.observe(lambda _: self._hear(), names="clustering")

    def on_open(self) -> None:
        """Show what has changed since the panel was last looked at."""
        if self._is_stale and self._scene.clustering is not None:
            self._is_stale = False
            self.update()

    def update(self) -> None:
        """Show the present clusters."""
        raise NotImplementedError

    def _hear(self) -> None:
        self._is_stale = True
        if self._scene.is_open(self):
            self.on_open()


def swatch(scene: Scene, label: int) -> str:
    """HTML: a cluster's name beside its colour on the map."""
    assert scene.clustering is not None
    name = html.escape(scene.clustering.name(label))
    return f'<span class="ak-swatch-of" style="background:{scene.colour_of(label)}"></span>{name}'


def choices(scene: Scene) -> list[tuple[str, int]]:
    """The largest clusters as options of a list: name and number of sources, label."""
    assert scene.clustering is not None
    shown = scene.by_size[:MOST_LISTED]
    return [(f"{scene.clustering.name(label)} ({scene.sizes[label]:,})", int(label)) for label in shown]
