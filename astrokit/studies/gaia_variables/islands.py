"""The islands of the map: clusters, what they hold, which latent says so, and what runs along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...cluster.clustering import Clustering
from ...cluster.hierarchy import Hierarchy
from ...data.gaia_variables import LATENTS
from ...evaluation import ranking_auc
from ...latent import correlates, position_along, project
from ...random import RandomState, as_seed
from .sample import FEATURE_LABELS, LEAST, GaiaVariables

if TYPE_CHECKING:
    import pandas as pd

MOST_BY_TSNE = 5_000
MIN_SAMPLES = 10
PROPERTIES = {"log_period": "log period", "log_amplitude": "log amplitude", "magnitude": "apparent magnitude"}
MAJORITY = 0.5  # of an island's classes: then it has that name alone


def make_map(data: GaiaVariables, *, random_state: RandomState = 0) -> np.ndarray:
    """The published map (n_sources, 2), or one of latents, log period and log amplitude, as theirs is.

    Up to 5,000 sources get a t-SNE (van der Maaten & Hinton 2008, JMLR 9, 2579), which needs some seconds;
    more get a UMAP, as the authors', which compiles for half a minute first.
    """
    if data.published_map is not None:
        return data.published_map
    if len(data.table) > MOST_BY_TSNE:
        return project(data.features, "umap", random_state=random_state).xy.astype(float)
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    scaled = (data.features - data.features.mean(0)) / data.features.std(0)
    model = TSNE(init="pca", max_iter=400, angle=0.6, n_jobs=1, random_state=as_seed(random_state))
    with threadpool_limits(1):  # two threads would wait for each other more than they work
        return model.fit_transform(scaled.astype(np.float32)).astype(float)


def find_islands(data: GaiaVariables, xy: np.ndarray, *, min_cluster_size: int | None = None) -> Clustering:
    """Clusters of the map by HDBSCAN, named by the class that most of their sources have.

    Parameters
    ----------
    data
    xy : (n_sources, 2)
        A map. Clusters of a map are what a person sees there, gaps that the map made up included.
    min_cluster_size : int, optional
        By default 1% of the sources; at least 20.
    """
    size = max(min_cluster_size or len(xy) // 100, LEAST)
    clusters = Hierarchy(xy, MIN_SAMPLES, progress=False).cut(size)
    classes = data.table["variable_class"].to_numpy(str)
    return clusters.named({k: name_of(classes[clusters.labels == k]) for k in range(clusters.n_clusters)})


def describe_islands(data: GaiaVariables, clusters: Clustering) -> pd.DataFrame:
    """What each island holds, and which input sets it apart from the rest of the map.

    Returns
    -------
    DataFrame
        A row an island, the largest first: `island`, `n`, `n_classed`, `share` (of its most common class
        among those with a class), `latent` that sets it apart most, and `auc`: how often a source of the
        island has more of that latent than one outside (near 0: less).
    """
    import pandas as pd

    classes, latents = data.table["variable_class"].to_numpy(str), data.latents
    rows = []
    for k in np.argsort(-clusters.sizes, kind="stable"):
        own = clusters.labels == k
        inside = classes[own & (classes != "")]
        counts = pd.Series(inside).value_counts()
        aucs = np.array([ranking_auc(latents[:, j], own) for j in range(len(LATENTS))])
        best = int(np.abs(aucs - 0.5).argmax())
        share = counts.iloc[0] / len(inside) if len(inside) else float("nan")
        rows.append(
            (clusters.name(k), int(own.sum()), len(inside), share, FEATURE_LABELS[LATENTS[best]], aucs[best])
        )
    return pd.DataFrame(rows, columns=["island", "n", "n_classed", "share", "latent", "auc"])


def read_sequences(
    data: GaiaVariables, xy: np.ndarray, clusters: Clustering, *, random_state: RandomState = 0
) -> pd.DataFrame:
    """What changes along each island, from one end to the other (`position_along`).

    Returns
    -------
    DataFrame
        A row an island, the largest first: `island`, `n`, and for period, amplitude, apparent magnitude, and
        the latent that changes most, the rank correlation with the place along the island, its interval
        `_low`, `_high`; `latent` names that latent. Signs are relative to each other: which end comes first
        means nothing.
    """
    import pandas as pd

    rows = []
    for k in np.argsort(-clusters.sizes, kind="stable"):
        own = np.flatnonzero(clusters.labels == k)
        place = position_along(xy[own], random_state=random_state)
        inputs = data.table.iloc[own]
        numbers = {name: inputs[name].to_numpy(float) for name in (*PROPERTIES, *LATENTS)}
        found = correlates(place[:, None], numbers, n_resamples=200, random_state=random_state)
        found = found.set_index("property")
        row = {"island": clusters.name(k), "n": len(own)}
        latent = found.loc[found.index.isin(LATENTS)].index[0]  # the strongest first
        for name, of in {**{name: name for name in PROPERTIES}, "latent_change": latent}.items():
            row |= {name: found.loc[of, "rank"], f"{name}_low": found.loc[of, "rank_low"]}
            row |= {f"{name}_high": found.loc[of, "rank_high"]}
        rows.append(row | {"latent": FEATURE_LABELS[latent]})
    return pd.DataFrame(rows)


def name_of(classes: np.ndarray) -> str:
    """The most common class, or the two most common where none has half; "no class" where nothing has one.

    Examples
    --------
    >>> name_of(np.array(["EW", "EW", "EB", ""])), name_of(np.array(["EW", "EB", "EA", "EA", "EW"]))
    ('EW', 'EA and EW')
    """
    known = classes[classes != ""]
    if not len(known):
        return "no class"
    names, counts = np.unique(known, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    if len(names) == 1 or counts[order[0]] >= MAJORITY * len(known):
        return str(names[order[0]])
    return f"{names[order[0]]} and {names[order[1]]}"
