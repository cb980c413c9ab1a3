"""Clusters as classes of the map: at most 32 of them, each with a text of its own; noise is none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...cluster import Clustering
from ..index.channels import MAX_CATEGORIES


class Classes(NamedTuple):
    """`texts` of the classes in order, and the class `of` each cluster (n_clusters,)."""

    texts: list[str]
    of: np.ndarray


def classes_of(clustering: Clustering) -> Classes:
    """The classes that show some clusters; of more than 32 the last ones are one class together.

    Clusters without members are in no class, so that the map counts classes as this does.

    Examples
    --------
    >>> labels = np.array([0, 0, 1])
    >>> classes_of(Clustering(labels, np.ones(3), "", {}, np.zeros(2), names={1: "dwarfs"})).texts
    ['cluster 0', 'dwarfs']
    """
    here = np.flatnonzero(clustering.sizes)
    is_crowded = len(here) > MAX_CATEGORIES
    own = here[: MAX_CATEGORIES - 1] if is_crowded else here
    of = np.full(clustering.n_clusters, -1)
    of[own] = np.arange(len(own))
    texts = _unlike([clustering.name(label) for label in own], own)
    if is_crowded:
        rest = here[len(own) :]
        of[rest] = len(own)
        texts.append(f"{len(rest):,} more clusters")
    return Classes(texts, of)


def coded(clustering: Clustering, classes: Classes) -> np.ndarray:
    """The class of each source (n_samples,), -1 for noise."""
    of = np.append(classes.of, -1).astype(np.int8)  # the last: that of label -1
    return of[clustering.labels]


def _unlike(texts: list[str], labels: np.ndarray) -> list[str]:
    """Two clusters with one name are still two classes."""
    seen: set[str] = set()
    for k, text in enumerate(texts):
        texts[k] = text if text not in seen else f"{text} (cluster {labels[k]})"
        seen.add(texts[k])
    return texts
