"""How long must a telescope look before two kinds of source come apart?"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np

from ..data import Provenance
from ..data.simulate.ulx import CITATION, simulate_visits
from ..evaluation import ranking_auc
from ..plotting import png_bytes
from ..plotting.density import shade_categories
from ..plotting.figure import INK, new_figure
from ..random import RandomState
from .access import Access
from .picture import PictureBox

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {"other": "#4aa8ff", "pulsar-like": "#ff8a3d"}
EXTENT = (-1.0, 1.0, 38.4, 41.0)


class ExposureExplorer(PictureBox):
    """A slider on the exposure time, and the hardness-luminosity plane of many simulated visits.

    With seconds of exposure the plane is noise; with hours, two kinds of source come apart. The number below
    says how far: the probability that a visit to a pulsar-like source measures harder than one to another.

    Parameters
    ----------
    n_visits : int
        Simulated visits.
    exposure_s : float
        Where the slider starts, in seconds.
    random_state : int, Generator or None

    Examples
    --------
    >>> explorer = ExposureExplorer(2000)
    >>> short = explorer.separation(30.0)
    >>> bool(explorer.separation(30_000.0) > short)
    True
    """

    def __init__(
        self, n_visits: int = 100_000, *, exposure_s: float = 1000.0, random_state: RandomState = 0
    ) -> None:
        self._visits = simulate_visits(n_visits, random_state=random_state)
        self.provenance = Provenance.of_simulation("ulx-visits", citation=CITATION, random_state=random_state)
        self._slider = ipywidgets.FloatLogSlider(
            value=exposure_s,
            min=1,
            max=5,
            step=0.1,
            description="exposure (s)",
            readout_format=".0f",
            layout=ipywidgets.Layout(width="420px"),
            style={"description_width": "initial"},
            tooltip="Time on source of every visit, in seconds",
        )
        self._picture = ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="760px"))
        self._text = ipywidgets.HTML()
        self._slider.observe(self._refresh, names="value")
        super().__init__([self._slider, self._picture, self._text, Access()])
        self.add_class("ak-explorer").add_class("ak-one-slider")
        self._refresh()

    @property
    def exposure_s(self) -> float:
        """Exposure in seconds; set it to move the slider."""
        return float(self._slider.value)

    @exposure_s.setter
    def exposure_s(self, value: float) -> None:
        self._slider.value = value

    @property
    def state(self) -> dict[str, float]:
        """What a later session needs to restore the view."""
        return {"exposure_s": self.exposure_s}

    def separation(self, exposure_s: float | None = None) -> float:
        """Probability that a visit to a pulsar-like source measures harder than a visit to another one."""
        hardness, _ = self._visits.measure(self.exposure_s if exposure_s is None else exposure_s)
        return ranking_auc(hardness, self._visits.group == "pulsar-like")

    @property
    def alt(self) -> str:
        return (
            f"{len(self._visits.group):,} simulated visits of {self.exposure_s:,.0f} s: a pulsar-like source "
            f"(orange) measures harder than another (blue) in {self.separation():.0%} of pairs."
        )

    def static(self) -> Figure:
        hardness, log_luminosity = self._visits.measure(self.exposure_s)
        # Few, large pixels: smoothed to the size of the figure they glow, where many would be dust.
        image = shade_categories(
            hardness, log_luminosity, self._visits.group, COLOURS, extent=EXTENT, width=420, height=260
        )
        figure, axes = new_figure(8, 5)
        axes.imshow(np.asarray(image), extent=EXTENT, aspect="auto", interpolation="bilinear")
        axes.grid(False)
        axes.set(xlabel="measured hardness (H - S) / (H + S)", ylabel="measured luminosity (log erg/s)")
        axes.set_title(f"exposure {self.exposure_s:,.0f} s (simulated)", loc="left", fontsize=11, color=INK)
        return figure

    def _refresh(self, _: Any = None) -> None:
        self._picture.value = png_bytes(self.static())
        self._text.value = f"<p>{html.escape(self.alt)}</p>"
