"""Counts of photons."""

from __future__ import annotations

import torch
from torch import Tensor

from ..masking import mask_of, observed, sum_per_sample
from ..model import Batch, Model, need

FAINTEST = 1e-20  # expected counts; keeps log(0) out where nothing is expected and nothing came


class PoissonLikelihood(Model):
    """-log p = sum over what was observed of [ mu - n log mu + log n! ], mu = exposure * rate + background.

    The decoder's output is the logarithm of the rate, so that no rate is negative. This is the statistic of
    Cash (1979, ApJ 228, 939, eq. 5, halved), with its constant: few counts, or none, are as good as many. The
    background is the expected one, in counts, in the source's own region.

    Arrays of the batch: `counts` (n, n_channels); `exposure`, counts for a rate of one, (n, 1) or
    (n, n_channels), 1 if absent; `background`, likewise, 0 if absent; `mask`.

    Examples
    --------
    >>> counts = torch.tensor([[3.0, 0.0]])
    >>> PoissonLikelihood()(torch.log(torch.tensor([[3.0, 1.0]])), {"counts": counts})
    tensor([2.4959])
    """

    def expected(self, output: Tensor, batch: Batch) -> Tensor:
        """Expected counts, background included, (n, n_channels); the rate where the batch has no exposure."""
        return output.exp() * batch.get("exposure", 1.0) + batch.get("background", 0.0)

    def forward(self, output: Tensor, batch: Batch) -> Tensor:
        """Output (n, n_channels), `counts` of the same shape -> (n,)"""
        counts = need(batch, "counts")
        mask = mask_of(batch, counts)
        seen = observed(counts, mask)
        given = [name for name in ("exposure", "background") if name in batch]
        scales = {name: observed(batch[name], mask, 1.0) for name in given}
        expected = self.expected(output, scales).clamp_min(FAINTEST)
        return sum_per_sample(expected - torch.xlogy(seen, expected) + torch.lgamma(seen + 1), mask)

    def deviance(self, output: Tensor, batch: Batch) -> Tensor:
        """2 sum [ mu - n + n log(n / mu) ], (n,): what the best possible model would gain, twice (Cash's C).

        About the number of observed channels for a good model and many counts; less for few (Kaastra 2017,
        A&A 605, A51).
        """
        seen = observed(need(batch, "counts"), mask_of(batch, batch["counts"]))
        perfect = seen - torch.xlogy(seen, seen) + torch.lgamma(seen + 1)
        return 2 * (self(output, batch) - sum_per_sample(perfect, mask_of(batch, batch["counts"])))
