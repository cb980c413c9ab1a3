"""What eight latents of simulated spectra know of eight classes, and how well spectra come back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ...data.simulate.xray import XraySpectra
from ...evaluation import Estimate, assign_folds, balanced_accuracy, out_of_fold, probe
from ...random import RandomState, as_seed
from .autoencoder import Binned, expected_counts, reduced_deviance
from .classifier import N_FOLDS, by_clusters
from .sample import COMPACT

if TYPE_CHECKING:
    import pandas as pd

    from ...models import TransformerAutoencoder

COUNT_EDGES = (0, 10, 30, 100, 300, 1000, 3000, np.inf)


def two_classes(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AGN against stellar-mass compact objects: names (n_kept,), and the rows kept (n_kept,)."""
    kept = np.flatnonzero(np.isin(labels, ("AGN", *COMPACT)))
    return np.where(labels[kept] == "AGN", "AGN", "compact object"), kept


def tell_apart(latents: np.ndarray, labels: np.ndarray, *, random_state: RandomState = 0) -> pd.DataFrame:
    """Balanced accuracy in the latent space: clusters, and probes that know the labels.

    Clusters are found without labels and mapped to classes in the folds that are learned from.

    Returns
    -------
    DataFrame
        A row for each of 8 classes and 2 and each of clusters, logistic and forest: `classes`, `method`,
        `accuracy` with `low`, `high` (90%), and `chance`.
    """
    import pandas as pd

    rows = []
    pair, kept = two_classes(labels)
    for words, points, names in (("8 classes", latents, labels), ("AGN, compact", latents[kept], pair)):
        n = len(np.unique(names))
        found = {"clusters": clustered(points, names, random_state=random_state)}
        for kind in ("logistic", "forest"):
            found[kind] = probe(points, names, kind, random_state=random_state).accuracy
        rows += [(words, method, *of, 1 / n) for method, of in found.items()]
    return pd.DataFrame(rows, columns=["classes", "method", "accuracy", "low", "high", "chance"])


def clustered(points: np.ndarray, labels: np.ndarray, *, random_state: RandomState = 0) -> Estimate:
    """Balanced accuracy of classes by clusters, each source out of fold."""
    classes, code = np.unique(labels, return_inverse=True)
    folds, seed = assign_folds(labels, N_FOLDS, random_state=random_state), as_seed(random_state)
    called = out_of_fold(
        lambda learn, judge: by_clusters(points[learn], code[learn], points[judge], seed), folds
    )
    return balanced_accuracy(labels, classes[called])


def fidelity_by_counts(
    model: TransformerAutoencoder, binned: Binned, *, random_state: RandomState = 0
) -> pd.DataFrame:
    """How well spectra are described, by their counts.

    Returns
    -------
    DataFrame
        A row a range of net counts: `counts`, `n`, quartiles of Cash's C over what noise alone gives
        (`reduced_deviance`): `low`, `median`, `high`.
    """
    import pandas as pd

    reduced = reduced_deviance(binned, expected_counts(model, binned), random_state=random_state)
    rows = []
    for low, high in pairwise(COUNT_EDGES):
        own = (binned.net >= low) & (binned.net < high)
        if own.any():
            words = f"{low:g} to {high:g}" if np.isfinite(high) else f"above {low:g}"
            rows.append((words, int(own.sum()), *np.quantile(reduced[own], [0.25, 0.5, 0.75])))
    return pd.DataFrame(rows, columns=["counts", "n", "low", "median", "high"])


def labels_of(spectra: XraySpectra) -> np.ndarray:
    return spectra.truth["class"].to_numpy(str)
