"""Images of single objects in the middle of a frame: learnable apertures beside a small convolutional net."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, gelu, linear

from ..random import RandomState
from .model import Model
from .seeding import drawn_from

BLOCK = 4


class ImageEncoder(Model):
    """Features of an image in units of its noise: sums under learnable weights, and convolutions.

    A convolutional net learns slowly what an astronomer measures first, the flux in apertures. So each image
    also meets a bank of weights w, the pixels of a frame each: a round feature is asinh(w . x), for w of unit
    norm a magnitude whose noise is 1 where there is little light (Lupton, Gunn & Szalay 1999, AJ 118, 1406);
    an elongated one is log(1 + (w1 . x)^2 + (w2 . x)^2) / 2, whatever the angle. They begin as Gaussians of
    several widths, times 1, and times x^2 - y^2 and 2xy. The second convolution begins at zero: at first the
    features are those of apertures alone.

    Parameters
    ----------
    side : int
        Pixels of a side.
    widths : sequence of float
        Of the Gaussians, in pixels.
    n_channels : int
        Of the first convolution; the second has twice as many.
    random_state

    Examples
    --------
    >>> ImageEncoder(16, widths=(1.0, 3.0))(torch.zeros(5, 16, 16)).shape
    torch.Size([5, 20])
    """

    def __init__(
        self,
        side: int,
        *,
        widths: Sequence[float] = (1.5, 3.0, 6.0, 12.0),
        n_channels: int = 8,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(side=side, widths=widths, n_channels=n_channels)
        self.side, self.n_round = side, len(widths)
        self.n_out = 2 * self.n_round + 2 * n_channels
        self.apertures = nn.Parameter(torch.from_numpy(_gaussians(side, widths)))
        with drawn_from(random_state):
            self.first = nn.Conv2d(1, n_channels, 3, padding=1)
            self.second = nn.Conv2d(n_channels, 2 * n_channels, 3, stride=2, padding=1)
        for part in self.second.parameters():
            nn.init.zeros_(part)

    def forward(self, images: Tensor) -> Tensor:
        """(n, side, side) -> (n, n_out)"""
        sums = linear(images.flatten(1), self.apertures)  # (n, side, side) -> (n, 3 n_round)
        round_, first, second = sums.split(self.n_round, dim=1)
        # Sums of 4 x 4 pixels in units of their noise: the apertures see the rest, and asinh is slow.
        blocks = BLOCK * avg_pool2d(images[:, None], BLOCK)  # (n, side, side) -> (n, 1, side / 4, side / 4)
        picture = gelu(
            self.second(gelu(self.first(blocks.asinh())))
        )  # -> (n, 2 n_channels, side / 8, side / 8)
        round_, first, second = sums.split(self.n_round, dim=1)
        elongated = (1 + first.square() + second.square()).log() / 2
        return torch.cat([round_.asinh(), elongated, picture.mean((2, 3))], dim=1)


@torch.no_grad()
def turned(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images (..., side, side) in one of the eight orientations of a square, the same for all, at random."""
    turn = int(torch.randint(8, (), generator=generator, device=generator.device))
    images = images.rot90(turn % 4, (-2, -1))
    return images.flip(-1) if turn >= 4 else images


def _gaussians(side: int, widths: Sequence[float]) -> np.ndarray:
    """Weights of unit norm (3 n_widths, side * side): round, then along the axes, then the diagonals."""
    place = np.arange(side) - (side - 1) / 2
    x, y = place, place[:, None]
    factors = (1.0 + 0 * x * y, x**2 - y**2, 2 * x * y)
    bank = np.array(
        [factor * np.exp(-(x**2 + y**2) / (2 * width**2)) for factor in factors for width in widths]
    )
    flat = bank.reshape(len(bank), -1)
    return (flat / np.linalg.norm(flat, axis=1, keepdims=True)).astype(np.float32)
