"""Places on an axis (wavelength, time, phase) as features that a network can tell apart."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ParameterError


class FourierPositions(nn.Module):
    """sin and cos of 2 pi f u, where u runs from 0 to 1 over `span`.

    The idea is that of Vaswani et al. (2017, arXiv:1706.03762, section 3.5), for places that need not be
    whole numbers. Frequencies f are geometric from 1/2 to n_frequencies / 2; for a phase, whole numbers, so
    that both ends of the span are one place.

    Parameters
    ----------
    span : (low, high)
        Of the positions in use; beyond it features go on smoothly.
    n_frequencies : int
    periodic : bool

    Examples
    --------
    >>> FourierPositions((0.0, 10.0), 8)(torch.tensor([[0.0, 2.5, 10.0]])).shape
    torch.Size([1, 3, 16])
    """

    angular: Tensor

    def __init__(self, span: tuple[float, float], n_frequencies: int = 16, *, periodic: bool = False) -> None:
        super().__init__()
        low, high = (float(edge) for edge in span)
        if not low < high:
            raise ParameterError(
                "span", expected="(low, high) with low < high", got=(low, high), next_step="Swap them."
            )
        self.low, self.width, self.n_out = low, high - low, 2 * n_frequencies
        frequencies = 0.5 * np.geomspace(1, n_frequencies, n_frequencies)
        if periodic:
            frequencies = np.arange(1.0, n_frequencies + 1)
        self.register_buffer("angular", torch.tensor(2 * np.pi * frequencies, dtype=torch.float32))

    def forward(self, positions: Tensor) -> Tensor:
        """(n, n_points) -> (n, n_points, 2 n_frequencies)"""
        u = (positions - self.low) / self.width
        angles = (
            u[..., None] * self.angular
        )  # (n, n_points, 1) * (n_frequencies,) -> (n, n_points, n_frequencies)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)
