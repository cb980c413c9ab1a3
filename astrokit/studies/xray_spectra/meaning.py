"""What each latent means: correlations, mutual information, and a short formula with its fidelity."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from ...data.simulate.xray import XraySpectra
from ...data.simulate.xray.population import BANDS_KEV
from ...evaluation import assign_folds, out_of_fold
from ...explain.information import mutual_information
from ...latent import correlates
from ...random import RandomState
from .autoencoder import CENTRES_KEV, Binned

if TYPE_CHECKING:
    import pandas as pd

N_TERMS = 3
N_FOLDS = 5
FEWEST = 0.5  # counts of a band, below which its rate is not known
INPUTS = ("HR1", "HR2", "log counts", "log N_H")


def describe_spectra(binned: Binned, spectra: XraySpectra) -> pd.DataFrame:
    """What is known of simulated spectra: two hardness ratios, counts, and the truth.

    `HR1` = (M - S) / (M + S) and `HR2` = (H - M) / (H + M) of net counts in the catalogue's bands, `log
    counts`, `log flux`, `log N_H`, `photon index` and `log kT`, NaN where a class has none.
    """
    import pandas as pd

    net = binned.counts - binned.background
    bands = {
        name: np.maximum(net[:, (low <= CENTRES_KEV) & (high > CENTRES_KEV)].sum(1), FEWEST)
        for name, (low, high) in BANDS_KEV.items()
    }
    s, m, h = (bands[name] for name in "smh")
    truth = spectra.truth
    return pd.DataFrame(
        {
            "HR1": (m - s) / (m + s),
            "HR2": (h - m) / (h + m),
            "log counts": np.log10(np.maximum(binned.net, FEWEST)),
            "log flux": truth["log_flux"].to_numpy(),
            "log N_H": truth["log_nh"].to_numpy(),
            "photon index": truth["slope"].to_numpy(),
            "log kT": truth["log_kt"].to_numpy(),
        }
    )


def correlate(latents: np.ndarray, known: pd.DataFrame, *, n_resamples: int = 200) -> pd.DataFrame:
    """Linear and rank correlations of each latent with each property, and their mutual information.

    Returns
    -------
    DataFrame
        That of `astrokit.latent.correlates`, with `information` in bits and its interval `information_low`,
        `information_high`.
    """
    found = correlates(latents, known, names=names_of(latents), n_resamples=n_resamples)
    values = []
    for row in found.itertuples():
        z, x = latents[:, names_of(latents).index(row.latent)], known[row.property].to_numpy()
        both = np.isfinite(x) & np.isfinite(z)
        estimate = mutual_information(z[both], x[both], unit="bits")
        values.append((estimate.value, *estimate.interval))
    found[["information", "information_low", "information_high"]] = np.array(values)
    return found


def formulas(latents: np.ndarray, known: pd.DataFrame, *, random_state: RandomState = 0) -> pd.DataFrame:
    """A short polynomial for each latent in hardness, counts and N_H, with what it explains of others.

    Terms of degree 1 and 2 in the scaled inputs are chosen one after the other, each the one that lowers the
    squared error most; at most three.

    Returns
    -------
    DataFrame
        A row a latent: `latent`, `formula` (of inputs in units of their scatter about their mean), and
        `fidelity`: R^2 on sources that had no part in the choice of terms or coefficients.
    """
    import pandas as pd

    inputs = known[list(INPUTS)].to_numpy()
    rows = (inputs - inputs.mean(0)) / inputs.std(0)
    terms = [*((k,) for k in range(len(INPUTS))), *combinations_with_replacement(range(len(INPUTS)), 2)]
    table = np.column_stack([rows[:, list(term)].prod(1) for term in terms])
    folds = assign_folds(np.zeros(len(rows)), N_FOLDS, random_state=random_state)
    found = []
    for name, latent in zip(names_of(latents), latents.T, strict=True):
        z = (latent - latent.mean()) / latent.std()

        def predict(learn: np.ndarray, judge: np.ndarray, z: np.ndarray = z) -> np.ndarray:
            chosen, weights = choose(table[learn], z[learn])
            return weights[0] + table[judge][:, chosen] @ weights[1:]

        unseen = out_of_fold(predict, folds)
        found.append((name, _text(terms, *choose(table, z)), 1 - ((z - unseen) ** 2).mean() / z.var()))
    return pd.DataFrame(found, columns=["latent", "formula", "fidelity"])


def choose(table: np.ndarray, target: np.ndarray, n_terms: int = N_TERMS) -> tuple[list[int], np.ndarray]:
    """Columns chosen greedily, and the weights of a constant and of them."""
    chosen: list[int] = []

    def fitted(columns: list[int]) -> tuple[np.ndarray, float]:
        design = np.column_stack([np.ones(len(target)), table[:, columns]])
        weights = np.linalg.lstsq(design, target, rcond=None)[0]
        return weights, float(((design @ weights - target) ** 2).sum())

    for _ in range(n_terms):
        rest = [k for k in range(table.shape[1]) if k not in chosen]
        chosen = [*chosen, min(rest, key=lambda k: fitted([*chosen, k])[1])]
    return chosen, fitted(chosen)[0]


def names_of(latents: np.ndarray) -> list[str]:
    return [f"z{k}" for k in range(latents.shape[1])]


def _text(terms: list[tuple[int, ...]], chosen: list[int], weights: np.ndarray) -> str:
    words = [" · ".join(INPUTS[k] for k in terms[c]) for c in chosen]
    parts = [f"{weight:+.2f} {word}" for weight, word in zip(weights[1:], words, strict=True)]
    return " ".join(parts).replace("+", "+ ").replace("-", "- ").removeprefix("+ ")
