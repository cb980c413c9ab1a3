"""The transformer autoencoder: spectra and light curves on any grid, through a handful of latents."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..errors import ParameterError
from ..random import RandomState, as_generator
from .attention_decoder import AttentionDecoder
from .attention_encoder import AttentionEncoder
from .masking import mask_of
from .model import Batch, Model, need
from .seeding import drawn_from


class TransformerAutoencoder(Model):
    """Points at any places, to n_latent numbers, to values at any places.

    After Pinciroli Vago et al. (2025, arXiv:2510.14102), who encode X-ray spectra in eight latents. The loss
    of a sample is -log p(x | decoder(encoder(x))), with the likelihood given. A share of the points may be
    hidden from the encoder, at random, while the loss asks for all of them (He et al. 2021,
    arXiv:2111.06377): then the network learns to fill gaps.

    Parameters
    ----------
    likelihood : Model
    span : (low, high)
        Of the positions.
    n_latent : int
    hidden_share : float
        In [0, 1).
    width, n_heads, n_layers, n_frequencies, periodic, with_errors, random_state
        As for `AttentionEncoder`.

    Examples
    --------
    >>> from .likelihood.poisson import PoissonLikelihood
    >>> model = TransformerAutoencoder(PoissonLikelihood(), (0.5, 8.0), n_latent=8, width=16)
    >>> counts, energy_kev = torch.ones(4, 30), torch.linspace(0.5, 8.0, 30)[None]
    >>> batch = {"counts": counts, "values": counts.sqrt(), "positions": energy_kev}
    >>> model.latents(batch).shape, model.decode(torch.zeros(2, 8), batch).shape
    (torch.Size([4, 8]), torch.Size([2, 30]))
    """

    def __init__(
        self,
        likelihood: Model,
        span: tuple[float, float],
        *,
        n_latent: int = 8,
        hidden_share: float = 0.0,
        width: int = 64,
        n_heads: int = 4,
        n_layers: int = 2,
        n_frequencies: int = 16,
        periodic: bool = False,
        with_errors: bool = False,
        random_state: RandomState = 0,
    ) -> None:
        shape: dict[str, Any] = {
            "width": width,
            "n_heads": n_heads,
            "n_layers": n_layers,
            "n_frequencies": n_frequencies,
            "periodic": periodic,
        }
        own = {"n_latent": n_latent, "hidden_share": hidden_share, "with_errors": with_errors}
        super().__init__(likelihood=likelihood, span=span, **own, **shape)
        if not 0 <= hidden_share < 1:
            raise ParameterError(
                "hidden_share", expected="in [0, 1)", got=hidden_share, next_step="Take 0 to hide nothing."
            )
        rng = as_generator(random_state)
        self.likelihood, self.n_latent, self.hidden_share = likelihood, n_latent, hidden_share
        self.encoder = AttentionEncoder(span, with_errors=with_errors, random_state=rng, **shape)
        self.decoder = AttentionDecoder(n_latent, span, random_state=rng, **shape)
        with drawn_from(rng):
            self.head = nn.Linear(width, n_latent)

    def latents(self, batch: Batch) -> Tensor:
        """(n, n_latent)"""
        return self.head(self.encoder(batch))

    def decode(self, latents: Tensor, batch: Batch) -> Tensor:
        """What is expected at the `positions` of the batch: (n, n_points)."""
        return self.likelihood.expected(self.decoder(latents, batch), batch)  # type: ignore[operator]

    def loss_terms(self, batch: Batch, *, generator: torch.Generator) -> dict[str, Tensor]:
        """`reconstruction`, (n,)."""
        latents = self.latents(self._partly_hidden(batch, generator))
        return {"reconstruction": self.likelihood(self.decoder(latents, batch), batch)}

    def _partly_hidden(self, batch: Batch, generator: torch.Generator) -> Batch:
        if self.hidden_share == 0:
            return batch
        values = need(batch, "values")
        kept = torch.empty_like(values).uniform_(generator=generator) >= self.hidden_share
        return {**batch, "mask": mask_of(batch, values) & kept}
