"""Very many sources in little memory, measured in a process of its own."""

import json
import subprocess
import sys

import pytest

pytestmark = [pytest.mark.full, pytest.mark.serial]

N = 3_000_000
BYTES_A_SOURCE, FIXED = 95, 150e6  # ten million then take 1.1 GB at the most, all copies of a moment included
SCRIPT = """
import json, sys, threading
import numpy as np, psutil
from astrokit.explore import ClusterExplorer

n = int(sys.argv[1])
rng = np.random.default_rng(0)
points = (rng.normal(size=(n, 2)) + 8 * rng.integers(0, 3, (n, 1))).astype("f4")
warm = ClusterExplorer(points[:3000])
warm.wait()
process = psutil.Process()
before, most, done = process.memory_info().rss, [0], threading.Event()

def look():
    while not done.wait(0.01):
        most.append(max(most[-1], process.memory_info().rss))

thread = threading.Thread(target=look)
thread.start()
explorer = ClusterExplorer(points)
explorer.wait()
for size in (300, 150):
    explorer.change(min_cluster_size=size)
    explorer.wait()
n_clusters = explorer.clustering.n_clusters
explorer._scene.colour_by_probability()
for panel in ("tree", "quality", "candidates"):
    explorer.panel = panel
    explorer.wait()
explorer.selection.box(-1, 1, -1, 1)
explorer.change(method="k-means", n_clusters=3)
explorer.wait()
done.set()
thread.join()
print(json.dumps([most[-1] - before, n_clusters, explorer.clustering.n_clusters]))
"""


def test_millions_of_sources_take_less_than_a_hundred_bytes_each():
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(N)], capture_output=True, text=True, timeout=900, check=False
    )
    assert answer.returncode == 0, answer.stderr
    used, n_clusters, n_means = json.loads(answer.stdout.splitlines()[-1])
    assert (n_clusters, n_means) == (3, 3)
    assert used < N * BYTES_A_SOURCE + FIXED
