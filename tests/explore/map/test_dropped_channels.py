"""Colours that a map forgets, and the order of the rows in its index."""

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore import LatentMap, PointIndex


def test_a_dropped_channel_is_gone_and_the_map_shows_density():
    x = np.random.default_rng(0).normal(size=300)
    map = LatentMap(x, x, channels={"x": x, "kind": np.arange(300) % 3}, colour_by="x")
    before, sent = map.index.nbytes, []
    map.send = lambda content, buffers=None: sent.append(content)
    map.drop_channel("x")
    assert map.colour_by == "density"
    assert map.index.nbytes < before
    assert [found["name"] for found in sent[-1]["channels"]] == ["kind"]
    with pytest.raises(ParameterError, match="kind"):
        map.drop_channel("x")
    map.colour_by = "kind"
    map.set_channel("y", x)
    map.drop_channel("y")
    assert map.colour_by == "density"


def test_an_index_without_a_channel_leaves_the_first_as_it_was():
    index = PointIndex([0.0, 1.0], [0.0, 1.0], channels={"v": [1.0, 2.0]})
    assert index.without_channel("v").values == {}
    assert list(index.values) == ["v"]


def test_the_order_names_the_row_of_each_point():
    x = np.array([3.0, np.nan, 1.0, 2.0], np.float32)
    index = PointIndex(x, x)
    np.testing.assert_array_equal(index.points()[:, 0], x[index.order()])
    assert sorted(index.order()) == [0, 2, 3]
