"""The condensed tree as a picture: branches in the colours of their clusters, bright where selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...plotting.figure import MEMBER, QUIET
from ..chart import Chart, new_plot, set_ranges
from ..map.shading import rgb_of
from .branches import Branches
from .icicle import Icicle

NAME = "tree"
CHOSEN, BELOW, ABOVE = 0.95, 0.6, 0.4  # opacity of a cluster, of its branches, of what no cluster holds
DIM = 0.22  # of that, for what is not selected
LETTERS_ACROSS = 90  # of names, in the whole width
LEAST_LETTERS = 7  # of a name that is written: fewer say nothing
EDGE = FAINT = "#808794"  # can be seen on a light and on a dark ground
PLACE = ("left", "right", "low", "high")


class TreeChart:
    """An icicle of the branches; `chart.on_tap` hears of clicks."""

    def __init__(self) -> None:
        self.plot = new_plot(NAME, y_label="density: log10(1 / distance)", height=300)
        self.plot.xaxis.visible = False
        self.plot.xgrid.visible = False
        self._branches = _source(*PLACE, "colour", "alpha")
        self._lit, self._hand = _source(*PLACE, "colour"), _source(*PLACE)
        self._names = _source("x", "y", "text", "ink")
        self._draw()
        self.chart = Chart(self.plot, "the condensed tree")

    def show(
        self, drawn: Icicle, branches: Branches, colour: Callable[[int], str], hand: int, alt: str
    ) -> None:
        """Draw branches; `colour` is that of a cluster, `hand` the place of the branch in hand."""
        place = {name: getattr(drawn, name) for name in PLACE}
        colours, alphas = looks_of(drawn, branches, colour)
        shares = None if branches.shares is None else branches.shares[drawn.node]
        lit = np.flatnonzero(shares) if shares is not None else np.empty(0, int)
        with self.chart.changing():
            dim = 1.0 if shares is None else DIM
            self._branches.data = {**place, "colour": colours, "alpha": dim * alphas}
            filled = drawn.left if shares is None else drawn.left + shares * (drawn.right - drawn.left)
            parts = {name: values[lit] for name, values in {**place, "right": filled}.items()}
            self._lit.data = {**parts, "colour": [colours[k] for k in lit]}
            self._hand.data = {name: values[[hand]] for name, values in place.items()}
            self._names.data = names_on(drawn, branches, colours)
            low, high = float(drawn.low.min()), float(drawn.high.max())
            set_ranges(self.plot, (0.0, 1.0), (low, high + 0.02 * (high - low)))
        self.chart.alt = alt

    def _draw(self) -> None:
        quad = {"left": "left", "right": "right", "bottom": "low", "top": "high"}
        look: dict[str, Any] = {"fill_color": "colour", "fill_alpha": "alpha", "line_color": EDGE}
        self.plot.quad(**quad, source=self._branches, line_width=0.5, **look)
        self.plot.quad(**quad, source=self._lit, fill_color="colour", line_color=None)
        self.plot.quad(**quad, source=self._hand, fill_color=None, line_color=MEMBER, line_width=3)
        centred = {"text_align": "center", "text_baseline": "middle", "text_font_size": "11px"}
        self.plot.text("x", "y", "text", source=self._names, text_color="ink", **centred)


def looks_of(drawn: Icicle, branches: Branches, colour: Callable[[int], str]) -> tuple[list[str], np.ndarray]:
    """Colours and opacities (n_drawn,) of branches: firm for a cluster, paler below it, grey above all."""
    clusters = branches.cluster[drawn.node]
    colours = [colour(int(label)) if label >= 0 else QUIET for label in clusters]
    alphas = np.where(clusters >= 0, BELOW, ABOVE)
    return colours, np.where(branches.is_cluster[drawn.node], CHOSEN, alphas)


def names_on(drawn: Icicle, branches: Branches, colours: list[str]) -> dict[str, Any]:
    """Names of the clusters that are wide enough for one: x, y, text, ink."""
    room = (LETTERS_ACROSS * (drawn.right - drawn.left)).astype(int)
    names = [branches.cluster_name(int(node)) for node in drawn.node]
    fits = room >= [min(len(name), LEAST_LETTERS) for name in names]
    shown = np.flatnonzero(branches.is_cluster[drawn.node] & fits)
    is_lit = np.ones(len(room), bool) if branches.shares is None else branches.shares[drawn.node] > 0.5
    return {
        "x": (0.5 * (drawn.left + drawn.right))[shown],
        "y": (0.5 * (drawn.low + drawn.high))[shown],
        "text": [shortened(names[k], room[k]) for k in shown],
        "ink": [ink_on(colours[k]) if is_lit[k] else FAINT for k in shown],
    }


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read on a colour.

    Examples
    --------
    >>> ink_on("#f0e442"), ink_on("#03283d")
    ('#000000', '#ffffff')
    """
    red, green, blue = rgb_of(colour)
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "#ffffff"


def shortened(text: str, n_letters: int) -> str:
    """A text that fits.

    Examples
    --------
    >>> shortened("RR Lyrae", 4)
    'RR …'
    """
    return text if len(text) <= n_letters else f"{text[: max(n_letters - 1, 1)]}…"


def _source(*names: str) -> Any:
    from bokeh.models import ColumnDataSource

    return ColumnDataSource({name: [] for name in names})
