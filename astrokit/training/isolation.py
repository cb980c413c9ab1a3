"""torch as the caller left it: random state, number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def isolated(device: torch.device, seed: int, n_threads: int) -> Iterator[torch.Generator]:
    """Seed torch and set its threads within this block, and yield a generator for the same device.

    Layers such as `torch.nn.Dropout` draw from torch's own state, our models from the generator.
    """
    before = torch.get_num_threads()
    gpus = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(gpus):
        torch.default_generator.manual_seed(seed)
        if gpus:
            torch.cuda.manual_seed(seed)
        torch.set_num_threads(n_threads)
        try:
            yield torch.Generator(device).manual_seed(seed)
        finally:
            torch.set_num_threads(before)


def chance(generator: torch.Generator) -> dict[str, torch.Tensor]:
    """All random state within the block, as tensors."""
    states = {"generator": generator.get_state(), "torch": torch.get_rng_state()}
    if generator.device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(generator.device)
    return states


def set_chance(generator: torch.Generator, states: dict[str, torch.Tensor]) -> None:
    """Go on with the random state of `chance`."""
    generator.set_state(states["generator"])
    torch.set_rng_state(states["torch"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], generator.device)
