"""Sliders of the three methods: each shows its own, all change one recipe."""

from __future__ import annotations

from typing import Any

import ipywidgets

from .recipe import METHODS, MOST_CLUSTERS, TITLES
from .scene import Scene

MOST_SAMPLES = 100
N_STEPS = 100
METHOD_WORDS = ["Dense islands of any shape, in noise", "Ellipses that overlap", "Round groups of like size"]
CUT_WORDS = {"longest-lived branches (eom)": "eom", "leaves of the tree": "leaf"}


class Controls(ipywidgets.VBox):
    """Method and parameters; `scene.change` hears of each step."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._is_following = scene, False
        n_fitted = len(scene.fits.rows)
        self.method = ipywidgets.ToggleButtons(
            options=[(TITLES[name], name) for name in METHODS],
            tooltips=METHOD_WORDS,
            style={"button_width": "auto"},
        )
        self.min_cluster_size = _whole(
            "min_cluster_size", 2, max(n_fitted // 20, 50), "Smaller groups are no clusters", at_once=True
        )
        self.min_samples = _whole(
            "min_samples",
            1,
            min(MOST_SAMPLES, n_fitted - 2),
            "Neighbours that make a source dense: more calls more sources noise. Grows a new tree",
        )
        self.epsilon = _share(
            "epsilon", "Clusters closer than this stay together; in units of the scaled points"
        )
        self.cut = ipywidgets.Dropdown(
            options=CUT_WORDS, description="choose", **_wide("Which branches of the tree are clusters")
        )
        self.n_clusters = _whole("clusters", 1, MOST_CLUSTERS, "How many to fit")
        self.threshold = _share("probability ≥", "Sources that belong less firmly are in no cluster")
        self._of_tree = [self.min_cluster_size, self.min_samples, self.epsilon, self.cut]
        super().__init__([self.method, *self._of_tree, self.n_clusters, self.threshold])
        self._follow()
        for name in PARTS:
            getattr(self, name).observe(self._change, names="value")
        scene.observe(lambda _: self._follow(), names=["recipe", "clustering"])

    def _change(self, change: Any) -> None:
        if self._is_following:
            return
        (name,) = [part for part in PARTS if getattr(self, part) is change["owner"]]
        self._scene.change(**{name: change["new"]})

    def _follow(self) -> None:
        """Show the recipe; it may have come from a state, or from Python."""
        recipe, before = self._scene.recipe, self._is_following
        self._is_following = True
        try:
            self._make_room(recipe.min_cluster_size, recipe.epsilon)
            for name in PARTS:
                getattr(self, name).value = getattr(recipe, name)
        finally:
            self._is_following = before
        is_tree = recipe.method == "hdbscan"
        for slider in self._of_tree:
            slider.layout.display = "" if is_tree else "none"
        self.n_clusters.layout.display = "none" if is_tree else ""

    def _make_room(self, size: int, epsilon: float) -> None:
        self.min_cluster_size.max = max(self.min_cluster_size.max, size)
        most = max(self._scene.fits.longest_edge, epsilon)
        if most > 0 and most != self.epsilon.max:
            self.epsilon.max, self.epsilon.step = most, most / N_STEPS


PARTS = ("method", "min_cluster_size", "min_samples", "epsilon", "cut", "n_clusters", "threshold")


def _whole(name: str, least: int, most: int, tooltip: str, at_once: bool = False) -> ipywidgets.IntSlider:
    """A slider of whole numbers; what takes long waits until it is let go."""
    return ipywidgets.IntSlider(
        min=least, max=most, description=name, continuous_update=at_once, **_wide(tooltip)
    )


def _share(name: str, tooltip: str) -> ipywidgets.FloatSlider:
    return ipywidgets.FloatSlider(
        min=0.0, max=1.0, step=0.01, description=name, readout_format=".3f", **_wide(tooltip)
    )


def _wide(tooltip: str) -> dict[str, Any]:
    return {
        "layout": ipywidgets.Layout(width="min(420px, 98%)"),
        "style": {"description_width": "120px"},
        "tooltip": tooltip,
    }
