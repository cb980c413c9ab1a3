"""Any subset of inputs, numbers and images: a network reads what each adds to the others that are there."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..random import RandomState
from .masking import observed
from .model import Batch, Model, need
from .seeding import drawn_from

FAR = 5.0  # standard deviations, beyond which a number says no more
NARROWEST = 1e-4  # of the variance of the target, which a linear estimate leaves open at least
RIDGE = 1e-4  # of the variance, added to it: no feature is wholly told by the others


class Told(NamedTuple):
    """What an encoder says of samples: latents (n, width); a linear estimate and its spread, (n,) each."""

    latents: Tensor
    estimate: Tensor
    spread: Tensor


class SubsetEncoder(Model):
    """h = W [x, L^-1 x, mask] + b of the features x that are there, then h <- h + V gelu(U norm(h)) in turn.

    What two bands tell together is a difference of a few percent of either, a direction in which they hardly
    vary and which a network would be long in finding. So each feature x_i, in standard deviations, also
    enters as its innovation, what it adds to those before it that are there, in units of what is usual: with
    the covariance C of the features that are there, C = L L^T, these are L^-1 x (the Gram-Schmidt of their
    joint distribution), uncorrelated and of unit variance for *every* subset. What is not there is zero in
    both, and the mask says so.

    Of a target with covariances s with the features, c = L^-1 s gives the best linear estimate from just the
    features that are there, c . L^-1 x, and what it leaves open, 1 - |c|^2: from there a network goes on.

    Arrays of the batch: `values` and `errors` (n, n_values), `images` (n, n_images, side, side), `mask`
    (n, n_images + n_values), images first. In place of `images`, `looks` (n, n_images, n_out) are what `look`
    made of them before.

    Parameters
    ----------
    n_values : int
    n_images : int
    image : Model, optional
        From (n, side, side) to (n, n_out), shared by all images.
    width, n_layers : int
        Of h; steps of it.
    with_errors : bool
        Whether the logarithm of its error is a second feature of each number.
    random_state

    Examples
    --------
    >>> encoder = SubsetEncoder(3, width=8)
    >>> values, mask = torch.zeros(2, 3), torch.ones(2, 3, dtype=torch.bool)
    >>> encoder({"values": values, "mask": mask}).shape
    torch.Size([2, 8])
    """

    center: Tensor
    scale: Tensor
    covariance: Tensor
    slopes: Tensor

    def __init__(
        self,
        n_values: int,
        n_images: int = 0,
        image: Model | None = None,
        *,
        width: int = 192,
        n_layers: int = 2,
        with_errors: bool = False,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(
            n_values=n_values,
            n_images=n_images,
            image=image,
            width=width,
            n_layers=n_layers,
            with_errors=with_errors,
        )
        self.n_values, self.n_images, self.n_out, self.with_errors = n_values, n_images, width, with_errors
        self.image = image
        n_of_image: int = 0 if image is None else image.n_out  # type: ignore[assignment]
        self.n_of_input = [n_of_image] * n_images + [1 + with_errors] * n_values
        n_features = sum(self.n_of_input)
        self.register_buffer("center", torch.zeros(n_features))
        self.register_buffer("scale", torch.ones(n_features))
        self.register_buffer("covariance", torch.eye(n_features))
        self.register_buffer("slopes", torch.zeros(n_features))
        with drawn_from(random_state):
            self.first = nn.Linear(2 * n_features + n_images + n_values + 2, width)
            self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(n_layers))
            self.steps = nn.ModuleList(
                nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width))
                for _ in range(n_layers)
            )

    def forward(self, batch: Batch) -> Tensor:
        """-> (n, width)"""
        return self.read(self.features(batch), need(batch, "mask")).latents

    def features(self, batch: Batch) -> Tensor:
        """Features in standard deviations (n, n_features), finite where something is not there."""
        return ((self.measure(batch) - self.center) / self.scale).clamp(-FAR, FAR)

    def measure(self, batch: Batch) -> Tensor:
        """Features before they are scaled (n, n_features): of each image, then each number, log error."""
        of_images, of_values = need(batch, "mask").split([self.n_images, self.n_values], dim=1)
        columns = [observed(need(batch, "values"), of_values)]
        if self.with_errors:
            columns.append(observed(need(batch, "errors"), of_values, 1.0).log())
        features = [torch.stack(columns, dim=-1).flatten(1)]  # (n, n_values, 1 or 2) -> (n, k)
        if self.image is not None:
            looks = batch["looks"] if "looks" in batch else self.look(batch)
            features.insert(0, observed(looks, of_images[..., None]).flatten(1))  # (n, i, k) -> (n, i * k)
        return torch.cat(features, dim=1)

    def look(self, batch: Batch) -> Tensor:
        """What `image` makes of each image, (n, n_images, n_out)."""
        there = need(batch, "mask")[:, : self.n_images]
        seen = observed(need(batch, "images"), there[..., None, None])
        # (n, n_images, side, side) -> (n * n_images, side, side) -> (n * n_images, n_out) -> ...
        return self.image(seen.flatten(0, 1)).unflatten(0, there.shape)  # type: ignore[misc]

    def read(self, features: Tensor, mask: Tensor) -> Told:
        """What features (n, n_features) say, of inputs of which mask (n, n_inputs) are there."""
        seen = features * self._of_features(mask).to(features.dtype)
        innovations, estimate, spread = self.innovations(seen, mask)
        known = [seen, innovations, mask.to(seen.dtype), estimate[:, None], spread.log()[:, None]]
        h = self.first(torch.cat(known, dim=1))
        for norm, step in zip(self.norms, self.steps, strict=True):
            h = h + step(norm(h))
        return Told(h, estimate, spread)

    def innovations(self, seen: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """L^-1 x (n, n_features), and the linear estimate with its standard deviation, (n,) each.

        The target is in standard deviations.
        """
        kinds, code = mask.unique(dim=0, return_inverse=True)
        there = self._of_features(kinds).to(seen.dtype)
        inverse = self._inverse_roots(there)
        order = code.argsort()
        counts = code.bincount(minlength=len(kinds)).tolist()
        parts = [part @ root.T for part, root in zip(seen[order].split(counts), inverse, strict=True)]
        innovations = torch.cat(parts)[order.argsort()]
        weights = (inverse @ (there * self.slopes)[..., None])[..., 0]  # c, (n_kinds, n_features)
        open_ = (1 - weights.square().sum(1)).clamp_min(NARROWEST)
        return innovations, (innovations * weights[code]).sum(1), open_.sqrt()[code]

    @torch.no_grad()
    def standardise(self, batch: Batch) -> None:
        """Take centers, scales and covariance from a batch of samples, before the first fit."""
        measured, there = self.measure(batch), self._of_features(need(batch, "mask"))
        known = torch.where(there, measured, torch.nan)
        # Quantiles, because the magnitudes of what is hardly seen scatter without bound.
        low, center, high = (known.nanquantile(share, dim=0).nan_to_num() for share in (0.16, 0.5, 0.84))
        self.center.copy_(center)
        self.scale.copy_(torch.where(high - low > 1e-6, (high - low) / 2, 1.0))
        there = there.to(measured.dtype)
        z = ((measured - self.center) / self.scale).clamp(-FAR, FAR) * there
        covariance = z.T @ z / (there.T @ there).clamp_min(1.0)
        constant = covariance.diagonal() < 1e-6  # of what has yet to be learned, such as convolutions
        self.covariance.copy_(covariance + torch.diag(RIDGE + constant.to(covariance.dtype)))
        if "target" in batch:
            target = (batch["target"] - batch["target"].mean()) / batch["target"].std()
            self.slopes.copy_(target @ z / there.sum(0).clamp_min(1.0))

    def _inverse_roots(self, there: Tensor) -> Tensor:
        """L^-1 (m, n_features, n_features) of m masks of features (m, n_features)."""
        both = there[:, :, None] * there[:, None, :]
        unit = torch.eye(there.shape[1], dtype=there.dtype, device=there.device)
        covariance = self.covariance * both + unit * (1 - there[:, :, None])
        root = torch.linalg.cholesky(covariance)
        return torch.linalg.solve_triangular(root, unit.expand_as(root), upper=False)

    def _of_features(self, mask: Tensor) -> Tensor:
        """A mask of inputs (n, n_inputs) as one of features (n, n_features)."""
        return mask.repeat_interleave(torch.tensor(self.n_of_input, device=mask.device), dim=1)
