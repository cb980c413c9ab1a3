"""Networks that turn observations into latents, and back: torch modules, arrays in and arrays out.

An encoder takes a batch, a mapping of named arrays, and answers with (n, n_out) numbers a sample; a decoder
takes latents. A model puts them together and says what a batch costs it (`loss_terms`), which is all that
`astrokit.training.fit` needs to know.

    encoder = VectorEncoder(60, hidden=(128,))
    decoder = VectorDecoder(5, (60,), hidden=(128,))
    model = VariationalAutoencoder(encoder, decoder, GaussianLikelihood(), n_latent=5)

The arrays of a batch, n samples each: `values`, `errors` (1 sigma), `mask` (True where something was
observed), `positions` (time, wavelength, phase), `counts`, `exposure`, `background`, `label`.
"""

import importlib
from typing import Any

_HOMES = {
    "MLP": "mlp",
    "AttentionDecoder": "attention_decoder",
    "AttentionEncoder": "attention_encoder",
    "Batch": "model",
    "BinnedPosterior": "binned",
    "Classifier": "classifier",
    "DiagonalNormal": "posterior",
    "GaussianLikelihood": "likelihood.gaussian",
    "HistogramEncoder": "histogram",
    "HistogramLikelihood": "likelihood.histogram",
    "ImageEncoder": "image",
    "Model": "model",
    "PoissonLikelihood": "likelihood.poisson",
    "RecurrentEncoder": "recurrent",
    "SubsetEncoder": "subset_encoder",
    "TransformerAutoencoder": "transformer",
    "VariationalAutoencoder": "vae",
    "VectorDecoder": "vector",
    "VectorEncoder": "vector",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
