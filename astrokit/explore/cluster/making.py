"""Clusters as they are wanted: at once where all is known, else in a thread that the last wish ends."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import traitlets

from ...cluster import Clustering, kept_numbers
from ...cluster.clustering import numbers_by_size
from ...progress import Cancelled
from ..index.channels import MAX_CATEGORIES
from ..jobs import Jobs, Stop
from .fits import Fits
from .recipe import Recipe

AT_ONCE = 200_000  # sources: of more, clusters are cut in a thread


class Making(traitlets.HasTraits):
    """From recipes to clusters; a subclass says in `show` what becomes of them.

    Attributes
    ----------
    recipe : Recipe
        What is wanted; set it with `change`.
    clustering : Clustering or None
        What is shown; None before the first.
    made_with : Recipe or None
        The recipe of what is shown.
    is_working : bool
        Whether something is being fitted.
    """

    recipe = traitlets.Instance(Recipe)
    clustering = traitlets.Any(None)
    is_working = traitlets.Bool(False)

    def __init__(self, fits: Fits, recipe: Recipe) -> None:
        super().__init__(recipe=recipe)
        self.fits, self.jobs = fits, Jobs()
        self.made_with: Recipe | None = None
        self._lock = threading.RLock()
        self._anchors: list[int] | None = None  # of a state, until its clusters are made

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
            if self.is_working:  # and it will find what is wanted by then
                return
            self.is_working = True
        self.jobs.start("fit", f"clustering {len(self.fits.rows):,} sources", self._work, lambda _: None)

    def show(self, found: Clustering) -> None:
        """Show clusters."""
        raise NotImplementedError

    @property
    def anchors(self) -> list[int]:
        """A firm member of each cluster, -1 for an empty one: by these a later session numbers them alike."""
        if self.clustering is None:
            return []
        labels, probabilities = self.clustering.labels, self.clustering.probabilities
        rows = self.fits.rows[labels[self.fits.rows] >= 0]
        order = rows[np.argsort(-probabilities[rows], kind="stable")]
        found, first = np.unique(labels[order], return_index=True)
        anchors = np.full(self.clustering.n_clusters, -1)
        anchors[found] = order[first]
        return anchors.tolist()

    def make_again(self, recipe: Recipe, anchors: list[int]) -> None:
        """Make clusters by a recipe, numbered as their anchors say."""
        self._anchors, self.made_with, self.recipe = anchors, None, recipe
        self.refresh()

    def _work(self, stop: Stop) -> None:
        """Fit until what is shown is what is wanted."""
        try:
            while (recipe := self._next(stop)) is not None:
                self._fit(recipe, stop)
        except BaseException:
            self._rest()
            raise

    def _next(self, stop: Stop) -> Recipe | None:
        """What is to be made now; None, and a rest, if nothing is."""
        with self._lock:
            if not stop() and self.recipe != self.made_with:
                return self.recipe
            self._rest()
            return None

    def _rest(self) -> None:
        """Work no more; what was stopped, or failed, is not wanted any longer."""
        with self._lock:
            self.is_working = False
            if self.made_with is not None and self.recipe != self.made_with:
                self.recipe = self.made_with

    def _fit(self, recipe: Recipe, stop: Stop) -> None:
        try:
            found = self.fits.find(recipe, lambda: stop() or self.recipe.costly != recipe.costly)
        except Cancelled:
            return
        if not stop() and self.recipe.costly == recipe.costly:
            self._take(recipe, found)

    def _take(self, recipe: Recipe, found: Clustering) -> None:
        """Show clusters, each with the number that it had."""
        with self._lock:
            self.made_with = recipe
            self.show(found.renumbered(self._numbers(found)))

    def _numbers(self, found: Clustering) -> np.ndarray:
        own, n = found.labels[self.fits.rows], found.n_clusters
        if self._anchors is not None:
            before, self._anchors = _numbered(found.labels, own, n, self._anchors), None
        elif self.clustering is None or n > MAX_CATEGORIES:
            return numbers_by_size(np.bincount(own[own >= 0], minlength=n))
        else:
            before = self.clustering.labels[self.fits.rows]
        return kept_numbers(own, before, n_clusters=n)


def _numbered(labels: np.ndarray, own: np.ndarray, n_clusters: int, anchors: list[int]) -> np.ndarray:
    """Labels (n_rows,) of some sources as the anchors number them; -1 for clusters without one."""
    of, known = np.full(n_clusters + 1, -1), [(k, row) for k, row in enumerate(anchors) if row >= 0]
    for number, row in known:
        of[labels[row]] = number
    of[-1] = -1
    return of[own]
