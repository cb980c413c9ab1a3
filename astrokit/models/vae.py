"""The variational autoencoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..errors import ParameterError
from ..random import RandomState
from .model import Batch, Model
from .posterior import DiagonalNormal
from .seeding import drawn_from

NOTHING: Batch = {}


class VariationalAutoencoder(Model):
    """Latents with a normal prior, and a bound on the likelihood of what was observed.

    The loss of a sample x is the negative of its evidence lower bound (Kingma & Welling 2013,
    arXiv:1312.6114, eq. 3), its second term weighted by beta (Higgins et al. 2017, ICLR, eq. 4):

        E_q(z|x)[ -log p(x | z) ] + beta KL( q(z | x) || N(0, 1) )

    with one draw of z a sample. At beta = 1 it is a bound in nats.

    Parameters
    ----------
    encoder : Model
        Batch to (n, encoder.n_out), such as `VectorEncoder`, `RecurrentEncoder`, `AttentionEncoder`,
        `HistogramEncoder`.
    decoder : Model
        Latents (n, n_latent) and batch to what the likelihood takes, such as `VectorDecoder`.
    likelihood : Model
        `GaussianLikelihood`, `PoissonLikelihood` or `HistogramLikelihood`.
    n_latent : int
    beta : float
        Above 1: latents that are more independent and tell less; below: the reverse.
    random_state
        Of the first weights of the layer between encoder and latents.

    Examples
    --------
    >>> from .likelihood.gaussian import GaussianLikelihood
    >>> from .vector import VectorDecoder, VectorEncoder
    >>> parts = VectorEncoder(9), VectorDecoder(2, (9,)), GaussianLikelihood()
    >>> model = VariationalAutoencoder(*parts, n_latent=2)
    >>> batch = {"values": torch.zeros(4, 9), "errors": torch.ones(4, 9)}
    >>> model.latents(batch).shape, model.decode(torch.zeros(7, 2)).shape
    (torch.Size([4, 2]), torch.Size([7, 9]))
    >>> sorted(model.loss_terms(batch, generator=torch.Generator()))
    ['kl', 'reconstruction']
    """

    def __init__(
        self,
        encoder: Model,
        decoder: Model,
        likelihood: Model,
        *,
        n_latent: int,
        beta: float = 1.0,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(
            encoder=encoder, decoder=decoder, likelihood=likelihood, n_latent=n_latent, beta=beta
        )
        if not beta >= 0:
            raise ParameterError("beta", expected="0 or more", got=beta, next_step="Take 1 for the bound.")
        self.encoder, self.decoder, self.likelihood = encoder, decoder, likelihood
        self.n_latent, self.beta = n_latent, beta
        with drawn_from(random_state):
            self.head = nn.Linear(encoder.n_out, 2 * n_latent)  # type: ignore[arg-type]

    def encode(self, batch: Batch) -> DiagonalNormal:
        """q(z | x) of each sample."""
        mean, log_variance = self.head(self.encoder(batch)).chunk(
            2, dim=1
        )  # (n, 2 n_latent) -> two of (n, n_latent)
        return DiagonalNormal(mean, log_variance)

    def latents(self, batch: Batch) -> Tensor:
        """The mean of q(z | x): (n, n_latent)."""
        return self.encode(batch).mean

    def decode(self, latents: Tensor, batch: Batch = NOTHING) -> Tensor:
        """What is expected to be observed at some latents (n, n_latent): (n, ...)."""
        return self.likelihood.expected(self.decoder(latents, batch), batch)  # type: ignore[operator]

    def loss_terms(self, batch: Batch, *, generator: torch.Generator) -> dict[str, Tensor]:
        """`reconstruction` and `kl` (beta included), (n,) each."""
        q = self.encode(batch)
        output = self.decoder(q.sample(generator), batch)
        return {"reconstruction": self.likelihood(output, batch), "kl": self.beta * q.kl()}

    @torch.no_grad()
    def log_evidence(self, batch: Batch, *, n_draws: int = 100, generator: torch.Generator) -> Tensor:
        """log p(x) of each sample in nats, (n,), by importance sampling from q.

        log of the mean of p(x | z) p(z) / q(z | x) (Burda et al. 2015, arXiv:1509.00519, eq. 8): at least the
        evidence lower bound on average, and less than log p(x); the gap closes as draws grow.
        """
        q = self.encode(batch)
        prior = DiagonalNormal(torch.zeros_like(q.mean), torch.zeros_like(q.mean))
        weights = []
        for _ in range(n_draws):
            z = q.sample(generator)
            log_likelihood = -self.likelihood(self.decoder(z, batch), batch)
            weights.append(log_likelihood + prior.log_density(z) - q.log_density(z))
        return torch.stack(weights).logsumexp(0) - torch.log(torch.tensor(float(n_draws)))
