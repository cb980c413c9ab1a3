"""A small model and data to fit it to."""

import numpy as np

from astrokit.models import GaussianLikelihood, VariationalAutoencoder, VectorDecoder, VectorEncoder

N_FEATURES = 5


def made_model(random_state=0, n_latent=2):
    parts = (
        VectorEncoder(N_FEATURES, 8, hidden=(8,), random_state=random_state),
        VectorDecoder(n_latent, (N_FEATURES,), hidden=(8,), random_state=random_state),
        GaussianLikelihood(n_scatters=1),
    )
    return VariationalAutoencoder(*parts, n_latent=n_latent, random_state=random_state)


def made_data(n=200, seed=0):
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=(n, 2)) @ rng.normal(size=(2, N_FEATURES))
    values = signal + 0.1 * rng.normal(size=(n, N_FEATURES))
    return {"values": values.astype("f4"), "errors": np.full((n, N_FEATURES), 0.1, "f4")}
