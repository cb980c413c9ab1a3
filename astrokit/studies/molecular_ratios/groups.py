"""Ratios that answer to the same things: groups of attribution patterns, and how alike two ratios are."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...cluster import agreement
from ...cluster.hierarchy import Hierarchy
from ...errors import ParameterError
from ...evaluation import Estimate
from ...evaluation.jackknife import jackknife
from ...explain.shapley import Attribution
from ...latent import project
from ...random import RandomState, as_generator
from .sample import RATIOS

if TYPE_CHECKING:
    import pandas as pd

N_NEIGHBORS = 30
MIN_SHARE = 0.02  # of all patterns: smaller groups are none


class Patterns(NamedTuple):
    """Attribution patterns, a row for each model and ratio.

    Attributes
    ----------
    values : (n_models * 9, 7)
        Shapley values in units of the spread of the ratio.
    model, ratio : (n_models * 9,)
        Number of the row of the attribution, and name of the ratio.
    """

    values: np.ndarray
    model: np.ndarray
    ratio: np.ndarray


class Groups(NamedTuple):
    """Groups of patterns on a map.

    Attributes
    ----------
    xy : (n_patterns, 2)
        By UMAP. Places mean nothing; neighbours do.
    labels : (n_patterns,)
        0, 1, ... by HDBSCAN on the map, -1 for noise.
    model : (n_patterns,)
        Of `Patterns`: groupings of several samples of models are compared where they share one.
    """

    xy: np.ndarray
    labels: np.ndarray
    model: np.ndarray

    @property
    def n_groups(self) -> int:
        return int(self.labels.max()) + 1


def patterns(
    attribution: Attribution,
    *,
    n_models: int | None = None,
    of_first: int | None = None,
    random_state: RandomState = 0,
) -> Patterns:
    """What moves each ratio in each model, comparable between ratios.

    Parameters
    ----------
    attribution : Attribution
        Of `attribute`: a ratio an output.
    n_models : int, optional
        Draw so many, to save time.
    of_first : int, optional
        Draw them of so many, so that two samples have models in common.
    random_state
    """
    n_all = min(of_first or len(attribution), len(attribution))
    n_models = min(n_models or n_all, n_all)
    rows = np.sort(as_generator(random_state).choice(n_all, n_models, replace=False))
    answers = attribution.values.sum(1)  # (n_models, n_ratios), about the base value
    if (answers.std(0) == 0).any():
        constant = [name for name, width in zip(RATIOS, answers.std(0), strict=True) if width == 0]
        raise ParameterError(
            "attribution patterns",
            expected="ratios that vary",
            got=f"constant {', '.join(constant)}",
            next_step="Leave these ratios out, or attribute more models.",
        )
    scaled = (attribution.values / answers.std(0))[rows].swapaxes(1, 2)  # (n_models, n_ratios, n_inputs)
    n_ratios = scaled.shape[1]
    return Patterns(scaled.reshape(-1, scaled.shape[2]), np.repeat(rows, n_ratios), np.tile(RATIOS, n_models))


def group(found: Patterns, *, n_neighbors: int = N_NEIGHBORS, random_state: RandomState = 0) -> Groups:
    """Map the patterns with UMAP, and find its dense regions with HDBSCAN."""
    projection = project(
        found.values, "umap", n_neighbors=n_neighbors, min_dist=0.0, scale=None, random_state=random_state
    )
    least = max(int(MIN_SHARE * len(found.values)), 10)
    labels = Hierarchy(projection.xy, min_samples=10, progress=False).cut(least).labels
    return Groups(projection.xy, labels, found.model)


def over_seeds(found: Patterns, seeds: Iterable[int]) -> list[Groups]:
    """The same patterns mapped and grouped once for each seed of the map."""
    return [group(found, random_state=seed) for seed in seeds]


def over_everything(attributions: Sequence[Attribution], *, n_models: int) -> dict[str, list[Groups]]:
    """Groupings that differ by one thing that chance decides, by each in turn and by all at once.

    Parameters
    ----------
    attributions : sequence of Attribution
        Of the same models, by as many imitations as there shall be groupings of each kind.
    n_models : int
        Are drawn from twice as many.

    Returns
    -------
    {what varies: groupings}
    """
    several, same = range(len(attributions)), [0] * len(attributions)
    varied = {
        "seed of the map": (same, same, several),
        "sample of clouds": (same, several, same),
        "imitation": (several, same, same),
        "all three": (several, several, several),
    }

    @functools.cache  # three kinds have one grouping in common
    def grouping(imitation: int, sample: int, seed: int) -> Groups:
        found = patterns(
            attributions[imitation], n_models=n_models, of_first=2 * n_models, random_state=sample
        )
        return group(found, random_state=seed)

    return {what: [grouping(*run) for run in zip(*runs, strict=True)] for what, runs in varied.items()}


def stability_table(groupings: Mapping[str, Sequence[Groups]]) -> pd.DataFrame:
    """`varied`, `fewest` and `most` groups, and the mean index `ari` (`stability`) with its interval."""
    import pandas as pd

    counts = {what: [each.n_groups for each in several] for what, several in groupings.items()}
    rows = [
        (what, min(counts[what]), max(counts[what]), *stability(several))
        for what, several in groupings.items()
    ]
    return pd.DataFrame(rows, columns=["varied", "fewest", "most", "ari", "low", "high"])


def stability(several: Sequence[Groups]) -> Estimate:
    """Do groups return? The mean adjusted Rand index of all pairs of at least three groupings.

    Pairs are compared on the models that both have. The 90% interval is that of the mean over groupings:
    pairs share them, so that whole groupings are left out (jackknife of a mean over pairs: Arvesen 1969, Ann.
    Math. Stat. 40, 2076).
    """
    index = np.array([[likeness_of(one, other) for other in several] for one in several])
    value = mean_of_pairs(index)
    without = [mean_of_pairs(np.delete(np.delete(index, k, 0), k, 1)) for k in range(len(several))]
    low, high = jackknife(value, without)
    return Estimate(value, float(low), float(high))


def likeness_of(one: Groups, other: Groups) -> float:
    """Adjusted Rand index of two groupings on the models that both have."""
    mine, its = np.isin(one.model, other.model), np.isin(other.model, one.model)
    return float(agreement(one.labels[mine], [other.labels[its]])[0])


def mean_of_pairs(index: np.ndarray) -> float:
    """Mean of what is above the diagonal of a symmetric (n_seeds, n_seeds).

    Examples
    --------
    >>> mean_of_pairs(np.array([[1.0, 0.5, 0.7], [0.5, 1.0, 0.6], [0.7, 0.6, 1.0]]))
    0.6
    """
    return float(index[np.triu_indices(len(index), 1)].mean())


def composition(found: Patterns, groups: Groups) -> pd.DataFrame:
    """Share of each ratio's patterns in each group: a row a ratio, a column a group, -1 for noise."""
    import pandas as pd

    table = pd.crosstab(found.ratio, groups.labels, normalize="index")
    return table.loc[list(RATIOS)].rename_axis(index="ratio", columns="group")


def likeness(attribution: Attribution) -> np.ndarray:
    """How alike two ratios are moved, (9, 9): the mean cosine of their patterns over models.

    1 where the same inputs push both in the same direction everywhere, -1 where always against each other.
    """
    values = attribution.values.swapaxes(1, 2)  # (n_models, n_ratios, n_inputs)
    directions = values / np.linalg.norm(values, axis=2, keepdims=True)
    return np.einsum("mri,mqi->rq", directions, directions) / len(directions)
