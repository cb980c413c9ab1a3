"""A selection's attribution beside NumPy over the mask; and the memory of an explorer of ten million sources.

A million sources by fifty features, float64: means, intervals, importance and the histograms of the beeswarm
with their colours, for the selection and for the rest, from sums per block of rows in the order of the map.
The peer does the same for the selection alone, with a mask, `mean`, `std` and `bincount`. Selections: two
lassos, and a range of values, whose sources lie all over the map, so that no block is of use. The goal:
200 ms or less, and five times the speed. With groups of ten rows the intervals are over groups, and every row
is read.

Then an explorer of ten million sources, in a process of its own: memory beyond the caller's arrays, and how
long it takes to answer. That alone, with so many features: `python benchmarks/attribution_summary.py 50`.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from astrokit.explain.shapley import Attribution
from astrokit.explore import AttributionExplorer, PointIndex
from astrokit.explore.attribution.groups import Groups
from astrokit.explore.attribution.scales import BINS, Scales
from astrokit.explore.attribution.summary import summarise
from astrokit.explore.attribution.sums import Blocks
from astrokit.explore.attribution.warm import warm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.point_index import PeakMemory

N, N_FEATURES = 1_000_000, 50
N_MANY, MANY_FEATURES = 10_000_000, "20"
GOAL_MS, GOAL_TIMES, GOAL_GB = 200, 5, 1.0
TURNS = 5


def attributed(n: int, n_features: int, kind: type) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (n, 2), data and Shapley values (n, n_features); two of the features go with the place."""
    rng = np.random.default_rng(0)
    xy = rng.standard_normal((n, 2), dtype=np.float32)
    data, values = np.empty((n, n_features), kind), np.empty((n, n_features), kind)
    weights = np.geomspace(2, 0.01, n_features)
    for start in range(0, n, 500_000):
        part = slice(start, min(start + 500_000, n))
        data[part] = rng.standard_normal((part.stop - start, n_features), dtype=np.float32)
        data[part, :2] += xy[part]
        values[part] = weights * data[part]
    return xy, data, values


def with_numpy(
    values: np.ndarray, data: np.ndarray, mask: np.ndarray, scales: Scales, codes: np.ndarray | None
) -> list[np.ndarray]:
    """The peer: the same numbers for the selection, from its rows."""
    chosen, own = values[mask], data[mask]
    n, absolute = len(chosen), np.abs(chosen)
    means = chosen.mean(0), absolute.mean(0)
    if codes is None:
        halves = [part.std(0, ddof=1) / np.sqrt(n) * 1.96 for part in (chosen, absolute)]
    else:
        groups = codes[mask]
        halves = [by_group(chosen, means[0], groups), by_group(absolute, means[1], groups)]
    bins = np.clip((chosen - scales.low) * scales.per_unit, 0, BINS - 1).astype(np.int64)
    counts, tones = [], []
    for feature in range(chosen.shape[1]):
        tone = scales.tones[feature][np.searchsorted(scales.steps[feature], own[:, feature], side="right")]
        counts.append(np.bincount(bins[:, feature], minlength=BINS))
        tones.append(np.bincount(bins[:, feature], tone, minlength=BINS))
    return [*means, *halves, np.array(counts), np.array(tones)]


