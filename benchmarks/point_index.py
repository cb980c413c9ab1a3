"""The point index beside its peers, at 10, 40 and 100 million points, each size in a process of its own.

Frames (full view and 50 random zooms, 640 x 480) beside datashader's `Canvas.points` on the same windows; a
lasso of 200 vertices beside a numba point-in-polygon over all points; the time and memory to build; the index
opened from its file by a fresh process. Other sizes, in millions: `python benchmarks/point_index.py 4 20`.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import datashader
import numba
import numpy as np
import pandas as pd
import psutil

from astrokit.data.simulate.stars import simulate_stars
from astrokit.explore import PointIndex

SIZES = ("10", "40", "100")  # millions of points
WIDTH, HEIGHT, N_ZOOMS = 640, 480, 50
Window = tuple[float, float, float, float]

FRESH = """
import sys, time
import numpy as np, psutil
from astrokit.explore import PointIndex
PointIndex(np.zeros(100), np.arange(100.0), progress=False).frame(-1, 1, 0, 99, 640, 480)  # compiled code
mapped = lambda: sum(m.rss for m in psutil.Process().memory_maps() if m.path == sys.argv[1])
before, started = psutil.Process().memory_info().rss - mapped(), time.perf_counter()
index = PointIndex.open(sys.argv[1])
index.frame(*index.extent, 640, 480)
seconds = time.perf_counter() - started
print(seconds, (psutil.Process().memory_info().rss - mapped() - before) / 1e6)
"""


def crowd(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of `n` simulated stars: four million, each seen again with noise, float32."""
    stars = simulate_stars(min(n, 4_000_000))
    rng = np.random.default_rng(1)
    out = []
    for values, width in ((stars.log_temperature, 0.004), (stars.log_luminosity, 0.03)):
        many = np.resize(values, n)
        for start in range(0, n, 10_000_000):
            part = many[start : start + 10_000_000]
            part += np.float32(width) * rng.standard_normal(len(part), dtype=np.float32)
        out.append(many)
    return out[0], out[1]


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def windows(index: PointIndex, x: np.ndarray, y: np.ndarray) -> list[Window]:
    """The full view, and views 1 to 4096 times smaller around random points."""
    rng, (x0, x1, y0, y1) = np.random.default_rng(2), index.extent
    found = [index.extent]
    for at, zoom in zip(rng.integers(len(x), size=N_ZOOMS), 2.0 ** rng.uniform(0, 12, N_ZOOMS), strict=True):
        half_x, half_y = (x1 - x0) / zoom / 2, (y1 - y0) / zoom / 2
        found.append((x[at] - half_x, x[at] + half_x, y[at] - half_y, y[at] + half_y))
    return found


class PeakMemory:
    """Peak of this process's resident memory above where it stood, in MB, sampled every 5 ms."""

    def __enter__(self) -> "PeakMemory":
        self.base = self.peak = psutil.Process().memory_info().rss
        self.running = True
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while self.running:
            self.peak = max(self.peak, psutil.Process().memory_info().rss)
            time.sleep(0.005)

    def __exit__(self, *_: object) -> None:
        self.running = False
        self.thread.join()
        self.after = psutil.Process().memory_info().rss


def frames(index: PointIndex, x: np.ndarray, y: np.ndarray) -> None:
    views, table = windows(index, x, y), pd.DataFrame({"x": x, "y": y}, copy=False)

    def theirs(window: Window) -> object:
        canvas = datashader.Canvas(WIDTH, HEIGHT, window[:2], window[2:])
        return canvas.points(table, "x", "y", datashader.count())

    index.frame(*views[0], WIDTH, HEIGHT), index.frame(*views[1], WIDTH, HEIGHT), theirs(views[0])
    ours, peer = [], []
    for number, view in enumerate(views):
        ours.append(1e3 * seconds(lambda: index.frame(*view, WIDTH, HEIGHT)))  # noqa: B023 - called at once
        if number % 5 == 0:  # the peer takes as long for every window
            peer.append(1e3 * seconds(lambda: theirs(view)))  # noqa: B023
    median, high, slow = statistics.median(ours), np.percentile(ours, 95), statistics.median(peer)
    print(
        f"  frame: full view {ours[0]:.2f} ms, median {median:.2f} (goal 3), p95 {high:.2f} (goal 15); "
        f"datashader {slow:.0f} ms: {slow / median:.0f} x (goal 50 at 40M)"
    )


