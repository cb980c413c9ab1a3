"""What the autoencoders of light curves reach, measured on sources that they have not seen, and shipped."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ....evaluation import probe, read_results, write_results
from ....random import RandomState, as_generator
from ..spectra import simulated_spectral_latents
from .autoencoders import N_LATENT, shipped_curve_network
from .embedding import embed_folded, make_weights
from .folding import fold
from .histograms import histogram_of
from .observations import gather
from .sample import SCORED, CurveSample, load_curves, take_sources
from .scores import (
    agree_with_types,
    compare_modalities,
    compare_with_spectra,
    explained_by_decoder,
    kept_accuracy,
    recall_of_rare_types,
    recalls_of,
)

FILE = "results.json"
TABLES = ("modalities", "with_spectra", "types", "rare")
ESTIMATES = ("latents", "inputs", "kept", "adjusted_rand_index", "explained")
N_HELD_OUT = 6000


def split_sources(n_sources: int, n_held_out: int = N_HELD_OUT) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows to judge, ascending: always the same for the same numbers.

    Examples
    --------
    >>> learn, judge = split_sources(10, 3)
    >>> len(learn), sorted([*learn, *judge]) == list(range(10))
    (7, True)
    """
    drawn = as_generator(0).permutation(n_sources)
    return np.sort(drawn[n_held_out:]), np.sort(drawn[:n_held_out])


def judge_latents(sample: CurveSample, *, random_state: RandomState = 0) -> dict[str, Any]:
    """Judge the networks that ship on light curves with known types.

    Returns
    -------
    dict
        `n_sources`, `n_scored`; balanced accuracy of a forest on `latents` and on their `inputs`, and the
        share `kept`; `adjusted_rand_index`; `explained` variance of folded curves (`Estimate`s); the tables
        `modalities` (`compare_modalities`), `with_spectra` (`compare_with_spectra`, the spectra simulated by
        class), `types` (recalls of the forest) and `rare`.
    """
    curves = gather(sample.observations, sample.sources)
    types = sample.sources["type"].to_numpy(int)
    folded, histograms = fold(curves), histogram_of(curves)
    latents, rows = embed_folded(folded, histograms), np.isin(types, SCORED)
    forest = probe(latents[rows], types[rows], "forest", random_state=random_state)
    network, own = shipped_curve_network(), latents[:, :N_LATENT]
    return {
        "n_sources": len(types),
        "n_scored": int(rows.sum()),
        **kept_accuracy(latents, folded, histograms, types, random_state=random_state),
        "adjusted_rand_index": agree_with_types(latents, types, random_state=random_state),
        "explained": explained_by_decoder(network, own, folded, random_state=random_state),
        "modalities": compare_modalities(latents, types, random_state=random_state),
        "with_spectra": compare_with_spectra(
            latents,
            simulated_spectral_latents(types, random_state=random_state),
            types,
            random_state=random_state,
        ),
        "types": recalls_of(forest, types[rows]),
        "rare": recall_of_rare_types(latents, types, random_state=random_state),
    }


def make_curve_weights(folder: str | Path) -> None:
    """Fit both networks to the sources of Catalina that are not held out, and write them into a folder."""
    sample = load_curves("real")
    learn, _ = split_sources(len(sample.sources))
    taken = take_sources(sample, learn)
    make_weights(gather(taken.observations, taken.sources), folder)


def freeze_curve_results(path: str | Path) -> None:
    """Judge the networks on the sources that were held out, and write the results."""
    write_results(path, judge_latents(load_held_out()), TABLES)


def load_held_out() -> CurveSample:
    """The sources of Catalina that the networks that ship have not seen."""
    sample = load_curves("real")
    return take_sources(sample, split_sources(len(sample.sources))[1])


def load_curve_results() -> dict[str, Any]:
    """The results that ship with the package, as of `judge_latents`.

    Examples
    --------
    >>> load_curve_results()["n_sources"]
    6000
    """
    content = resources.files(__package__).joinpath(FILE).read_bytes()
    return read_results(content, TABLES, ESTIMATES)