def by_group(part: np.ndarray, mean: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Half widths over groups: sums of what each group is off the mean."""
    squares = [np.bincount(codes, part[:, k] - mean[k]) ** 2 for k in range(part.shape[1])]
    return 1.96 * np.sqrt(np.sum(squares, axis=1)) / len(part)


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def selections(xy: np.ndarray, values: np.ndarray, index: PointIndex) -> dict[str, np.ndarray]:
    """Masks of two lassos and of a range of values that has nothing to do with the place."""
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    wave = 1 + 0.2 * np.sin(9 * angle)
    masks = {}
    for name, radius in (("small lasso", 0.45), ("large lasso", 1.2)):
        mask = np.zeros(len(xy), bool)
        mask[index.inside(radius * np.column_stack([wave * np.cos(angle), wave * np.sin(angle)]))] = True
        masks[name] = mask
    masks["range of values"] = values[:, 5] > 0
    return masks


def speed() -> None:
    xy, data, values = attributed(N, N_FEATURES, np.float64)
    index = PointIndex(xy[:, 0], xy[:, 1], progress=False)
    warm()
    started = time.perf_counter()
    blocks = Blocks(values, data, index.order())
    once = time.perf_counter() - started
    print(f"{N:,} x {N_FEATURES}: summed up once in {once:.2f} s, {blocks.nbytes / 1e6:.0f} MB")
    codes = np.arange(N) // 10
    groups = Groups(codes, N)
    for name, mask in selections(xy, values, index).items():
        for given, labels in ((None, None), (groups, codes)):
            ours, theirs = [], []
            for turn in range(TURNS):
                ours.append(seconds(partial(summarise, blocks, (), mask, groups=given)))
                if turn % 2 == 0:
                    theirs.append(seconds(partial(with_numpy, values, data, mask, blocks.scales, labels)))
            check(blocks, mask, given, with_numpy(values, data, mask, blocks.scales, labels))
            report(f"{name}, {mask.mean():.0%}{', groups' if given else ''}", ours, theirs)


def check(blocks: Blocks, mask: np.ndarray, groups: Groups | None, theirs: list[np.ndarray]) -> None:
    """Both have the same numbers."""
    here = summarise(blocks, (), mask, groups=groups).here
    np.testing.assert_allclose(here.means.T, theirs[:2], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(here.halves.T, theirs[2:4], rtol=1e-3)
    assert (here.sums.counts == theirs[4]).all()
    assert (here.sums.tones == theirs[5]).all()


def report(name: str, ours: list[float], theirs: list[float]) -> None:
    median, peer = (1e3 * statistics.median(each) for each in (ours, theirs))
    met = "met" if median <= GOAL_MS and peer / median >= GOAL_TIMES else "missed"
    print(
        f"  {name}: median {median:.0f} ms, fastest {1e3 * min(ours):.0f}; NumPy {peer:,.0f} ms: "
        f"{peer / median:.0f} x  (goals {GOAL_MS} ms and {GOAL_TIMES} x: {met})"
    )


def many(n_features: int) -> None:
    """An explorer of ten million sources, in this process."""
    xy, data, values = attributed(N_MANY, n_features, np.float32)
    names = tuple(f"x{k}" for k in range(n_features))
    small = attributed(3000, 2, np.float32)
    AttributionExplorer(Attribution(small[2], 0.0, small[1], ("a", "b")), projection=small[0]).wait()
    with PeakMemory() as memory:
        started = time.perf_counter()
        explorer = AttributionExplorer(Attribution(values, 0.0, data, names), projection=xy)
        explorer.wait()
        alive = time.perf_counter() - started
        taken = [answered(explorer, step) for step in STEPS]
    held = (psutil.Process().memory_info().rss - memory.base) / 1e9
    peak = (memory.peak - memory.base) / 1e9
    arrays = (values.nbytes + data.nbytes + xy.nbytes) / 1e9
    print(f"{N_MANY:,} x {n_features}: the caller's arrays {arrays:.2f} GB")
    print(f"  the explorer holds {held:.2f} GB beyond them, at most {peak:.2f} (goal {GOAL_GB})")
    print(f"  alive in {alive:.1f} s; {', '.join(taken)}")


STEPS: dict[str, Callable[[AttributionExplorer], object]] = {
    "a lasso": lambda e: e.selection.lasso([(-0.5, -0.5), (0.5, -0.4), (0.6, 0.5), (-0.4, 0.6)]),
    "a range": lambda e: e.selection.range("Shapley value of x5", 0.0, None),
    "a colour": lambda e: e.colour("x1"),
    "another": lambda e: e.colour("x2"),
    "a third": lambda e: e.colour("x3"),
    "a fourth": lambda e: e.colour("x4"),
    "a dependence": lambda e: setattr(e, "panel", "dependence"),
}


def answered(explorer: AttributionExplorer, step: str) -> str:
    return f"{step} {seconds(lambda: (STEPS[step](explorer), explorer.wait())):.2f} s"


def main() -> None:
    if sys.argv[1:2] == ["many"]:
        many(int(sys.argv[2]))
        return
    if not sys.argv[1:]:
        speed()
    for n_features in sys.argv[1:] or [MANY_FEATURES]:
        subprocess.run([sys.executable, __file__, "many", n_features], check=True)


if __name__ == "__main__":
    main()
