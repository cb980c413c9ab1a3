"""Eight classes from a handful of X-ray numbers: a calibrated blend, and what it has to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...evaluation import Blend, assign_folds, fit_blend, out_of_fold
from ...random import RandomState, as_generator, as_seed
from . import features
from .members import NetworkMaker, Trees
from .sample import Labelled
from .settings import choose_makers

if TYPE_CHECKING:
    import pandas as pd

FOREST = "forest to beat"
FOREST_COLOURS = "the same forest without total flux"
BLEND = "blend, X-rays alone"
TUNED = "blend, settings chosen in training folds"
COLOURS = "blend, without total flux"
COUNTERPARTS = "blend, with optical and infrared"
CLUSTERS = "clusters, mapped to classes"
METHODS = (FOREST, FOREST_COLOURS, BLEND, COLOURS, COUNTERPARTS, CLUSTERS)
N_FOLDS = 5
N_TREES = 300
N_NETWORKS = 2  # their mean is steadier, and they cost little beside the trees
ONCE = (COUNTERPARTS, CLUSTERS, TUNED)  # these are judged in the first repeat alone
LEAST_OF_CLUSTER = 4  # rows that a cluster has on average
N_CLUSTERS = (8, 16, 32)  # among which training folds choose

Maker = Callable[[int], Any]
View = Callable[["pd.DataFrame"], np.ndarray]
VIEWS: dict[str, View] = {
    BLEND: features.xray,
    TUNED: features.xray,
    COLOURS: features.colours,
    COUNTERPARTS: features.everything,
}


class Scores(NamedTuple):
    """What classifiers say of sources that they have not seen, `n_repeats` times with other folds.

    Attributes
    ----------
    labels, groups : (n_sources,)
    classes : (n_classes,)
    called : {method: (n_repeats, n_sources)}, one repeat for the methods of `ONCE`
        The number of the class that each method calls a source.
    probabilities : {method: (n_sources, n_classes)}
        Of the blends, in the first repeat.
    """

    labels: np.ndarray
    groups: np.ndarray
    classes: np.ndarray
    called: dict[str, np.ndarray]
    probabilities: dict[str, np.ndarray]

    @property
    def code(self) -> np.ndarray:
        """Number of the class of each source, (n_sources,)."""
        return np.searchsorted(self.classes, self.labels)

    def hits(self, method: str) -> np.ndarray:
        """How often a source was called right, from 0 to 1: (n_sources,)."""
        return (self.called[method] == self.code).mean(0)


def fit(
    points: np.ndarray,
    labels: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    makers: tuple[Maker, Maker] = (Trees, NetworkMaker),
    random_state: RandomState = 0,
) -> Blend:
    """Fit the blend: boosted trees and a network, pooled and calibrated on rows they have not seen.

    `makers` take a seed and return unfitted trees and an unfitted network.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> labels = np.repeat(["AGN", "NS"], 40)
    >>> points = rng.normal(size=(80, 3)) + (labels == "NS")[:, None] * [3.0, 0.0, 0.0]
    >>> blend = fit(points, labels)
    >>> blend.classify([[0.0, np.nan, 0.0], [3.0, 0.0, 0.0]]).tolist()
    ['AGN', 'NS']
    """
    make_trees, make_network = makers
    kinds = {"trees": make_trees} | {f"network {k + 1}": make_network for k in range(N_NETWORKS)}
    return fit_blend(kinds, points, labels, groups=groups, random_state=random_state)


def cross_validate(
    data: Labelled,
    *,
    methods: tuple[str, ...] = METHODS,
    merge: Mapping[str, str] | None = None,
    n_repeats: int = 1,
    n_folds: int = N_FOLDS,
    random_state: RandomState = 0,
) -> Scores:
    """Judge each source by models that were fitted, tuned and calibrated without its fold.

    Parameters
    ----------
    data
    methods : tuple of str
        Of those that this module names.
    merge : {class: name}, optional
        Classes that become one; sources of the others take no part.
    n_repeats : int
        With other folds and seeds each; what a source's luck with folds is, averages out.
    n_folds, random_state
    """
    labels, groups = data.labels, data.groups
    kept = np.ones(len(labels), bool) if merge is None else np.isin(labels, list(merge))
    names = labels[kept] if merge is None else np.array([merge[name] for name in labels[kept]])
    numbers = features.read_numbers(data.table[kept])
    classes, code = np.unique(names, return_inverse=True)
    rng = as_generator(random_state)
    called: dict[str, list[np.ndarray]] = {method: [] for method in methods}
    stated = {}
    for repeat in range(n_repeats):
        folds = assign_folds(names, n_folds, groups=groups[kept], random_state=rng)
        for method in (each for each in methods if repeat == 0 or each not in ONCE):
            found = _judged(method, numbers, code, groups[kept], folds, as_seed(rng))
            called[method].append(found[:, -1].astype(int))
            if repeat == 0 and method in VIEWS:
                stated[method] = found[:, :-1]
    return Scores(names, groups[kept], classes, {k: np.array(v) for k, v in called.items()}, stated)


def _judged(
    method: str, numbers: pd.DataFrame, code: np.ndarray, groups: np.ndarray, folds: np.ndarray, seed: int
) -> np.ndarray:
    """Out of fold: probabilities, if there are any, and in the last column the class that is called."""
    if method in VIEWS:
        points = VIEWS[method](numbers)

        def predict(learn: np.ndarray, judge: np.ndarray) -> np.ndarray:
            own = points[learn], code[learn], groups[learn]
            makers = choose_makers(*own, seed) if method == TUNED else (Trees, NetworkMaker)
            blend = fit(*own[:2], groups=own[2], makers=makers, random_state=seed)
            p = blend.probabilities(points[judge])
            return np.column_stack([p, (p / blend.priors).argmax(1)])

        return out_of_fold(predict, folds)
    if method == CLUSTERS:
        points = colour_space(numbers)
        return out_of_fold(
            lambda learn, judge: by_clusters(points[learn], code[learn], points[judge], seed)[:, None], folds
        )
    points = features.plain(numbers, total=method == FOREST)
    return out_of_fold(
        lambda learn, judge: forest(seed).fit(points[learn], code[learn]).predict(points[judge])[:, None],
        folds,
    )


def forest(seed: int) -> Any:
    """The class-balanced forest to beat; it takes missing values as they are."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(N_TREES, class_weight="balanced", n_jobs=1, random_state=seed)


