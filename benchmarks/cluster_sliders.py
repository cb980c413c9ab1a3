"""The sliders of the cluster explorer, beside a fresh fit of `fast_hdbscan` in the same run.

The goal: `min_cluster_size`, epsilon, the choice of branches and the threshold of probability answer in
100 ms or less at 50,000 points, after the first fit; with all that the explorer adds, until the map has its
new labels, legend and places of names. A new `min_samples` grows the tree again; what that takes stands
beside it. Islands of many densities in noise. Other sizes, in thousands of points: `python
benchmarks/cluster_sliders.py 10 50 200`; with `many` the explorer alone, on ten million sources, and its
memory.
"""

import statistics
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import psutil
from fast_hdbscan import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from astrokit.cluster import Hierarchy
from astrokit.explore import ClusterExplorer

SIZES = ("50",)  # thousands of points
MANY = 10_000_000
N_FEATURES, N_ISLANDS, SHARE_OF_NOISE = 2, 40, 0.2
CLUSTER_SIZES = (5, 10, 20, 50, 100, 200, 500, 1000)
CUTS = [{"min_cluster_size": size, "cut": cut} for size in CLUSTER_SIZES for cut in ("eom", "leaf")]
OTHERS = [{"epsilon": 0.02}, {"epsilon": 0.05}, {"epsilon": 0.0, "threshold": 0.3}, {"threshold": 0.0}]
REPEATS = 3
GOAL_MS = 100


def islands(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    places, widths = rng.uniform(-20, 20, (N_ISLANDS, N_FEATURES)), rng.uniform(0.1, 1.5, N_ISLANDS)
    island = rng.integers(N_ISLANDS, size=n)
    points = rng.normal(places[island], widths[island, None])
    points[: int(SHARE_OF_NOISE * n)] = rng.uniform(-22, 22, (int(SHARE_OF_NOISE * n), N_FEATURES))
    return points


class Taken(NamedTuple):
    """Seconds on the clock, and of the processor: those two come apart on a busy machine."""

    clock: float
    processor: float


def taken(call: Callable[[], object]) -> Taken:
    started = time.perf_counter(), time.process_time()
    call()
    return Taken(time.perf_counter() - started[0], time.process_time() - started[1])


def said(times: list[Taken]) -> str:
    middle = [1000 * statistics.median(each) for each in zip(*times, strict=True)]
    most = [1000 * max(each) for each in zip(*times, strict=True)]
    return (
        f"median {middle[0]:.0f} ms ({middle[1]:.0f} of the processor), slowest {most[0]:.0f} ({most[1]:.0f})"
    )


def measure(n: int) -> None:
    points = islands(n)
    points = (points - points.mean(0)) / points.std(0)
    Hierarchy(points[:500], progress=False).cut(5)  # compiled code
    grown = taken(lambda: Hierarchy(points, progress=False))
    explorer = ClusterExplorer(points, scale=None, n_fitted=n)
    explorer.wait()
    tree = explorer._scene.fits.tree(10)
    cuts, moves, fits, same = [], [], [], []
    for part in CUTS:
        size, cut = part["min_cluster_size"], part["cut"]
        fresh = HDBSCAN(min_samples=10, min_cluster_size=size, cluster_selection_method=cut)
        fits.append(taken(partial(fresh.fit, points)))
        for _ in range(REPEATS):
            cuts.append(taken(partial(tree.cut, size, method=cut)))
            explorer.change(min_cluster_size=size + 1)
            moves.append(taken(partial(explorer.change, **part)))
        shown = explorer.map.index.channel("cluster")
        if explorer.clustering.n_clusters <= 32:  # of more, some share a class of the map
            same.append(adjusted_rand_score(shown, fresh.labels_))
    explorer.change(min_cluster_size=20, cut="leaf")
    others = [taken(partial(explorer.change, **part)) for _ in range(REPEATS) for part in OTHERS]
    explorer.panel = "tree"
    with_tree = [taken(partial(explorer.change, **part)) for part in CUTS]
    fit, cut = (statistics.median(each.clock for each in times) for times in (fits, cuts))
    print(f"{n:,} points, {N_FEATURES} features: the tree {grown.clock:.2f} s, a fresh fit {fit:.2f} s")
    print(f"  a cut: {said(cuts)}; a fresh fit takes {fit / cut:.0f} times as long")
    print(f"  a slider, until the map has its labels: {said(moves)}")
    print(f"  of epsilon and threshold: {said(others)}")
    print(f"  with the tree's picture in view: {said(with_tree)}")
    print(f"  ARI of what the map shows and a fresh fit: {min(same):.4f} or more")
    slowest = 1000 * max(each.clock for each in [*moves, *others, *with_tree])
    print(f"  the goal, {GOAL_MS} ms at 50,000 points: {'met' if slowest <= GOAL_MS else 'missed'} here")


def many() -> None:
    """Ten million sources: a sample is fitted, the rest assigned."""
    points = islands(MANY).astype(np.float32)
    warm = ClusterExplorer(points[:2000])
    warm.wait()
    process = psutil.Process()
    before, top = process.memory_info().rss, Top(process)
    made = time.perf_counter()
    explorer = ClusterExplorer(points)
    shown = time.perf_counter() - made
    explorer.wait()
    fitted = time.perf_counter() - made
    moves = [taken(partial(changed, explorer, **part)) for part in CUTS[4:12]]
    means = taken(partial(changed, explorer, method="k-means", n_clusters=20))
    explorer.panel = "candidates"
    explorer.selection.box(0, 5, 0, 5)
    gigabytes = (top.stop() - before) / 1e9
    print(f"{MANY:,} points: the explorer is there after {shown:.1f} s, clusters after {fitted:.1f} s")
    print(f"  a slider: {said(moves)}; k-means {means.clock:.1f} s")
    print(f"  at most {gigabytes:.2f} GB beyond the caller's arrays of {points.nbytes / 1e9:.2f} GB")


def changed(explorer: ClusterExplorer, **parts: Any) -> None:
    explorer.change(**parts)
    explorer.wait()


class Top:
    """The most memory that a process has, looked at fifty times a second."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._most, self._done = process, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, self._process.memory_info().rss)

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self._most


def main() -> None:
    for size in sys.argv[1:] or SIZES:
        many() if size == "many" else measure(1000 * int(size))


if __name__ == "__main__":
    main()
