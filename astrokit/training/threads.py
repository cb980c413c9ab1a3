"""How many threads torch should use: as many as help, on a machine that others use, too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import torch

LOOK_S = 0.1  # how long the load is watched
GAIN = 1.15  # by which more threads must be faster, to be worth the cores they keep from others
TRIALS = 3


def choose_threads(step: Callable[[], object]) -> int:
    """Number of threads that does a step fastest, among one and the cores that are idle now.

    Small networks lose more to waiting for a second thread than it brings, all the more where cores are
    busy; so it is tried. torch's setting is as before afterwards.

    Parameters
    ----------
    step : callable
        What is to be fast; called a few times.
    """
    idle = idle_cores()
    if idle == 1:
        return 1
    before = torch.get_num_threads()
    try:
        alone, together = (_seconds(step, n) for n in (1, idle))
    finally:
        torch.set_num_threads(before)
    return idle if together * GAIN < alone else 1


def idle_cores() -> int:
    """Cores that this process may use and that are idle, watched for a tenth of a second; at least 1."""
    import psutil

    busy = psutil.cpu_percent(LOOK_S) / 100 * (os.cpu_count() or 1)
    return max(1, min(round((os.cpu_count() or 1) - busy), allowed_cores()))


def allowed_cores(quota: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Cores that this process may use: by its affinity, and by the quota of its container (rounded up)."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        share, period = quota.read_text().split()
        return max(1, min(allowed, -(-int(share) // int(period))))
    except (OSError, ValueError):  # no container, or "max"
        return allowed


def _seconds(step: Callable[[], object], n_threads: int) -> float:
    torch.set_num_threads(n_threads)
    step()  # the pool starts
    taken = []
    for _ in range(TRIALS):
        started = time.perf_counter()
        step()
        taken.append(time.perf_counter() - started)
    return min(taken)
