"""The sliders of a cluster explorer: a cut of the tree beside a fresh fit of `fast_hdbscan`, in the same run.

The goal: `min_cluster_size`, method and epsilon answer in 100 ms or less at 50,000 points, after the first
fit. A new `min_samples` grows the tree again; what that takes stands beside it. Islands of many densities in
noise; other sizes, in thousands of points: `python benchmarks/cluster_sliders.py 10 50 200`.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from fast_hdbscan import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from astrokit.cluster.clustering import fit_gaussian_mixture, fit_k_means
from astrokit.cluster.hierarchy import Hierarchy

SIZES = ("50",)  # thousands of points
N_FEATURES, N_ISLANDS, SHARE_OF_NOISE = 2, 40, 0.2
CUTS = [(size, method) for size in (5, 10, 20, 50, 100, 200, 500, 1000) for method in ("eom", "leaf")]
EPSILON = 0.05
GOAL_MS = 100


def islands(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    places, widths = rng.uniform(-20, 20, (N_ISLANDS, N_FEATURES)), rng.uniform(0.1, 1.5, N_ISLANDS)
    island = rng.integers(N_ISLANDS, size=n)
    points = rng.normal(places[island], widths[island, None])
    points[: int(SHARE_OF_NOISE * n)] = rng.uniform(-22, 22, (int(SHARE_OF_NOISE * n), N_FEATURES))
    return points


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measure(n: int) -> None:
    points = islands(n)
    Hierarchy(points[:500], progress=False).cut(5)  # compiled code
    started = time.perf_counter()
    hierarchy = Hierarchy(points, progress=False)
    grown = time.perf_counter() - started
    again = seconds(lambda: hierarchy.with_min_samples(5, progress=False))
    back = seconds(lambda: hierarchy.with_min_samples(5).with_min_samples(10))
    cuts, fits, same = [], [], []
    for size, method in CUTS:
        cuts += [seconds(partial(hierarchy.cut, size, method=method)) for _ in range(3)]
        fresh = HDBSCAN(min_samples=10, min_cluster_size=size, cluster_selection_method=method)
        fits.append(seconds(partial(fresh.fit, points)))
        same.append(adjusted_rand_score(hierarchy.cut(size, method=method).labels, fresh.labels_))
    merged = [seconds(lambda: hierarchy.cut(20, method="leaf", epsilon=EPSILON)) for _ in range(9)]
    report(
        n, {"grown": [grown], "again": [again], "back": [back], "cut": cuts, "epsilon": merged, "fit": fits}
    )
    print(f"  ARI of a cut and a fresh fit: {min(same):.4f} or more")
    for fit in (fit_gaussian_mixture, fit_k_means):
        print(f"  {fit.__name__} of 10 clusters: {seconds(partial(fit, points, 10)):.2f} s")


def report(n: int, taken: dict[str, list[float]]) -> None:
    median = {name: statistics.median(values) for name, values in taken.items()}
    slowest = 1000 * max(taken["cut"] + taken["epsilon"])
    print(f"{n:,} points, {N_FEATURES} features: the tree {median['grown']:.2f} s")
    print(f"  another min_samples {median['again']:.2f} s, back to one it had {1e6 * median['back']:.0f} us")
    print(f"  a cut: median {1000 * median['cut']:.0f} ms of {len(CUTS)} settings, slowest {slowest:.0f} ms")
    print(f"  with epsilon: median {1000 * median['epsilon']:.0f} ms")
    print(f"  a fresh fit: median {median['fit']:.2f} s, {median['fit'] / median['cut']:.0f} times a cut")
    print(f"  the goal, {GOAL_MS} ms at 50,000 points: {'met' if slowest <= GOAL_MS else 'missed'} here")


def main() -> None:
    for thousands in sys.argv[1:] or SIZES:
        measure(1000 * int(thousands))


if __name__ == "__main__":
    main()
