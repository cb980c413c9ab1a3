import numpy as np
import pytest

from astrokit.explore.map import LatentMap

LABELS = ["blazar", "quasar", "star"]


class Sent(list):
    """What a map has sent to browsers: (content, buffers)."""

    def of(self, kind):
        return [content for content, _ in self if content["kind"] == kind]


@pytest.fixture
def points():
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 3, 3000)
    x = rng.normal(size=3000) + 4 * kind
    y = rng.normal(size=3000)
    return {"x": x, "y": y, "class": np.array(LABELS)[kind], "flux": rng.random(3000), "id": np.arange(3000)}


@pytest.fixture
def make_map(points):
    """A map of the points whose index is there, with what it sends in `sent`."""

    def make(**options):
        options = {"channels": ["class", "flux"], "table": points, **options}
        map = LatentMap(points["x"], points["y"], **options)
        map.sent = Sent()
        map.send = lambda content, buffers=None: map.sent.append((content, buffers))
        assert map.index.n_points == 3000
        map._core.thread.join()
        map.sent.clear()
        return map

    return make


@pytest.fixture
def map(make_map):
    return make_map()


@pytest.fixture
def tell(map):
    """Have the map receive a message as a browser sends it; returns what it sends back."""

    def tell(**content):
        map.sent.clear()
        map._on_message(map, {"client": "a1", **content}, [])
        return map.sent

    return tell
