"""Compiled work in several threads: its kernels hold no lock.

Threads of our own, since two jobs may sum at the same time, which numba's own pool forbids.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from ..index.compiled import CONFIG

Found = TypeVar("Found")
N_THREADS = min(8, CONFIG.NUMBA_NUM_THREADS)


def in_parts(work: Callable[[int, int], Found], first: int, last: int, *, at_least: int = 1) -> list[Found]:
    """`work(a, b)` for parts [a, b) of a range, side by side; the results in order, none for an empty range.

    Parameters
    ----------
    at_least : int
        A part of fewer is not worth a thread.

    Examples
    --------
    >>> sum(in_parts(lambda first, last: sum(range(first, last)), 0, 100))
    4950
    """
    n = max(1, min(N_THREADS, (last - first) // at_least))
    edges = np.unique(np.linspace(first, last, n + 1).astype(int)).tolist()
    parts = list(itertools.pairwise(edges))
    if len(parts) < 2:
        return [work(*part) for part in parts]
    with ThreadPoolExecutor(len(parts)) as pool:
        return [done.result() for done in [pool.submit(work, *part) for part in parts]]
