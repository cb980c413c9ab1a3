"""A number as a softmax over bins, from any subset of inputs."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, pi

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..random import RandomState
from .image import turned
from .model import Batch, Model, need
from .seeding import drawn_from
from .subset_encoder import SubsetEncoder, Told
from .subsets import random_subsets


class BinnedPosterior(Model):
    """p(bin | inputs) = softmax(l / T), with logits l those of a mixture of normals at the bins' middles.

    l_b = log sum over k of w_k N(y_b; m_k, s_k): hundreds of bins are learned from few samples, because
    neighbours go together. log w, log s and m are linear in what the encoder says, m and s in units of the
    spread of its linear estimate, and from there. The temperature T (Guo et al. 2017,
    arXiv:1706.04599) is that of the groups of which inputs are seen; `calibrate` sets it.

    The loss is -log p of the bin of `target`, averaged over `n_subsets` random subsets of the inputs of each
    sample (`random_subsets`); with 0, over what is there.

    Parameters
    ----------
    encoder : SubsetEncoder
    low, high : float
        Of the bins; targets beyond count as in the first or the last.
    n_bins : int
    groups : sequence of sequences of int
        Places of the inputs that belong together.
    n_components : int
    n_subsets : int
    random_state

    Examples
    --------
    >>> model = BinnedPosterior(SubsetEncoder(2, width=8), 0.0, 1.0, 10, groups=[[0], [1]])
    >>> batch = {"values": torch.zeros(3, 2), "mask": torch.ones(3, 2, dtype=torch.bool)}
    >>> model.log_probabilities(batch).exp().sum(1).detach().round(decimals=4)
    tensor([1., 1., 1.])
    """

    middles: Tensor
    temperature: Tensor
    target_center: Tensor
    target_scale: Tensor

    def __init__(
        self,
        encoder: SubsetEncoder,
        low: float,
        high: float,
        n_bins: int,
        *,
        groups: Sequence[Sequence[int]],
        n_components: int = 4,
        n_subsets: int = 4,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(
            encoder=encoder,
            low=low,
            high=high,
            n_bins=n_bins,
            groups=[list(group) for group in groups],
            n_components=n_components,
            n_subsets=n_subsets,
        )
        self.encoder, self.low, self.high, self.n_bins = encoder, low, high, n_bins
        self.groups, self.n_subsets = groups, n_subsets
        self.narrowest = (high - low) / n_bins
        edges = torch.linspace(low, high, n_bins + 1)
        self.register_buffer("middles", (edges[1:] + edges[:-1]) / 2)
        self.register_buffer("temperature", torch.ones(2 ** len(groups)))
        self.register_buffer("target_center", torch.tensor((low + high) / 2))
        self.register_buffer("target_scale", torch.tensor((high - low) / 4))
        with drawn_from(random_state):
            self.norm = nn.LayerNorm(encoder.n_out)
            self.head = nn.Linear(encoder.n_out, 3 * n_components)
        with torch.no_grad():
            self.head.weight.mul_(0.1)  # it begins near the linear estimate

    def logits(self, told: Told) -> Tensor:
        """(n, n_bins)"""
        offset, mean, width = self._mixture(told)
        z = (self.middles - mean[..., None]) / width[..., None]  # (n, n_components, n_bins)
        return torch.logsumexp(offset[..., None] - z.square() / 2, dim=-2)

    def log_of_bin(self, told: Told, code: Tensor) -> Tensor:
        """log softmax of `logits` at one bin of each sample, (n,), without the others.

        Normals no narrower than a bin add up over all bins to their integral, which is known, to a part in
        10^8 (the trapezoid rule).
        """
        offset, mean, width = self._mixture(told)
        z = (self.middles[code][:, None] - mean) / width
        inside = [torch.special.ndtr((edge - mean) / width) for edge in (self.high, self.low)]
        mass = (offset + width.log()).exp() * (inside[0] - inside[1]) * (2 * pi) ** 0.5 / self.narrowest
        return torch.logsumexp(offset - z.square() / 2, dim=-1) - mass.sum(-1).clamp_min(1e-30).log()

    def _mixture(self, told: Told) -> tuple[Tensor, Tensor, Tensor]:
        """log of weight over width, mean and width of the normals: (n, n_components) each."""
        weight, shift, log_width = self.head(self.norm(told.latents)).chunk(3, dim=-1)
        spread = self.target_scale * told.spread[:, None]
        mean = self.target_center + self.target_scale * told.estimate[:, None] + spread * shift
        width = spread * log_width.clamp(-8.0, 3.0).exp() + self.narrowest
        return weight.log_softmax(-1) - width.log(), mean, width

    def latents(self, batch: Batch) -> Tensor:
        """(n, width)"""
        return self.latents_of(self.encoder.features(batch), need(batch, "mask"))

    def log_probabilities(self, batch: Batch) -> Tensor:
        """(n, n_bins)"""
        return self.log_probabilities_of(self.encoder.features(batch), need(batch, "mask"))

    def latents_of(self, features: Tensor, mask: Tensor) -> Tensor:
        """The same, of features of the encoder that are at hand."""
        return self.norm(self.encoder.read(features, mask).latents)

    def log_probabilities_of(self, features: Tensor, mask: Tensor) -> Tensor:
        """The same, of features of the encoder that are at hand."""
        logits = self.logits(self.encoder.read(features, mask))
        return (logits / self.temperature[self.code(mask)][:, None]).log_softmax(-1)

    def code(self, mask: Tensor) -> Tensor:
        """Number of the set of groups of which something is there, (n,)."""
        seen = torch.stack([mask[:, list(group)].any(1) for group in self.groups], dim=1)  # (n, n_groups)
        return seen.long() @ (2 ** torch.arange(len(self.groups), device=mask.device))

    def bin_of(self, target: Tensor) -> Tensor:
        """Number of the bin, (n,)."""
        place = (target - self.low) / (self.high - self.low) * self.n_bins
        return place.floor().long().clamp(0, self.n_bins - 1)

    def loss_terms(self, batch: Batch, *, generator: torch.Generator) -> dict[str, Tensor]:
        """`cross_entropy`, (n,)."""
        if self.training and "images" in batch:
            batch = {**batch, "images": turned(batch["images"], generator)}
        features, there = self.encoder.features(batch), need(batch, "mask")
        code = self.bin_of(need(batch, "target"))
        if not self.n_subsets:
            return {"cross_entropy": -self.log_of_bin(self.encoder.read(features, there), code)}
        masks = random_subsets(there.repeat(self.n_subsets, 1), self.groups, generator)
        told = self.encoder.read(features.repeat(self.n_subsets, 1), masks)
        log_p = self.log_of_bin(told, code.repeat(self.n_subsets))  # (n_subsets * n,)
        return {"cross_entropy": -log_p.unflatten(0, (self.n_subsets, -1)).mean(0)}

    @torch.no_grad()
    def standardise(self, batch: Batch) -> None:
        """Take centers and scales from a batch of samples, before the first fit."""
        self.encoder.standardise(batch)
        self.target_center.copy_(need(batch, "target").mean())
        self.target_scale.copy_(need(batch, "target").std())

    @torch.no_grad()
    def calibrate(self, batch: Batch, *, seed: int = 0) -> None:
        """Set each temperature to that of the highest likelihood of samples that were held out.

        Of each set of groups, whole ones and random subsets are asked for, as often.
        """
        features, there, target = self.encoder.features(batch), need(batch, "mask"), need(batch, "target")
        generator = torch.Generator().manual_seed(seed)
        for number in range(1, len(self.temperature)):
            places = [place for k, group in enumerate(self.groups) if number >> k & 1 for place in group]
            inside = torch.zeros_like(there).index_fill(1, torch.tensor(places), True) & there
            some = inside.any(1)
            masks = torch.cat([inside[some], random_subsets(inside[some], self.groups, generator)])
            rows = torch.arange(len(there))[some].repeat(2)
            same = self.code(masks) == number
            if same.any():
                logits = self.logits(self.encoder.read(features[rows[same]], masks[same]))
                self.temperature[number] = _best_temperature(logits, self.bin_of(target[rows[same]]))


def _best_temperature(logits: Tensor, code: Tensor) -> float:
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return float(cross_entropy(logits * exp(-log_temperature), code))

    return exp(minimize_scalar(loss, bounds=(-1.0, 1.0), method="bounded", options={"xatol": 1e-3}).x)
