"""What the panels of a cluster explorer share: sources, recipe, present clusters, map, and names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import traitlets

from ...cluster import Clustering
from ...errors import ParameterError
from ..map import LatentMap
from ..map.palette import category_colours
from ..selection import Selection
from .classes import Classes, classes_of, coded
from .fits import Fits
from .making import Making
from .naming import Names
from .recipe import Recipe

CHANNEL, PROBABILITY = "cluster", "membership probability"
NOISE_COLOUR = "#9aa0aa"


class Scene(Making):
    """Sources, clusters, map and names of one explorer; panels observe the traits.

    Attributes
    ----------
    recipe, clustering, made_with
        See `Making`.
    branch : int
        The node of the tree in hand.
    classes : Classes
        The clusters as the map shows them.
    sizes : (n_clusters,)
    """

    branch = traitlets.Int(0)

    def __init__(
        self, fits: Fits, map: LatentMap, recipe: Recipe, *, channel: str, labels: Any, groups: Any
    ) -> None:
        super().__init__(fits, recipe)
        self.map, self.channel, self.labels, self.groups = map, channel, labels, groups
        self.names, self.has_probability = Names(), False
        self.classes, self.sizes = Classes([], np.empty(0, int)), np.empty(0, int)
        self.is_open: Callable[[Any], bool] = lambda panel: True

    def show(self, found: Clustering) -> None:
        """Show clusters on the map, each with the name that it had."""
        import pandas as pd

        with self._lock:
            found = replace(found, names={}).named(self.names.of(found.labels, self.fits.rows))
            self.sizes, self.classes = found.sizes, classes_of(found)
            codes = coded(found, self.classes)
            classes = pd.Categorical.from_codes(codes, self.classes.texts)
            self.map.set_channel(self.channel, classes, show=False)
            probability = self.own(PROBABILITY)
            if self.has_probability:
                self.map.set_channel(probability, found.probabilities.astype(np.float32), show=False)
            if self.map.colour_by != probability:
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
            probabilities = self.clustering.probabilities.astype(np.float32)
            self.map.set_channel(self.own(PROBABILITY), probabilities)

    def own(self, colour: str) -> str:
        """What the map calls a colour of this explorer: two of them may share it."""
        return colour if self.channel == CHANNEL else f"{colour} ({self.channel})"

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
            self.show(self.clustering)

    def restore_names(self, state: Any) -> None:
        """Put names from their state in place of all."""
        self.names.restore(state, self.n_samples)
        if self.clustering is not None:
            self.show(self.clustering)

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
        self.make_again(recipe, anchors.tolist())
        self.jobs.wait()
        if state["probability"]:
            self.colour_by_probability()
