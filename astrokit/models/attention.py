"""Attention, whose weights can be looked at."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from ..errors import ParameterError


class Attention(nn.Module):
    """softmax(Q K^T / sqrt(d)) V in several heads (Vaswani et al. 2017, arXiv:1706.03762, eq. 1).

    Parameters
    ----------
    width : int
        Of a token; a multiple of `n_heads`.
    n_heads : int
    """

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        if width % n_heads:
            raise ParameterError(
                "width",
                expected=f"a multiple of {n_heads} heads",
                got=width,
                next_step="Change one of the two.",
            )
        self.n_heads = n_heads
        self.query = nn.Linear(width, width)
        self.key_and_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, asking: Tensor, asked: Tensor, mask: Tensor | None = None) -> Tensor:
        """Tokens (n, q, width) ask tokens (n, k, width); those with mask (n, k) False are not there."""
        query, key, value = self._heads(asking, asked)
        seen = None if mask is None else mask[:, None, None, :]  # (n, k) -> (n, 1, 1, k)
        answer = scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return self.out(
            answer.transpose(1, 2).flatten(2)
        )  # (n, heads, q, d) -> (n, q, heads, d) -> (n, q, width)

    def weights(self, asking: Tensor, asked: Tensor, mask: Tensor | None = None) -> Tensor:
        """The softmax above: (n, n_heads, q, k), adding up to one over k."""
        query, key, _ = self._heads(asking, asked)
        scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], -torch.inf)
        return scores.softmax(-1)

    def _heads(self, asking: Tensor, asked: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        key, value = self.key_and_value(asked).chunk(2, dim=-1)
        return self._split(self.query(asking)), self._split(key), self._split(value)

    def _split(self, tokens: Tensor) -> Tensor:
        return tokens.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)  # (n, t, width) -> (n, heads, t, d)


class Block(nn.Module):
    """Attention, then two dense layers for each token, each added to what came in, normalised before.

    The order of Xiong et al. (2020, arXiv:2002.04745, fig. 1b), which trains without a warm-up.
    """

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        self.before_attention, self.before_dense = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, n_heads)
        self.dense = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(
        self,
        tokens: Tensor,
        asked: Tensor | None = None,
        mask: Tensor | None = None,
        seen: list[Tensor] | None = None,
    ) -> Tensor:
        """Tokens (n, q, width) look at `asked` (n, k, width), or at themselves; same shape as they came.

        The weights (n, n_heads, q, k) are appended to `seen` where one is given.
        """
        asking = self.before_attention(tokens)
        asked = asking if asked is None else asked
        if seen is not None:
            seen.append(self.attention.weights(asking, asked, mask).detach())
        tokens = tokens + self.attention(asking, asked, mask)
        return tokens + self.dense(self.before_dense(tokens))
