"""Sliders along the latents, from where a source is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from ..controls import button
from ..explorer import note
from .decoding import Decoding
from .scene import Scene

MOST = 24
N_STEPS = 200

Moved = Callable[[np.ndarray], object]


class LatentSliders(ipywidgets.VBox):
    """A slider for each latent, and buttons that go to a source; `moved(z)` hears of each step."""

    def __init__(self, scene: Scene, decoding: Decoding, moved: Moved) -> None:
        self._scene, self._decoding, self._moved, self._following = scene, decoding, moved, False
        self.z = scene.latents[decoding.typical].astype(float)
        self.sliders = [self._make(latent) for latent in range(min(len(self.z), MOST))]
        starts = [
            button("typical source", "The source nearest to all medians", self._go_typical),
            button(
                "typical of the selection",
                "The selected source that is nearest to the medians of all selected",
                self._go_selected,
            ),
            button("source in hand", "The source of the panel of details", lambda: self._go_to(scene.source)),
        ]
        rows = [ipywidgets.HBox(each) for each in (starts, self.sliders)]
        for row in rows:
            row.layout.flex_flow = "row wrap"
        left_out = len(self.z) - len(self.sliders)
        if left_out:
            rows.append(ipywidgets.HTML(note(f"{left_out} more latents stay as they are in that source.")))
        super().__init__(rows)

    def follow(self, z: np.ndarray) -> None:
        """Stand at a latent vector, without a word."""
        self.z, self._following = z.copy(), True
        for slider, value in zip(self.sliders, z.tolist(), strict=False):
            # What lies beyond the quantiles is still a place.
            set_bounds(slider, min(slider.min, value), max(slider.max, value))
            slider.value = value
        self._following = False

    def go(self, z: Any) -> None:
        """Go to a latent vector (n_latent,)."""
        z = np.asarray(z, float)
        if not np.isfinite(z).all():
            self._scene.jobs.complain("Some latents of this source are NaN: choose another one.")
            return
        self.follow(z)
        self._moved(self.z.copy())

    def _go_to(self, row: int) -> None:
        self.go(self._scene.latents[row])

    def _go_typical(self) -> None:
        self._go_to(self._decoding.typical)

    def _go_selected(self) -> None:
        rows = self._scene.selected_or_all()
        self._scene.jobs.start(
            "start", "looking for it", lambda stop: self._decoding.typical_of(rows), self._go_to
        )

    def _slide(self, change: Any) -> None:
        slider, value = change["owner"], change["new"]
        latent = self.sliders.index(slider)
        # A browser rounds where it is put to a whole step, and says so: that is no movement.
        is_echo = abs(value - self.z[latent]) <= 0.500001 * slider.step
        if not self._following and not is_echo:
            self.z[latent] = value
            self._moved(self.z.copy())

    def _make(self, latent: int) -> ipywidgets.FloatSlider:
        low, high = float(self._decoding.low[latent]), float(self._decoding.high[latent])
        name = self._scene.names[latent]
        slider = ipywidgets.FloatSlider(
            value=float(self.z[latent]),
            min=low,
            max=high,
            step=(high - low) / N_STEPS or 0.01,
            description=name,
            readout_format=".2f",
            layout=ipywidgets.Layout(width="280px"),
            style={"description_width": "90px"},
            tooltip=f"{name}: from the 1% to the 99% quantile of the sources",
        )
        slider.observe(self._slide, names="value")
        return slider


def set_bounds(slider: ipywidgets.FloatSlider, low: float, high: float) -> None:
    """Set both ends of a slider in the order that never has them crossed."""
    if low > slider.max:
        slider.max = high
    slider.min = low
    slider.max = high
