"""A frame filled by several threads is the frame that one fills."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from astrokit.explore.index import PointIndex, strips


@pytest.fixture
def index():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(0, width, (30_000, 2)) for width in (1.0, 0.01)]).astype(np.float32)
    kinds = np.array(["star", "galaxy"])[rng.integers(0, 2, len(points))]
    return PointIndex(
        *points.T, channels={"value": rng.normal(size=len(points)), "kind": kinds}, progress=False
    )


@pytest.fixture
def threads(monkeypatch):
    """Set how many threads fill a frame, whatever this machine has."""
    strips._threads.cache_clear()
    yield lambda n: monkeypatch.setattr(strips, "N_THREADS", n)
    strips._threads.cache_clear()


@pytest.mark.parametrize("height", [1, 3, 7, 200])
@pytest.mark.parametrize("options", [{}, {"channel": "value"}, {"channel": "kind"}, {"members": True}])
def test_strips_add_up_to_the_frame_of_one_thread(index, threads, height, options):
    if "members" in options:
        options = {"members": index.members(np.arange(0, index.n_samples, 3))}
    for half in (2.0, 0.02, 0.0007):
        window = -half, half, -half / 3, half / 2
        frames = []
        for n in (1, 4):
            threads(n)
            frames.append(index.frame(*window, 160, height, **options))
        one, several = frames
        assert one.extent == several.extent
        for name in ("counts", "by_category", "mean", "members"):
            np.testing.assert_array_equal(getattr(one, name), getattr(several, name))


def test_frames_asked_for_at_once_do_not_disturb_each_other(index, threads):
    windows = [(-half, half, -half, half) for half in np.geomspace(1e-3, 3, 40)]
    threads(1)
    alone = [index.frame(*window, 64, 48).counts for window in windows]
    threads(3)
    with ThreadPoolExecutor(4) as several:
        together = list(several.map(lambda window: index.frame(*window, 64, 48).counts, windows))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system that can fork lifts this")
def test_a_forked_process_starts_threads_of_its_own(index, threads):
    threads(3)
    window = (-0.02, 0.02, -0.02, 0.02)
    counts = index.frame(*window, 64, 48).counts
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # rather than wait for a thread that is not there
        same = (index.frame(*window, 64, 48).counts == counts).all()
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
