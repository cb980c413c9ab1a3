"""First weights drawn from a `random_state`: torch's own layers know only the global one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ..random import RandomState, as_seed


@contextmanager
def drawn_from(random_state: RandomState) -> Iterator[None]:
    """Let layers that are made in this block draw their weights from `random_state`.

    torch's global state is as before afterwards.

    Examples
    --------
    >>> before = torch.get_rng_state()
    >>> with drawn_from(0):
    ...     one = torch.nn.Linear(2, 1)
    >>> with drawn_from(0):
    ...     other = torch.nn.Linear(2, 1)
    >>> bool((one.weight == other.weight).all()), bool((torch.get_rng_state() == before).all())
    (True, True)
    """
    before = torch.get_rng_state()
    # Not torch.manual_seed, which would seed every GPU as well.
    torch.default_generator.manual_seed(as_seed(random_state))
    try:
        yield
    finally:
        torch.set_rng_state(before)
