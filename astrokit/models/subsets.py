"""Random subsets of inputs: what a network must be shown so that it can answer from any of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

N_KINDS = 48


def random_subsets(there: Tensor, groups: Sequence[Sequence[int]], generator: torch.Generator) -> Tensor:
    """Draw a subset of what is there, for each sample: (n, n_inputs), True for what is kept, never nothing.

    Each group (a modality) is kept with probability 1/2. Of the groups that are kept, half of the samples
    keep all inputs, the others each input with a probability drawn from 0 to 1, so that subsets of one input
    and of all but one are as frequent as those of a half.

    Parameters
    ----------
    there : (n, n_inputs), bool
        What may be kept; at least one input a sample.
    groups : sequence of sequences of int
        Places of the inputs of each; together all of them.

    Examples
    --------
    >>> drawn = random_subsets(torch.ones(1000, 3, dtype=torch.bool), [[0, 1], [2]], torch.Generator())
    >>> bool(drawn.any(1).all()), bool((drawn[:, 0] != drawn[:, 1]).any())
    (True, True)
    """
    n, n_inputs = there.shape
    kinds = _draw(N_KINDS, n_inputs, groups, generator, there.device)
    drawn = kinds[torch.randint(N_KINDS, (n,), generator=generator, device=there.device)] & there
    return torch.where(drawn.any(1, keepdim=True), drawn, there)


def _draw(
    n: int, n_inputs: int, groups: Sequence[Sequence[int]], generator: torch.Generator, device: torch.device
) -> Tensor:
    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, device=device)

    of_input = torch.empty(n_inputs, dtype=torch.long, device=device)
    for number, places in enumerate(groups):
        of_input[list(places)] = number
    kept = (uniform(n, len(groups)) < 0.5)[:, of_input]  # (n, n_groups) -> (n, n_inputs)
    kept &= (uniform(n, n_inputs) < uniform(n, 1)) | (uniform(n, 1) < 0.5)
    one = uniform(n, n_inputs).argmax(1, keepdim=True)  # where nothing is left
    return torch.where(kept.any(1, keepdim=True), kept, torch.zeros_like(kept).scatter(1, one, True))
