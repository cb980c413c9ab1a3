"""From latents to values at any places: each place asks the latents what it needs to know."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..random import RandomState
from .attention import Block
from .model import Batch, Model, need
from .positions import FourierPositions
from .seeding import drawn_from


class AttentionDecoder(Model):
    """Each latent becomes a token, each place another; places look at latents, never at one another.

    Cross-attention from output queries, as in Perceiver IO (Jaegle et al. 2021, arXiv:2107.14795, section
    3.2). So the answer at a place depends on the latents and on that place alone, and any grid can be asked
    for. The attention says which latents a place reads.

    Arrays of the batch: `positions` (n, n_points) or (1, n_points).

    Parameters
    ----------
    n_latent : int
    span, width, n_heads, n_layers, n_frequencies, periodic, random_state
        As for `AttentionEncoder`.

    Examples
    --------
    >>> decoder = AttentionDecoder(3, (0.0, 10.0), width=16)
    >>> grid = {"positions": torch.linspace(0, 10, 7)[None]}
    >>> decoder(torch.zeros(2, 3), grid).shape, decoder.attention(torch.zeros(2, 3), grid)[0].shape
    (torch.Size([2, 7]), torch.Size([2, 4, 7, 3]))
    """

    def __init__(
        self,
        n_latent: int,
        span: tuple[float, float],
        *,
        width: int = 64,
        n_heads: int = 4,
        n_layers: int = 2,
        n_frequencies: int = 16,
        periodic: bool = False,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(
            n_latent=n_latent,
            span=span,
            width=width,
            n_heads=n_heads,
            n_layers=n_layers,
            n_frequencies=n_frequencies,
            periodic=periodic,
        )
        self.place = FourierPositions(span, n_frequencies, periodic=periodic)
        with drawn_from(random_state):
            self.query = nn.Linear(self.place.n_out, width)
            self.slope = nn.Parameter(nn.init.normal_(torch.empty(n_latent, width)))
            self.offset = nn.Parameter(nn.init.normal_(torch.empty(n_latent, width)))
            self.norm = nn.LayerNorm(width)
            self.blocks = nn.ModuleList(Block(width, n_heads) for _ in range(n_layers))
            self.out = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 1))

    def forward(self, latents: Tensor, batch: Batch, seen: list[Tensor] | None = None) -> Tensor:
        """Latents (n, n_latent), `positions` (n, n_points) -> (n, n_points)"""
        known = self.norm(
            latents[..., None] * self.slope + self.offset
        )  # (n, n_latent, 1) -> (n, n_latent, width)
        places = self.query(self.place(need(batch, "positions")))
        tokens = places.expand(len(latents), -1, -1)  # (1 or n, n_points, width) -> (n, n_points, width)
        for block in self.blocks:
            tokens = block(tokens, known, seen=seen)
        return self.out(tokens)[..., 0]  # (n, n_points, 1) -> (n, n_points)

    @torch.no_grad()
    def attention(self, latents: Tensor, batch: Batch) -> list[Tensor]:
        """Which latents each place reads: for each layer (n, n_heads, n_points, n_latent)."""
        seen: list[Tensor] = []
        self(latents, batch, seen)
        return seen
