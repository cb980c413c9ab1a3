"""What the panels of a cluster explorer share: sources, recipe, present clusters, map, and names."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import traitlets

from ...cluster import Clustering, kept_numbers
from ...cluster.clustering import numbers_by_size
from ...errors import ParameterError
from ...progress import Cancelled
from ..index.channels import MAX_CATEGORIES
from ..jobs import Jobs, Stop
from ..map import LatentMap
from ..map.palette import category_colours
from ..selection import Selection
from .classes import Classes, classes_of, coded
from .fits import Fits
from .naming import Names
from .recipe import Recipe

AT_ONCE = 200_000  # sources: of more, clusters are cut in a thread
PROBABILITY = "membership probability"
NOISE_COLOUR = "#9aa0aa"


class Scene(traitlets.HasTraits):
    """Sources, recipe and clusters of one explorer; panels observe the traits.

    Attributes
    ----------
    recipe : Recipe
        What is wanted; set it with `change`.
    clustering : Clustering or None
        What is shown; None before the first.
    branch : int
        The node of the tree in hand.
    classes : Classes
        The clusters as the map shows them.
    sizes : (n_clusters,)
    """

    recipe = traitlets.Instance(Recipe)
    clustering = traitlets.Any(None)
    branch = traitlets.Int(0)

    def __init__(
        self, fits: Fits, map: LatentMap, recipe: Recipe, *, channel: str, labels: Any, groups: Any
    ) -> None:
        super().__init__(recipe=recipe)
        self.fits, self.map, self.channel = fits, map, channel
        self.labels, self.groups = labels, groups
        self.jobs, self.names = Jobs(), Names()
        self.classes, self.sizes = Classes([], np.empty(0, int)), np.empty(0, int)
        self.has_probability = False
        self.made_with: Recipe | None = None  # the recipe of what is shown
        self.is_open: Callable[[Any], bool] = lambda panel: True
        self._lock, self._is_working = threading.RLock(), False
        self._anchors: list[int] | None = None

    # --- making clusters --------------------------------------------------------------------------------

    def change(self, **parts: Any) -> None:
        """Want other clusters; what is known is shown at once, the rest when it is done."""
        self.recipe = self.recipe.but(**parts)
        self.refresh()

    def refresh(self) -> None:
        """Make what is wanted, unless it is there."""
        recipe = self.recipe
        if recipe == self.made_with:
            return
        if self.fits.is_ready(recipe) and self.fits.n_samples <= AT_ONCE:
            self._take(recipe, self.fits.find(recipe))
            return
        with self._lock:
            if self._is_working:  # and it will find what is wanted by then
                return
            self._is_working = True
        self.jobs.start("fit", f"clustering {len(self.fits.rows):,} sources", self._work, lambda _: None)

    def _work(self, stop: Stop) -> None:
        """Fit until what is shown is what is wanted."""
        try:
            while not stop() and (recipe := self.recipe) != self.made_with:
                self._fit(recipe, stop)
        finally:
            with self._lock:
                self._is_working = False
            if self.made_with is not None and self.recipe != self.made_with:
                self.recipe = self.made_with  # stopped, or failed: the sliders say what is shown

    def _fit(self, recipe: Recipe, stop: Stop) -> None:
        try:
            found = self.fits.find(recipe, lambda: stop() or self.recipe.costly != recipe.costly)
        except Cancelled:
            return
        if not stop() and self.recipe.costly == recipe.costly:
            self._take(recipe, found)

    def _take(self, recipe: Recipe, found: Clustering) -> None:
        """Show clusters, each with the number and the name that it had."""
        with self._lock:
            self.made_with = recipe
            found = found.renumbered(self._numbers(found))
            self._show(found.named(self.names.of(found.labels, self.fits.rows)))

    def _numbers(self, found: Clustering) -> np.ndarray:
        own, n = found.labels[self.fits.rows], found.n_clusters
        if self._anchors is not None:
            before, self._anchors = _numbered(found.labels, own, n, self._anchors), None
        elif self.clustering is None or n > MAX_CATEGORIES:
            return numbers_by_size(np.bincount(own[own >= 0], minlength=n))
        else:
            before = self.clustering.labels[self.fits.rows]
        return kept_numbers(own, before, n_clusters=n)

    def _show(self, found: Clustering) -> None:
        import pandas as pd

        self.sizes, self.classes = found.sizes, classes_of(found)
        codes = coded(found, self.classes)
        self.map.set_channel(self.channel, pd.Categorical.from_codes(codes, self.classes.texts), show=False)
        if self.has_probability:
            self.map.set_channel(PROBABILITY, found.probabilities.astype(np.float32), show=False)
        if not (self.has_probability and self.map.colour_by == PROBABILITY):
            self.map.colour_by = self.channel
        self.clustering = found

    # --- colours and names ------------------------------------------------------------------------------

    def colour_by_cluster(self) -> None:
        """Colour the map by the clusters."""
        if self.clustering is not None:
            self.map.colour_by = self.channel

    def colour_by_probability(self) -> None:
        """Colour the map by how firmly sources belong to their clusters."""
        self.has_probability = True
        if self.clustering is not None:
            self.map.set_channel(PROBABILITY, self.clustering.probabilities.astype(np.float32))

    def colour_of(self, label: int) -> str:
        """The colour of a cluster on the map."""
        place = self.classes.of[label] if label >= 0 else -1
        return category_colours()[place] if place >= 0 else NOISE_COLOUR

    def name(self, label: int, text: str) -> None:
        """Give a cluster a name, or with "" take it away."""
        self.require(label)
        rows = self.fits.rows
        with self._lock:
            assert self.clustering is not None
            self.names.give(text, rows[self.clustering.labels[rows] == label])
            self._rename()

    def restore_names(self, state: Any) -> None:
        """Put names from their state in place of all."""
        self.names.restore(state, self.n_samples)
        if self.clustering is not None:
            self._rename()

    def _rename(self) -> None:
        found = replace(self.clustering, names={})
        self._show(found.named(self.names.of(found.labels, self.fits.rows)))

    # --- words and rows ---------------------------------------------------------------------------------

    @property
    def n_samples(self) -> int:
        return self.fits.n_samples

    @property
    def selection(self) -> Selection:
        return self.map.selection

    @property
    def n_noise(self) -> int:
        """Sources in no cluster, those without a place among the points left out."""
        return self.fits.n_finite - int(self.sizes.sum())

    @property
    def by_size(self) -> np.ndarray:
        """The clusters that have members, the largest first."""
        return np.argsort(-self.sizes, kind="stable")[: int((self.sizes > 0).sum())]

    @property
    def in_words(self) -> str:
        """What is shown, in a few sentences."""
        if self.clustering is None or self.made_with is None:
            return "No clusters yet."
        n, n_all = int((self.sizes > 0).sum()), self.fits.n_finite
        found = f"{self.made_with.in_words()}: {n:,} cluster{'s' * (n != 1)}"
        noise = f", {self.n_noise / n_all:.0%} of {n_all:,} sources in none."
        return f"{found}{noise} {self.sample_in_words}".strip()

    @property
    def sample_in_words(self) -> str:
        """That only some of the sources were fitted, and what that means; nothing where all were."""
        n, n_all = len(self.fits.rows), self.fits.n_finite
        if not self.fits.is_sampled:
            return ""
        return (
            f"Fitted on {n:,} sources drawn at random; the other {n_all - n:,} are assigned to what was "
            f"found there. A size of 10 in a slider stands for about {10 * n_all / n:,.0f} sources."
        )

    def rows(self, label: int) -> np.ndarray:
        """The sources of a cluster, or of the noise for -1."""
        assert self.clustering is not None
        labels = self.clustering.labels
        of_noise = (labels < 0) & np.isfinite(self.clustering.probabilities)
        return np.flatnonzero(of_noise if label < 0 else labels == label)

    def select(self, label: int) -> None:
        """Select the sources of a cluster on the map, or of the noise for -1."""
        self.selection.ids(self.rows(label))

    def require(self, label: int) -> None:
        """Raise a ParameterError unless there is such a cluster."""
        n = 0 if self.clustering is None else self.clustering.n_clusters
        if not 0 <= label < n:
            raise ParameterError(
                "cluster",
                expected=f"a number below {n}",
                got=label,
                next_step="The panel of clusters lists them.",
            )

    # --- state ------------------------------------------------------------------------------------------

    @property
    def anchors(self) -> list[int]:
        """A firm member of each cluster: by these a later session gives the same numbers."""
        if self.clustering is None:
            return []
        labels, probabilities = self.clustering.labels, self.clustering.probabilities
        rows = self.fits.rows[labels[self.fits.rows] >= 0]
        order = rows[np.argsort(-probabilities[rows], kind="stable")]
        found, first = np.unique(labels[order], return_index=True)
        anchors = np.full(self.clustering.n_clusters, -1)
        anchors[found] = order[first]
        return anchors.tolist()

    @property
    def state(self) -> dict[str, Any]:
        return {
            "recipe": self.recipe.state,
            "anchors": self.anchors,
            "names": self.names.state,
            "probability": self.has_probability,
        }

    def restore(self, state: dict[str, Any]) -> None:
        recipe, anchors = Recipe.of(state["recipe"]), np.asarray(state["anchors"], int)
        if anchors.ndim != 1 or not ((anchors >= -1) & (anchors < self.n_samples)).all():
            raise ParameterError(
                "state of the clusters",
                expected=f"anchors below {self.n_samples:,}",
                got=state["anchors"],
                next_step="Use a state of the same data.",
            )
        self.restore_names(state["names"])
        self._anchors, self.made_with, self.recipe = anchors.tolist(), None, recipe
        self.refresh()
        self.jobs.wait()
        if state["probability"]:
            self.colour_by_probability()


def _numbered(labels: np.ndarray, own: np.ndarray, n_clusters: int, anchors: list[int]) -> np.ndarray:
    """Labels (n_rows,) of some sources as the anchors number them; -1 for clusters without one."""
    of, known = np.full(n_clusters + 1, -1), [(k, row) for k, row in enumerate(anchors) if row >= 0]
    for number, row in known:
        of[labels[row]] = number
    of[-1] = -1
    return of[own]
