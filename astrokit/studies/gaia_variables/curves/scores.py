"""What ten latents of light curves know: of classes, clusters, rare kinds, and the curves themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ....cluster.partition import fit_k_means
from ....cluster.quality import label_agreement
from ....evaluation import Estimate, Probe, bootstrap_groups, compare_probes, probe, wilson
from ....latent import rank_outliers
from ....random import RandomState
from .autoencoders import N_LATENT, decode_curves, has_curve
from .folding import Folded
from .histograms import Histograms
from .sample import SCORED

if TYPE_CHECKING:
    import pandas as pd

    from ....models import VariationalAutoencoder

MODALITIES = {
    "folded curve": slice(0, N_LATENT),
    "|dm| | dt": slice(N_LATENT, 2 * N_LATENT),
    "together": slice(0, 2 * N_LATENT),
}
# Balanced accuracy of the published latents by modality, of other sources and classes: Gaia's. "Together" has
# the spectra, which alone give .526.
PUBLISHED = {"folded curve": 0.396, "|dm| | dt": 0.496, "together": 0.777}
# Spectra are simulated by class, so they know what a class is like and nothing of the source.
PUBLISHED_WITH_SPECTRA = {"spectra, simulated by class": 0.526, "all three, spectra simulated": 0.777}
SHARES = 0.01, 0.05  # of the sources that are looked at first
N_CLUSTERS = 12
N_RESAMPLES = 300


def compare_modalities(
    latents: np.ndarray, types: ArrayLike, *, random_state: RandomState = 0, **options: Any
) -> pd.DataFrame:
    """Balanced accuracy of three probes on each modality's latents and on both, on the same folds.

    Only the types of `SCORED` take part.

    Parameters
    ----------
    latents : (n_sources, 10)
    types : (n_sources,)
    options
        Of `astrokit.evaluation.probe`.

    Returns
    -------
    DataFrame
        A row a modality and a probe: `modality`, `probe`, `accuracy`, `low`, `high` (90%), `published`.
    """
    tables = {name: latents[:, columns] for name, columns in MODALITIES.items()}
    return _compare(tables, types, PUBLISHED, random_state, options)


def compare_with_spectra(
    latents: np.ndarray,
    spectral: np.ndarray,
    types: ArrayLike,
    *,
    random_state: RandomState = 0,
    **options: Any,
) -> pd.DataFrame:
    """`compare_modalities` of spectra alone, and of spectra with both pictures of the light curve.

    Where the spectra are those of `join_spectra`, they say how far apart the temperatures of classes lie in
    the simulation, not what a survey's spectra tell.

    Parameters
    ----------
    latents : (n_sources, 10)
    spectral : (n_sources, 5)
        As of `encode_spectra`.
    types : (n_sources,)
    """
    inputs = (spectral, np.hstack([spectral, latents]))
    tables = dict(zip(PUBLISHED_WITH_SPECTRA, inputs, strict=True))
    return _compare(tables, types, PUBLISHED_WITH_SPECTRA, random_state, options)


def kept_accuracy(
    latents: np.ndarray,
    folded: Folded,
    histograms: Histograms,
    types: ArrayLike,
    *,
    random_state: RandomState = 0,
) -> dict[str, Estimate]:
    """How much of a forest's balanced accuracy is kept when latents take the place of what they encode.

    Returns
    -------
    dict
        `latents` and `inputs` (64 phases and 200 shares): balanced accuracy over `SCORED`, on the same folds;
        `kept`: their ratio, its interval over sources drawn for both.
    """
    types = np.asarray(types)
    rows = np.isin(types, SCORED)
    flat = histograms.values.reshape(len(types), -1)
    inputs = np.hstack([np.where(has_curve(folded)[:, None], folded.curve, 0.5), flat])
    by_latents, by_inputs = (
        probe(points[rows], types[rows], "forest", random_state=random_state) for points in (latents, inputs)
    )
    right = np.column_stack([each.predicted == types[rows] for each in (by_latents, by_inputs)])
    code = np.searchsorted(SCORED, types[rows])

    def ratio(drawn: np.ndarray) -> float:
        n = np.bincount(code[drawn], minlength=len(SCORED))
        found = [np.bincount(code[drawn], right[drawn, k], len(SCORED)) / np.maximum(n, 1) for k in (0, 1)]
        return float(found[0].mean() / found[1].mean())

    kept = bootstrap_groups(
        ratio, np.arange(len(code)), strata=code, n_resamples=N_RESAMPLES, random_state=random_state
    )
    return {"latents": by_latents.accuracy, "inputs": by_inputs.accuracy, "kept": kept}


def recalls_of(found: Probe, types: ArrayLike) -> pd.DataFrame:
    """Recall of each type with its 90% interval (Wilson 1927): `type`, `n`, `recall`, `low`, `high`."""
    import pandas as pd

    types, rows = np.asarray(types), []
    for number in found.classes:
        own = types == number
        hits = int((found.predicted[own] == number).sum())
        rows.append((int(number), int(own.sum()), hits / own.sum(), *map(float, wilson(hits, own.sum()))))
    return pd.DataFrame(rows, columns=["type", "n", "recall", "low", "high"])


def agree_with_types(latents: np.ndarray, types: ArrayLike, *, random_state: RandomState = 0) -> Estimate:
    """Adjusted Rand index of twelve k-means clusters, which know no types, with the types of `SCORED`."""
    types = np.asarray(types)
    rows = np.isin(types, SCORED)
    scaled = (latents - latents.mean(0)) / latents.std(0)
    clusters = fit_k_means(scaled[rows], N_CLUSTERS, random_state=random_state)
    return label_agreement(clusters.labels, types[rows], n_resamples=100, random_state=random_state)


def recall_of_rare_types(
    latents: np.ndarray, types: ArrayLike, *, random_state: RandomState = 0
) -> pd.DataFrame:
    """How many sources outside of `SCORED` are among the strangest; no type took part in the ranking.

    Returns
    -------
    DataFrame
        A row a method and a share: `method`, `looked_at`, `n_looked_at`, `n_rare`, `found`, `recall`, `low`,
        `high` (90%), and `lift`, recall over what chance would find.
    """
    import pandas as pd

    rare, rows = ~np.isin(np.asarray(types), SCORED), []
    for method in ("neighbours", "forest", "local"):
        order = rank_outliers(latents, method, random_state=random_state, progress=False).order
        for share in SHARES:
            n = round(share * len(rare))
            hits, n_rare = int(rare[order[:n]].sum()), int(rare.sum())
            low, high = (float(end) for end in wilson(hits, n_rare))
            recall = hits / n_rare if n_rare else float("nan")
            rows.append((method, share, n, n_rare, hits, recall, low, high, recall * len(rare) / max(n, 1)))
    names = ["method", "looked_at", "n_looked_at", "n_rare", "found", "recall", "low", "high", "lift"]
    return pd.DataFrame(rows, columns=names)


def explained_by_decoder(
    model: VariationalAutoencoder, latents: np.ndarray, folded: Folded, *, random_state: RandomState = 0
) -> Estimate:
    """Share of the variance of folded curves about their mean curve that decoded latents explain.

    1 - sum (x - m)^2 / sum (x - mean x)^2, over sources with a curve; the interval is over sources.

    Parameters
    ----------
    latents : (n_sources, 5)
    """
    rows = has_curve(folded)
    curve = folded.curve[rows]
    missed = ((curve - decode_curves(model, latents[rows])) ** 2).sum(1)
    spread = ((curve - curve.mean(0)) ** 2).sum(1)
    return bootstrap_groups(
        lambda drawn: 1 - missed[drawn].sum() / spread[drawn].sum(),
        np.arange(len(missed)),
        n_resamples=N_RESAMPLES,
        random_state=random_state,
    )


def _compare(
    tables: Mapping[str, np.ndarray],
    types: ArrayLike,
    published: Mapping[str, float],
    random_state: RandomState,
    options: Mapping[str, Any],
) -> pd.DataFrame:
    import pandas as pd

    types = np.asarray(types)
    rows = np.isin(types, SCORED)
    found = [
        compare_probes(table[rows], types[rows], random_state=random_state, **options).assign(
            modality=name, published=published[name]
        )
        for name, table in tables.items()
    ]
    return pd.concat(found, ignore_index=True)[["modality", "probe", "accuracy", "low", "high", "published"]]
