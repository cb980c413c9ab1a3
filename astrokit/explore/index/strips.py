"""A frame in strips of rows, each filled by a thread of its own: no two write to the same cell."""

from __future__ import annotations

import functools
import itertools
import os
from concurrent.futures import ThreadPoolExecutor

from .bricks import Tree
from .walk import Sources, Tally, Window, fill_window

N_THREADS = min(4, os.cpu_count() or 1)


def fill(tree: Tree, sources: Sources, window: Window, tally: Tally) -> None:
    """Tally every cell of the window, as `fill_window` does, which lets other threads run."""
    # The counts by category lie category by category: a strip of them is not one piece of memory.
    if N_THREADS == 1 or window.ny < N_THREADS or tally.by_category.size:
        fill_window(tree, sources, window, tally)
        return
    bounds = [window.ny * k // N_THREADS for k in range(N_THREADS + 1)]
    strips = [_strip(window, tally, low, high) for low, high in itertools.pairwise(bounds)]
    others = [_threads().submit(fill_window, tree, sources, rows, part) for rows, part in strips[1:]]
    fill_window(tree, sources, *strips[0])
    for other in others:
        other.result()


def _strip(window: Window, tally: Tally, low: int, high: int) -> tuple[Window, Tally]:
    """The rows [low, high) of a window, and where they are tallied."""
    cells = slice(low * window.nx, high * window.nx)
    part = tally._replace(
        counts=tally.counts[cells],
        in_members=tally.in_members[cells],
        sums=tally.sums[cells],
        n_values=tally.n_values[cells],
    )
    return window._replace(y_first=window.y_first + low, ny=high - low), part


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(N_THREADS - 1, thread_name_prefix="frame")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_threads.cache_clear)  # threads stay behind in the parent
