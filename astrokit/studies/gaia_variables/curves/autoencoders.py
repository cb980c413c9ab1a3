"""Two variational autoencoders of five latents each: one of folded curves, one of histograms.

latents = encode_curves(shipped_curve_network(), folded)
decode_curves(shipped_curve_network(), latents)           # (n, 64), 0 bright, 1 faint
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .folding import N_PHASES, Folded
from .histograms import N_COLUMNS, N_ROWS, Histograms

if TYPE_CHECKING:
    from ....models import VariationalAutoencoder
    from ....training import History

N_LATENT = 5  # of each network
CURVES_FILE = "folded_curves.safetensors"
HISTOGRAMS_FILE = "histograms.safetensors"
FLOOR = 0.05  # of the curve's range, added to its errors: else a few bright sources would be all that counts
MIDDLE = 0.5  # of the curve's range; the network reads what differs from it
N_EFFECTIVE = 100.0  # independent pairs in a column of a histogram
LEARNING: dict[str, Any] = {
    "learning_rate": 3e-3,
    "schedule": "cosine",
    "batch_size": 256,
    "clip_norm": 1000.0,
    "threads": 1,
}


def fit_curves(
    folded: Folded, *, epochs: int = 40, beta: float = 1.0, random_state: int = 0, **options: Any
) -> tuple[VariationalAutoencoder, History]:
    """Fit the autoencoder of folded curves, with one thread, so that a seed gives the same weights.

    Sources without a curve are left out. Options are those of `astrokit.training.fit`.
    """
    from ....models import GaussianLikelihood, VariationalAutoencoder, VectorDecoder, VectorEncoder
    from ....training import fit

    model = VariationalAutoencoder(
        VectorEncoder(N_PHASES, hidden=(128,), random_state=random_state),
        VectorDecoder(N_LATENT, (N_PHASES,), random_state=random_state + 1),
        GaussianLikelihood(),
        n_latent=N_LATENT,
        beta=beta,
        random_state=random_state + 2,
    )
    data = _curve_arrays(folded, has_curve(folded))
    history = fit(model, data, epochs=epochs, random_state=random_state, **(LEARNING | options))
    return model, history


def fit_histograms(
    histograms: Histograms, *, epochs: int = 40, beta: float = 1.0, random_state: int = 0, **options: Any
) -> tuple[VariationalAutoencoder, History]:
    """Fit the autoencoder of histograms, likewise; sources without a pair are left out."""
    from ....models import HistogramEncoder, HistogramLikelihood, VariationalAutoencoder, VectorDecoder
    from ....training import fit

    shape = (N_ROWS, N_COLUMNS)
    model = VariationalAutoencoder(
        HistogramEncoder(shape, random_state=random_state),
        VectorDecoder(N_LATENT, shape, random_state=random_state + 1),
        HistogramLikelihood(N_EFFECTIVE),
        n_latent=N_LATENT,
        beta=beta,
        random_state=random_state + 2,
    )
    data = _histogram_arrays(histograms, has_pairs(histograms))
    history = fit(model, data, epochs=epochs, random_state=random_state, **(LEARNING | options))
    return model, history


def has_curve(folded: Folded) -> np.ndarray:
    """Which sources have a folded curve, (n_sources,) bool."""
    return np.asarray(np.isfinite(folded.curve).all(1))


def has_pairs(histograms: Histograms) -> np.ndarray:
    """Which sources have a pair of observations in the histogram, (n_sources,) bool."""
    return np.asarray(histograms.mask.any(1))


def encode_curves(model: VariationalAutoencoder, folded: Folded) -> np.ndarray:
    """Latents (n_sources, 5): posterior means; those of a source without a curve are 0, the prior's mean."""
    return _encode(model, _curve_arrays, folded, has_curve(folded))


def encode_histograms(model: VariationalAutoencoder, histograms: Histograms) -> np.ndarray:
    """Latents (n_sources, 5), likewise; those of a source without a pair are 0."""
    return _encode(model, _histogram_arrays, histograms, has_pairs(histograms))


def decode_curves(model: VariationalAutoencoder, latents: ArrayLike) -> np.ndarray:
    """Folded curves (n, 64) at some latents (n, 5): about 0 where bright and 1 where faint."""
    return _decode(model, latents) + MIDDLE


def decode_histograms(model: VariationalAutoencoder, latents: ArrayLike) -> np.ndarray:
    """Histograms (n, 20, 10) at some latents (n, 5): each column adds up to 1."""
    return _decode(model, latents)


@functools.cache
def shipped_curve_network() -> VariationalAutoencoder:
    """The autoencoder of folded curves that comes with the package, read once.

    Examples
    --------
    >>> decode_curves(shipped_curve_network(), np.zeros((1, 5))).shape
    (1, 64)
    """
    return _shipped(CURVES_FILE)


@functools.cache
def shipped_histogram_network() -> VariationalAutoencoder:
    """The autoencoder of histograms that comes with the package, read once.

    Examples
    --------
    >>> decode_histograms(shipped_histogram_network(), np.zeros((1, 5))).shape
    (1, 20, 10)
    """
    return _shipped(HISTOGRAMS_FILE)


def _shipped(name: str) -> VariationalAutoencoder:
    from ....models import VariationalAutoencoder
    from ....training import load_model

    with resources.as_file(resources.files(__package__).joinpath(name)) as path:
        model = load_model(path)
    assert isinstance(model, VariationalAutoencoder)
    return model


def _curve_arrays(folded: Folded, rows: np.ndarray) -> dict[str, np.ndarray]:
    errors = np.hypot(folded.error[rows], FLOOR).astype(np.float32)
    return {"values": (folded.curve[rows] - MIDDLE).astype(np.float32), "errors": errors}


def _histogram_arrays(histograms: Histograms, rows: np.ndarray) -> dict[str, np.ndarray]:
    return {"values": histograms.values[rows], "mask": histograms.mask[rows]}


def _encode(model: VariationalAutoencoder, arrays_of: Any, data: Any, rows: np.ndarray) -> np.ndarray:
    from ....training import apply

    found = np.zeros((len(rows), N_LATENT))
    if rows.any():
        found[rows] = apply(model.latents, arrays_of(data, rows))
    return found


def _decode(model: VariationalAutoencoder, latents: ArrayLike) -> np.ndarray:
    from ....training import apply

    latents = np.atleast_2d(np.asarray(latents, np.float32))
    return apply(lambda batch: model.decode(batch["z"]), {"z": latents})
