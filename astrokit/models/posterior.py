"""What an encoder believes about the latents of a sample: a normal distribution for each."""

from __future__ import annotations

from math import log, pi
from typing import NamedTuple

import torch
from torch import Tensor


class DiagonalNormal(NamedTuple):
    """q(z | x) = N(mean, variance), independent in each latent.

    Attributes
    ----------
    mean, log_variance : (n, n_latent)

    Examples
    --------
    >>> q = DiagonalNormal(torch.zeros(4, 2), torch.zeros(4, 2))
    >>> q.kl()
    tensor([0., 0., 0., 0.])
    """

    mean: Tensor
    log_variance: Tensor

    def sample(self, generator: torch.Generator) -> Tensor:
        """mean + sigma * noise, differentiable (Kingma & Welling 2013, section 2.4): (n, n_latent)."""
        noise = torch.empty_like(self.mean).normal_(generator=generator)
        return torch.addcmul(self.mean, noise, torch.exp(0.5 * self.log_variance))

    def kl(self) -> Tensor:
        """KL(q || N(0, 1)), in closed form (Kingma & Welling 2013, appendix B): (n,), in nats."""
        terms = self.mean.square() + self.log_variance.exp() - 1.0 - self.log_variance
        return 0.5 * terms.sum(1)

    def log_density(self, z: Tensor) -> Tensor:
        """log q(z | x) of latents (n, n_latent): (n,)."""
        squares = (z - self.mean).square() * torch.exp(-self.log_variance)
        return -0.5 * (squares + self.log_variance + log(2 * pi)).sum(1)
