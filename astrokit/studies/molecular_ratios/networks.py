"""Small networks that learn all ratios at once; what they agree on is smoother than any of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...random import RandomState, as_generator

N_NETWORKS = 4
HIDDEN = (96, 96, 96)
EPOCHS = 200
BATCH_SIZE = 64
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.05
BEND = 0.5  # in standard deviations of a ratio: where the loss turns from squares to absolute values


class Networks(NamedTuple):
    """The mean of several multilayer perceptrons with the same layers (`astrokit.models.MLP`).

    Attributes
    ----------
    matrices : tuple of (n_networks, n_before, n_after), float32
        One a layer.
    offsets : tuple of (n_networks, 1, n_after), float32
    """

    matrices: tuple[np.ndarray, ...]
    offsets: tuple[np.ndarray, ...]

    def predict(self, features: np.ndarray) -> np.ndarray:
        """(n_samples, n_features) -> (n_samples, n_outputs); numpy alone, so that no torch is loaded."""
        hidden = np.asarray(features, np.float32)[None]
        for matrix, offset in zip(self.matrices[:-1], self.offsets[:-1], strict=True):
            hidden = _gelu(hidden @ matrix + offset)  # -> (n_networks, n_samples, n_after)
        return (hidden @ self.matrices[-1] + self.offsets[-1]).mean(0, dtype=np.float64)


def fit_networks(
    features: np.ndarray,
    targets: np.ndarray,
    *,
    n_networks: int = N_NETWORKS,
    epochs: int = EPOCHS,
    random_state: RandomState = 0,
) -> Networks:
    """Fit networks that differ in their first weights and in the order of their batches.

    Parameters
    ----------
    features : (n_samples, n_features)
        Scaled to unit spread.
    targets : (n_samples, n_outputs)
        Scaled likewise.
    n_networks, epochs, random_state
    """
    import torch

    from ...training import fit
    from .regressor import Regressor

    data = {
        "values": torch.as_tensor(features, dtype=torch.float32),
        "target": torch.as_tensor(targets, dtype=torch.float32),
    }
    layers = []
    for seed in as_generator(random_state).integers(2**31 - 1, size=n_networks):
        model = Regressor(
            features.shape[1], targets.shape[1], hidden=HIDDEN, bend=BEND, random_state=int(seed)
        )
        fit(
            model,
            data,
            epochs=epochs,
            batch_size=BATCH_SIZE,
            learning_rate=LEARNING_RATE,
            schedule="cosine",
            weight_decay=WEIGHT_DECAY,
            validation=None,
            threads=1,
            device="cpu",
            progress=False,
            random_state=int(seed),
        )
        layers.append(model.arrays())
    matrices, offsets = (
        tuple(np.stack(of_layer) for of_layer in zip(*kind, strict=True))
        for kind in zip(*layers, strict=True)
    )
    return Networks(matrices, offsets)


def _gelu(x: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return x * ndtr(x)  # Hendrycks & Gimpel 2016, arXiv 1606.08415