@numba.njit(cache=True)
def point_in_polygon(x, y, polygon):
    """The peer: the even-odd rule, edge by edge, for every point."""
    inside = np.zeros(len(x), dtype=np.bool_)
    for k in range(len(x)):
        j = len(polygon) - 1
        for i in range(len(polygon)):
            if (polygon[i, 1] > y[k]) != (polygon[j, 1] > y[k]) and x[k] < (polygon[j, 0] - polygon[i, 0]) * (
                y[k] - polygon[i, 1]
            ) / (polygon[j, 1] - polygon[i, 1]) + polygon[i, 0]:
                inside[k] = not inside[k]
            j = i
    return np.flatnonzero(inside)


def lasso(index: PointIndex, x: np.ndarray, y: np.ndarray) -> None:
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    wave = 1 + 0.2 * np.sin(9 * angle)
    polygon = np.column_stack([3.72 + 0.05 * wave * np.cos(angle), 0.3 + 0.6 * wave * np.sin(angle)])
    point_in_polygon(x[:10], y[:10], polygon), index.inside(polygon)
    ours = min(seconds(lambda: index.inside(polygon)) for _ in range(5))
    found = index.inside(polygon)
    share = f"{len(found):,} points, {len(found) / len(x):.0%}"
    line = f"  inside {share} in {1e3 * ours:.0f} ms (goal 300 at 100M)"
    if len(x) <= 40_000_000:
        peer = seconds(lambda: point_in_polygon(x, y, polygon))
        same = np.array_equal(found, point_in_polygon(x, y, polygon))
        line += f"; all points {1e3 * peer:.0f} ms: {peer / ours:.0f} x (goal 5), same answer: {same}"
    print(line)


def from_file(index: PointIndex) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.index"
        index.write(path)
        command = [sys.executable, "-c", FRESH, str(path)]
        answers = [subprocess.check_output(command, text=True).split() for _ in range(3)]
        first, memory = (max(map(float, column)) for column in zip(*answers, strict=True))
        size = path.stat().st_size / 1e6
    print(
        f"  from a file of {size:,.0f} MB, in memory: first frame {first:.2f} s (goal 0.5), "
        f"{memory:.0f} MB beyond the map (goal 300)"
    )


def measure(n: int) -> None:
    x, y = crowd(n)
    few = np.arange(100, dtype=np.float32)
    PointIndex(few, few, progress=False)  # compiled code
    with PeakMemory() as memory:
        started = time.perf_counter()
        index = PointIndex(x, y, progress=False)
        build = time.perf_counter() - started
    print(f"{n / 1e6:.0f} million points: {index}")
    print(
        f"  build: {build:.1f} s, {1e6 * build / n:.3f} s a million (goal 0.25); "
        f"{(memory.peak - memory.base) / 1e6:.0f} MB while building, "
        f"{(memory.after - memory.base) / 1e6:.0f} MB once built (goals 400 and 200 at 10M)"
    )
    frames(index, x, y)
    lasso(index, x, y)
    from_file(index)


def main() -> None:
    """Called with one size it measures; with none or several it calls itself once for each."""
    sizes = sys.argv[1:] or SIZES
    if len(sizes) == 1:
        measure(int(float(sizes[0]) * 1e6))
    for size in sizes if len(sizes) > 1 else ():
        subprocess.run([sys.executable, __file__, size], check=True)


if __name__ == "__main__":
    main()
