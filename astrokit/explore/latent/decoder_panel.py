"""The panel of the decoder: ways through the latents, and the observation that is decoded there."""

from __future__ import annotations

import time
from typing import Any

import ipywidgets
import numpy as np

from ...errors import ParameterError
from ..explorer import note, table_html
from .decoder_chart import DecoderChart
from .decoding import Decoded, Decoding
from .scene import Scene
from .sliders import LatentSliders
from .way import WayBetween

AT_ONCE_S = 0.1  # a decoder that takes longer answers in a thread
PAUSE_S = 0.7  # a movement ends when a slider rests so long: what was shown then stays as "before"
N_NEAREST = 5
MODES = ("along the latents", "between selections")


class DecoderPanel(ipywidgets.VBox):
    """Sliders, the decoded observation, and whether there are real sources like it."""

    def __init__(
        self, scene: Scene, decoding: Decoding, x: np.ndarray | None, labels: tuple[str, str]
    ) -> None:
        self._scene, self.decoding = scene, decoding
        self.shown: Decoded | None = None
        self._before: Decoded | None = None
        self._moved_at = 0.0
        x = np.arange(decoding.n_out) if x is None else x
        self.drawing = DecoderChart(x, labels, decoding.y_range)
        self.mode = ipywidgets.ToggleButtons(options=MODES, style={"button_width": "auto"})
        self.latents = LatentSliders(scene, decoding, self._show)
        self.way = WayBetween(scene, decoding, self._step)
        self._words, self._nearest = ipywidgets.HTML(), ipywidgets.HTML()
        self._nearest.add_class("ak-scroll")
        controls = [self.mode, self.latents, self.way]
        super().__init__([*controls, self._words, self.drawing.chart, self._nearest])
        self.mode.observe(lambda _: self._change_mode(), names="value")
        self._change_mode()
        self._show(self.z)

    @property
    def z(self) -> np.ndarray:
        """(n_latent,): the place that is decoded."""
        return self.latents.z

    @property
    def words(self) -> str:
        """Whether there are real sources like the decoded one."""
        return in_words(self.decoding.p_value(self.z), self.decoding.support.level)

    @property
    def state(self) -> dict[str, Any]:
        return {"z": self.z.tolist(), "mode": self.mode.value, **self.way.state}

    def restore(self, state: dict[str, Any]) -> None:
        z, mode = np.asarray(state["z"], float), state["mode"]
        if z.shape != self.z.shape or not np.isfinite(z).all() or mode not in MODES:
            raise ParameterError(
                "state of the decoder",
                expected=f"{len(self.z)} latents, and a mode of {', '.join(MODES)}",
                got=f"{z.shape}, {mode!r}",
                next_step="Use a state of the same decoder.",
            )
        self.mode.value = mode
        self.latents.go(z)
        if mode == MODES[1]:
            self.way.restore({name: state[name] for name in self.way.state})

    def _change_mode(self) -> None:
        between = self.mode.value == MODES[1]
        self.latents.layout.display, self.way.layout.display = ("none", "") if between else ("", "none")
        self.way.active = between

    def _step(self, z: np.ndarray) -> None:
        self.latents.follow(z)
        self._show(z)

    def _show(self, z: np.ndarray) -> None:
        if self.decoding.seconds < AT_ONCE_S:
            self._draw(z, self.decoding.at(z))
            return
        self._scene.jobs.start(
            "decode", "decoding", lambda stop: self.decoding.at(z), lambda decoded: self._draw(z, decoded)
        )

    def _draw(self, z: np.ndarray, decoded: Decoded) -> None:
        now = time.monotonic()
        if now - self._moved_at > PAUSE_S:
            self._before = self.shown
        self._moved_at, self.shown = now, decoded
        level, p_value = self.decoding.support.level, self.decoding.p_value(z)
        distances, rows = self.decoding.nearest(z, N_NEAREST)
        words = in_words(p_value, level)
        self.drawing.show(decoded, self._before, self.observed(rows), f"The decoded observation. {words}")
        self._words.value = note(words, warning=p_value < level)
        columns = {"distance": [f"{distance:.2f}" for distance in distances]}
        caption = "nearest sources; distance in standard deviations of the latents"
        self._nearest.value = table_html(self._scene.cells(rows) | columns, caption=caption)

    def observed(self, rows: np.ndarray) -> list[np.ndarray]:
        """What was seen of some real sources, each (n_out,); nothing where that is not known."""
        if self.decoding.observed is None:
            return []
        try:
            seen = [self.decoding.observed(int(row)) for row in rows]
        except Exception as error:  # the user's code: whatever it raises is for the user to read
            self._scene.jobs.complain(f"observed: {type(error).__name__}: {error}")
            return []
        return [each for each in seen if each.shape == (self.decoding.n_out,)]


def in_words(p_value: float, level: float) -> str:
    """Whether there are real sources around a place.

    Examples
    --------
    >>> in_words(0.4, 0.01)
    'On the support of the data: 40% of the sources lie at least as far from their neighbours.'
    """
    if p_value < level:
        return (
            f"Off the support of the data: p = {p_value:.2g}, hardly any source lies so far from the "
            "others. What the decoder shows here is extrapolation."
        )
    share = f"{p_value:.0%}"
    return f"On the support of the data: {share} of the sources lie at least as far from their neighbours."