def colour_space(numbers: pd.DataFrame) -> np.ndarray:
    """What is clustered, (n, 5): hardness ratios and probabilities of variation, 0.5 where unknown."""
    all_colours = features.colours(numbers)
    return np.nan_to_num(all_colours[:, [3, 4, 5, 13, 14]], nan=0.5)


def by_clusters(
    points: np.ndarray,
    code: np.ndarray,
    others: np.ndarray,
    seed: int,
    n_clusters: tuple[int, ...] = N_CLUSTERS,
) -> np.ndarray:
    """Classes (n_others,) of other points by the cluster they fall into.

    A cluster is mapped to the class of which it holds the largest share. How many clusters there are, half of
    the rows to learn from decide with the other half.
    """
    half = np.random.default_rng(seed).permutation(len(code)) % 2 == 0

    def score(k: int) -> float:
        called = _mapped(points[half], code[half], points[~half], seed, k)
        hit = called == code[~half]
        return float(np.mean([hit[code[~half] == c].mean() for c in np.unique(code[~half])]))

    most = half.sum() // LEAST_OF_CLUSTER
    best = max([k for k in n_clusters if k <= most] or [2], key=score)
    return _mapped(points, code, others, seed, best)


def _mapped(points: np.ndarray, code: np.ndarray, others: np.ndarray, seed: int, k: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    mean, spread = points.mean(0), np.maximum(points.std(0), 1e-9)
    model = KMeans(k, n_init=1, random_state=seed).fit((points - mean) / spread)
    counts = np.zeros((k, code.max() + 1))
    np.add.at(counts, (model.labels_, code), 1)
    return (counts / counts.sum(0)).argmax(1)[model.predict((others - mean) / spread)]
