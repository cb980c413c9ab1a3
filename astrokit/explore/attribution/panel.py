"""A panel that draws while it is open; what happens meanwhile is drawn when it is opened again."""

from __future__ import annotations

from typing import Any

import ipywidgets

from .scene import AttributionScene


class Panel(ipywidgets.VBox):
    """Base of the panels.

    Parameters
    ----------
    scene : AttributionScene
    children : list of widgets
    follows : list of str
        Traits of the scene whose change is to be drawn.
    """

    def __init__(self, scene: AttributionScene, children: list[Any], follows: list[str]) -> None:
        self._scene, self._is_stale = scene, True
        super().__init__(children)
        scene.observe(lambda _: self.refresh(), names=follows)

    def on_open(self) -> None:
        """Draw what was missed."""
        self._scene.open_panel = self
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Draw now, or when the panel is opened."""
        self._is_stale = self._scene.open_panel is not self
        if not self._is_stale:
            self.draw()

    def draw(self) -> None:
        raise NotImplementedError
