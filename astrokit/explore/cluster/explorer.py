"""The cluster explorer: a map, and panels for clusters, their tree, stability, quality and candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...cluster import Clustering
from ...errors import ParameterError
from ...random import RandomState
from ..explorer import Explorer
from ..latent.projections import resolve
from ..map import LatentMap
from ..map.rows import check_table
from . import static
from .candidates_panel import CandidatesPanel
from .clusters_panel import ClustersPanel
from .fits import Fits
from .guide import GUIDE
from .quality_panel import QualityPanel
from .recipe import Recipe
from .scene import Scene
from .stability_panel import StabilityPanel
from .tree_panel import TreePanel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..selection import Selection

CLASS = "class"


class ClusterExplorer(Explorer):
    """Clusters of sources: sliders, their tree, whether they come back, what they agree with, who is in them.

    Up to `n_fitted` sources are clustered as they are; of more, so many are drawn at random and fitted, and
    the others assigned to what was found there. The explorer says so.

    Parameters
    ----------
    points : (n_samples, n_features) array_like
        What is clustered. NaN marks sources that are in no cluster.
    table : pandas.DataFrame, astropy.table.Table or dict of arrays, optional
        A row for each source, shown under the pointer.
    labels : (n_samples,) array_like, optional
        Known classes, to compare clusters with; NaN, None or "" where there is none.
    source_id : (n_samples,) array_like, optional
        Identifiers in tables of candidates; by default the table's column `source_id`, or row numbers.
    groups : (n_samples,) array_like, optional
        Rows that bootstraps draw together, for instance observations of a source.
    projection : (n_samples, 2) array_like, or name, optional
        Places on the map; the first two features by default. A name is a method of `astrokit.latent.project`.
    map : LatentMap, optional
        Of another explorer: this one then works on it, with its selection, and shows none of its own.
    selection : Selection, optional
        Shared with other maps of the same sources.
    method : "hdbscan", "gaussian mixture" or "k-means"
    scale : "standard", "robust" or None
        How features are brought to comparable widths.
    n_fitted : int
        Sources that are fitted at most.
    channel : str
        What the map calls the clusters; another name for a second explorer on the same map.

    Raises
    ------
    ParameterError
        Arrays of different lengths, fewer than 20 sources, a constant feature, an unknown method.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> points = rng.normal(size=(600, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 200, axis=0)
    >>> explorer = ClusterExplorer(points)
    >>> explorer.wait()
    >>> explorer.clustering.n_clusters
    3
    >>> explorer.name(0, "dwarfs")
    >>> explorer.change(method="k-means", n_clusters=3)
    >>> explorer.wait()
    >>> explorer.clustering.method, explorer.clustering.name(0)
    ('k-means', 'dwarfs')
    """

    def __init__(
        self,
        points: Any,
        table: Any = None,
        *,
        labels: Any = None,
        source_id: Any = None,
        groups: Any = None,
        projection: Any = None,
        map: LatentMap | None = None,
        selection: Selection | None = None,
        method: str = "hdbscan",
        scale: str | None = "standard",
        n_fitted: int = 50_000,
        channel: str = "cluster",
        random_state: RandomState = 0,
        height: int = 480,
    ) -> None:
        fits = Fits(points, scale=scale, n_fitted=n_fitted, random_state=random_state)
        recipe = first_recipe(len(fits.rows)).but(method=method)
        check_table(table, fits.n_samples)
        for name, array in {"labels": labels, "source_id": source_id, "groups": groups}.items():
            _check_length(name, array, fits.n_samples)
        labels, groups = (None if each is None else np.asarray(each) for each in (labels, groups))
        has_own_map = map is None
        if map is None:
            xy = _places(fits.points, projection, random_state)
            channels = None if labels is None else {CLASS: labels}
            map = LatentMap(
                xy[:, 0], xy[:, 1], table=table, channels=channels, height=height, selection=selection
            )
        elif map.index.n_samples != fits.n_samples:
            raise _bad("map", f"one of {fits.n_samples:,} sources", f"{map.index.n_samples:,}")
        self._scene = scene = Scene(fits, map, recipe, channel=channel, labels=labels, groups=groups)
        self.clusters, self.tree = ClustersPanel(scene), TreePanel(scene)
        self.stability, self.quality = StabilityPanel(scene), QualityPanel(scene)
        self.candidates = CandidatesPanel(scene, source_id, table)
        self._panels = {
            "clusters": self.clusters, "tree": self.tree, "stability": self.stability,
            "quality": self.quality, "candidates": self.candidates,
        }  # fmt: skip
        super().__init__(map, self._panels, guide=GUIDE, has_own_map=has_own_map, jobs=scene.jobs)
        scene.is_open = lambda panel: self._panels[self.panel] is panel
        scene.refresh()

    @property
    def clustering(self) -> Clustering | None:
        """The clusters that are shown, of all sources; None before the first."""
        return self._scene.clustering

    def change(self, **parameters: Any) -> None:
        """Change what the clusters are made with, as the sliders do.

        Parameters
        ----------
        method, min_samples, min_cluster_size, cut, epsilon, n_clusters, threshold
            See `astrokit.explore.cluster.recipe.Recipe`.

        Raises
        ------
        ParameterError
            An unknown name, or a value out of range; nothing is changed then.
        """
        self._scene.change(**parameters)

    def name(self, cluster: int, text: str) -> None:
        """Give a cluster a name, on the map and in its legend too; "" takes it away.

        The name stays with the sources: where a slider makes a cluster of mostly the same ones, it has that
        name again.
        """
        self._scene.name(cluster, text)

    @property
    def alt(self) -> str:
        """What the picture shows, in a few sentences."""
        return static.describe(self._scene, self.stability)

    def static(self) -> Figure:
        """The map, and beside it the tree or the sizes of the clusters, and what bootstraps said."""
        return static.draw(self._scene, self.stability)

    def wait(self) -> None:
        """Wait until all that is under way is done and shown."""
        self.jobs.wait()

    def _own_state(self) -> dict[str, Any]:
        return {
            "clusters": self._scene.state,
            "branch": self.tree.state,
            "stability": self.stability.state,
            "candidates": self.candidates.state,
        }

    def _restore_own(self, state: Any) -> None:
        # The clusters first: all else is about them, and the map can only show what it was given.
        if "clusters" in state:
            self._scene.restore(state["clusters"])
        for name, panel in (
            ("branch", self.tree), ("stability", self.stability), ("candidates", self.candidates)
        ):  # fmt: skip
            if name in state:
                panel.restore(state[name])


def first_recipe(n_fitted: int) -> Recipe:
    """Where sliders start: clusters of at least the square root of the number of sources.

    Examples
    --------
    >>> first_recipe(50_000).min_cluster_size
    224
    """
    size = max(round(n_fitted**0.5), 5)
    return Recipe(min_cluster_size=size, min_samples=min(10, max(n_fitted // 10, 1)))


def _places(points: np.ndarray, projection: Any, random_state: RandomState) -> np.ndarray:
    if projection is None and points.shape[1] < 2:
        raise _bad("projection", "places on the map, where there are fewer than 2 features", "none")
    if projection is None:
        return points[:, :2]
    (xy,) = resolve(points, {"projection": projection}, random_state=random_state).values()
    return xy


def _check_length(name: str, array: Any, n_samples: int) -> None:
    if array is not None and np.shape(array) != (n_samples,):
        raise _bad(name, f"shape ({n_samples:,},)", f"shape {np.shape(array)}")


def _bad(what: str, expected: str, got: str) -> ParameterError:
    return ParameterError(what, expected=expected, got=got, next_step="Pass one entry for each source.")
