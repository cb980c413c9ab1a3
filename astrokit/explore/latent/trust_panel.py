"""The panel of trust: how far a map keeps neighbourhoods, for the whole of it, as colours, and for one
source."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets
import numpy as np

from ...errors import ParameterError
from ...latent import MapQuality, Neighbours
from ..controls import button, in_row
from ..explorer import note, table_html
from ..jobs import Stop
from .details import source_box
from .scene import Scene
from .trust import MOST_COMPARED, Strangers, Trust, changed_neighbourhoods

K_CHOICES = (5, 10, 15, 30, 50)
TRUSTWORTHINESS, CONTINUITY, CHANGE = "trustworthiness", "continuity", "change of neighbourhoods"
N_LISTED = 10
LEAST = 0.05  # the share of sources that "the least trusted" are


class TrustPanel(ipywidgets.VBox):
    """Trustworthiness and continuity; false and missing neighbours of the source in hand."""

    def __init__(self, scene: Scene, xys: dict[str, np.ndarray]) -> None:
        self._scene, self._xys = scene, xys
        self.quality: MapQuality | None = None
        self.strangers: Strangers | None = None
        self._trust: Trust | None = None
        self._colours: dict[str, np.ndarray] = {}
        self._coloured: list[str] = []  # what the map was given, so that a state can ask for it again
        self._map = ipywidgets.Dropdown(options=list(xys), description="map")
        self._k = ipywidgets.Dropdown(options=K_CHOICES, value=15, description="neighbours")
        for box in (self._map, self._k):
            box.layout.width = "180px"
            box.observe(lambda _: self.measure(), names="value")
        self._map.layout.display = "" if len(xys) > 1 else "none"
        self._words = ipywidgets.HTML(note("Not measured yet."))
        self._buttons = {
            name: button(name, f"Colour the map by {name}", partial(self.colour, name))
            for name in (TRUSTWORTHINESS, CONTINUITY, CHANGE)
        }
        self._buttons[CHANGE].layout.display = "" if len(xys) > 1 else "none"
        self._pick = {name: self._pick_button(name) for name in ("false", "missing")}
        self._tables = ipywidgets.HTML()
        self._tables.add_class("ak-scroll")
        self._least = button(
            f"select the least trusted {LEAST:.0%}",
            "Select the sources whose neighbours on the map are least those in the latents",
            self.select_least,
        )
        self._least.disabled = True
        colours = in_row(ipywidgets.Label("colour the map by"), *self._buttons.values(), self._least)
        hand = in_row(source_box(scene), *self._pick.values())
        choices = ipywidgets.HBox([self._map, self._k])
        super().__init__([choices, self._words, colours, hand, self._tables])
        scene.observe(lambda _: self._look(), names="source")

    def on_open(self) -> None:
        """Measure, if it is not measured yet."""
        if self._trust is None and not self._scene.jobs.running("trust"):
            self.measure()

    def measure(self) -> None:
        """Measure the chosen map."""
        latents, xy, k = self._scene.latents, self._xys[self._map.value], self._k.value

        def work(stop: Stop) -> tuple[Trust, MapQuality, tuple[np.ndarray, np.ndarray]]:
            trust = Trust(latents, xy, k)
            quality = trust.quality(cancelled=stop)
            return trust, quality, quality.on_all_rows(xy)

        self._words.value = note("Measuring …")
        self._scene.jobs.start("trust", "measuring the map", work, lambda found: self._take(*found))

    def colour(self, name: str) -> None:
        """Colour the maps by "trustworthiness", "continuity" or "change of neighbourhoods"."""
        if name == CHANGE:
            a, b = self._xys.values()
            self._scene.jobs.start(
                "change",
                "comparing the maps",
                lambda stop: changed_neighbourhoods(a, b, self._k.value, cancelled=stop),
                partial(self._show_colour, CHANGE),
            )
            return
        if name in self._colours:
            self._show_colour(name, self._colours[name])
        else:
            self._coloured.append(name)
            self.on_open()

    def select_least(self) -> None:
        """Select the sources of the lowest trustworthiness; the legend then counts their classes."""
        values = self._colours[TRUSTWORTHINESS]
        chosen = (values <= np.nanquantile(values, LEAST)) & (values < 1)
        self._scene.selection.ids(np.flatnonzero(chosen))

    @property
    def alt(self) -> str:
        """What is measured, in a sentence."""
        return "" if self.quality is None else _in_words(self.quality, self._scene.n_samples)

    @property
    def state(self) -> dict[str, Any]:
        return {"map": self._map.value, "k": self._k.value, "colours": list(dict.fromkeys(self._coloured))}

    def restore(self, state: dict[str, Any]) -> None:
        known = {TRUSTWORTHINESS, CONTINUITY, *([CHANGE] if len(self._xys) > 1 else [])}
        if (
            state["map"] not in self._xys
            or state["k"] not in K_CHOICES
            or not known.issuperset(state["colours"])
        ):
            raise ParameterError(
                "state of the trust panel",
                expected=f"a map of {', '.join(self._xys)}, a number of {K_CHOICES}, known colours",
                got=state,
                next_step="Use a state of the same projections.",
            )
        self._map.value, self._k.value = state["map"], state["k"]
        for name in state["colours"]:
            self.colour(name)

    def _take(self, trust: Trust, quality: MapQuality, colours: tuple[np.ndarray, np.ndarray]) -> None:
        self._trust, self.quality = trust, quality
        self._colours = dict(zip((TRUSTWORTHINESS, CONTINUITY), colours, strict=True))
        self._words.value = note(_in_words(quality, self._scene.n_samples))
        self._least.disabled = not (self._colours[TRUSTWORTHINESS] < 1).any()
        for name, values in self._colours.items():
            if name in self._coloured:
                self._show_colour(name, values)
        self._look()

    def _show_colour(self, name: str, values: np.ndarray) -> None:
        self._coloured.append(name)
        self._scene.colour(name, values)

    def _look(self) -> None:
        """False and missing neighbours of the source in hand."""
        if self._trust is None:
            return
        try:
            self.strangers = self._trust.strangers(self._scene.source)
        except ParameterError as error:
            self.strangers, self._tables.value = None, note(str(error), warning=True)
            return
        row, false, missing = self.strangers
        asked = self._scene.source
        instead = f"Source {asked:,} was not compared; {row:,} is the nearest on the map that was. "
        said = note(instead) if row != asked else ""
        for name, found in (("false", false), ("missing", missing)):
            self._pick[name].disabled = len(found.rows) == 0
        self._tables.value = said + "".join(
            self._table(found, text)
            for found, text in (
                (false, f"false neighbours of source {row:,}: beside it on the map, far in the latents"),
                (missing, f"missing neighbours of source {row:,}: near in the latents, elsewhere on the map"),
            )
        )

    def _table(self, found: Neighbours, text: str) -> str:
        n = len(found.rows)
        if not n:
            return note(f"No {text}.")
        shown = slice(0, N_LISTED)
        columns = self._scene.cells(found.rows[shown]) | {
            "rank": [f"{rank:,}" for rank in found.ranks[shown]],
            "distance on map": [f"{each:.3g}" for each in found.map_distances[shown]],
            "in latents": [f"{each:.3g}" for each in found.latent_distances[shown]],
        }
        return table_html(columns, caption=f"{n} {text}{', the worst first' if n > 1 else ''}")

    def _pick_rows(self, which: str) -> None:
        if self.strangers is not None:
            self._scene.selection.ids(getattr(self.strangers, which).rows)

    def _pick_button(self, which: str) -> ipywidgets.Button:
        tooltip = f"Select the {which} neighbours of this source on the map"
        pick = button(f"select the {which}", tooltip, partial(self._pick_rows, which))
        pick.disabled = True
        return pick


def _in_words(quality: MapQuality, n_samples: int) -> str:
    """The whole map in two sentences."""
    asked = len(quality.rows)
    among = f"among {quality.n_points:,} of the {n_samples:,} sources, drawn at random"
    among = among if quality.n_points == MOST_COMPARED < n_samples else f"among all {quality.n_points:,}"

    is_drawn = quality.trustworthiness.high > quality.trustworthiness.low
    drawn = "; 90% intervals are from that draw" if is_drawn else ""

    def value(estimate: Any) -> str:
        spread = f" [{estimate.low:.4f}, {estimate.high:.4f}]" if estimate.high > estimate.low else ""
        return f"{estimate.value:.4f}{spread}"

    return (
        f"Trustworthiness {value(quality.trustworthiness)}: 1 where all neighbours on the map are neighbours "
        f"in the latents. Continuity {value(quality.continuity)}: 1 where no neighbour of the latents is put "
        f"elsewhere. For {quality.k} neighbours, {asked:,} sources asked, {among}{drawn}."
    )
