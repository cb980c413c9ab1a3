"""Move a threshold and see which sources enter and leave."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from ..cluster import selected_share
from ..errors import ParameterError
from ..plotting import png_bytes
from ..plotting.figure import MEMBER, OTHER, QUIET, new_figure
from .access import Access
from .picture import PictureBox

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class ThresholdExplorer(PictureBox):
    """A slider on the score, the plane of two features, and the sources that enter or leave.

    Parameters
    ----------
    x, y : (n_samples,)
        Two features to show.
    score : (n_samples,)
        Finite, on any scale: log odds spread what a probability crowds at 0 and 1.
    source : (n_samples,)
        Names; they are shown as text.
    known : (n_samples,), bool
        Observations of known members.
    threshold : float
        Where the slider starts, and what "enters" and "leaves" are measured against.
    labels : (str, str)
        Of the two axes.
    score_name : str
        Beside the slider.

    Examples
    --------
    >>> explorer = ThresholdExplorer(
    ...     [0.1, 0.2, 0.3], [1, 2, 3], [0.2, 0.5, 0.9], ["a", "b", "c"], [False, False, True], threshold=0.4
    ... )
    >>> explorer.threshold = 0.1
    >>> explorer.entering, explorer.leaving
    (['a'], [])
    """

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        score: ArrayLike,
        source: ArrayLike,
        known: ArrayLike,
        *,
        threshold: float,
        labels: tuple[str, str] = ("x", "y"),
        score_name: str = "threshold",
    ) -> None:
        self._x, self._y, self._score = (np.asarray(array, float) for array in (x, y, score))
        self._source, self._known = np.asarray(source).astype(str), np.asarray(known, bool)
        self._labels = labels
        self._check()
        low, high = np.floor(self._score.min()), np.ceil(self._score.max())
        self._start = float(np.clip(threshold, low, high))
        self._slider = ipywidgets.FloatSlider(
            value=self._start,
            min=low,
            max=high,
            step=(high - low) / 1000 or 1.0,
            description=score_name,
            continuous_update=False,
            readout_format=".2f",
            layout=ipywidgets.Layout(width="460px"),
            style={"description_width": "initial"},
            tooltip="Observations at or above it lie on the side of the known members",
        )
        self._reset = ipywidgets.Button(
            description="back to start", icon="undo", tooltip=f"{self._start:.2f}"
        )
        self._picture = ipywidgets.Image(format="png", layout=ipywidgets.Layout(max_width="680px"))
        self._lists = ipywidgets.HTML()
        self._slider.observe(self._refresh, names="value")
        self._reset.on_click(lambda _: setattr(self._slider, "value", self._start))
        row = ipywidgets.HBox([self._slider, self._reset])
        super().__init__([row, self._picture, self._lists, Access()])
        self.add_class("ak-explorer").add_class("ak-one-slider")
        self._refresh()

    def _check(self) -> None:
        sizes = {len(array) for array in (self._x, self._y, self._score, self._source, self._known)}
        if len(sizes) > 1 or not np.isfinite(self._score).all():
            raise ParameterError(
                "arrays of the threshold explorer",
                expected="five arrays of one length, and finite scores",
                got=f"lengths {sorted(sizes)}, {int((~np.isfinite(self._score)).sum())} scores not finite",
                next_step="Pass one value per observation.",
            )

    @property
    def threshold(self) -> float:
        """The threshold; set it to move the slider."""
        return float(self._slider.value)

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._slider.value = value

    @property
    def state(self) -> dict[str, float]:
        """What a later session needs to restore the view."""
        return {"threshold": self.threshold}

    @property
    def entering(self) -> list[str]:
        """Sources inside now that were outside at the start, known members apart."""
        return sorted(self._inside(self.threshold) - self._inside(self._start))

    @property
    def leaving(self) -> list[str]:
        """Sources outside now that were inside at the start, known members apart."""
        return sorted(self._inside(self._start) - self._inside(self.threshold))

    def _inside(self, threshold: float) -> set[str]:
        return set(self._source[(self._score >= threshold) & ~self._known].tolist())

    def _recall(self) -> tuple[float, float]:
        chosen = [
            selected_share(self._score, self._source, of, self.threshold)
            for of in (self._known, ~self._known)
        ]
        return chosen[0], chosen[1]

    @property
    def alt(self) -> str:
        recall, share = self._recall()
        return (
            f"At threshold {self.threshold:.2f}, {recall:.0%} of the known members' observations and "
            f"{share:.0%} of the others' are inside: {len(self._inside(self.threshold))} candidate sources."
        )

    def static(self) -> Figure:
        figure, axes = new_figure(6.6, 4.0)
        inside = self._score >= self.threshold
        for mask, colour, label in (
            (~inside & ~self._known, QUIET, "outside"),
            (inside & ~self._known, OTHER, "inside: candidates"),
            (self._known & ~inside, MEMBER, "known member, missed"),
            (self._known & inside, MEMBER, "known member, inside"),
        ):
            missed = label.endswith("missed")
            axes.scatter(
                self._x[mask],
                self._y[mask],
                s=10,
                label=f"{label} ({int(mask.sum())})",
                alpha=0.6,
                facecolors="none" if missed else colour,
                edgecolors=colour,
                linewidths=0.7 if missed else 0,
            )
        axes.set(xlabel=self._labels[0], ylabel=self._labels[1])
        axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(0, 1.16), ncols=2)
        return figure

    def _refresh(self, _: Any = None) -> None:
        self._picture.value = png_bytes(self.static())
        self._lists.value = (
            f"<p>{html.escape(self.alt)}</p>"
            f"<p><b>enter</b>: {_names(self.entering)}<br><b>leave</b>: {_names(self.leaving)}</p>"
        )


def _names(names: list[str]) -> str:
    """Names from data are text, never markup."""
    return html.escape(", ".join(names)) or "none"
