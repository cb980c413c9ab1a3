import numba
import numpy as np
import pytest

from astrokit.explore import ClusterExplorer

NASTY = "<script>alert('x')</script>"
PLACES = np.array([[0, 0], [8, 0], [0, 8], [8, 8]])


def islands(n=150, n_noise=100, random_state=0):
    """Four far islands of `n` sources in noise, and their truth."""
    rng = np.random.default_rng(random_state)
    truth = np.concatenate([np.repeat(np.arange(4), n), np.full(n_noise, -1)])
    points = rng.uniform(-3, 11, (len(truth), 2))
    points[truth >= 0] = rng.normal(PLACES[truth[truth >= 0]], 0.4)
    return points, truth


@pytest.fixture
def one_thread(tmp_path, monkeypatch):
    """Fits in this thread and with no other: with several the library breaks ties now so, now so."""
    monkeypatch.setenv("ASTROKIT_RECORD", str(tmp_path / "record.jsonl"))
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


@pytest.fixture(scope="session")
def data():
    return islands()


@pytest.fixture
def explorer(data):
    points, truth = data
    labels = np.where(truth < 0, None, np.array(["a", "b", "c", NASTY], object)[truth])
    made = ClusterExplorer(points, {"source_id": 10**17 + np.arange(len(points))}, labels=labels)
    made.wait()
    return made


def html_of(widget):
    """All HTML below a widget."""
    own = [widget.value] if type(widget).__name__ == "HTML" else []
    return "\n".join([*own, *(html_of(child) for child in getattr(widget, "children", ()))])


def opened(explorer, title):
    explorer.panel = title
    explorer.wait()
    return getattr(explorer, title)
