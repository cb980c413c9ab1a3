import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.index import PointIndex
from astrokit.explore.map import LatentMap


@pytest.fixture
def cloud():
    return np.random.default_rng(0).normal(size=(2, 1000)).astype(np.float32)


@pytest.fixture
def map(cloud, monkeypatch):
    map = LatentMap(*cloud, channels={"flux": cloud[0]})
    map.index  # noqa: B018  # built
    map.sent = []
    monkeypatch.setattr(map, "send", lambda content, buffers=None: map.sent.append(content))
    return map


def test_a_channel_more_shares_points_with_the_index_that_it_came_from(cloud):
    index = PointIndex(*cloud)
    kind = np.where(cloud[0] > 0, "star", "galaxy")
    other = index.with_channel("kind", kind)
    assert index.categories == {}
    assert other.points() is index.points()
    frame = other.frame(*other.extent, 16, 16, channel="kind")
    inside = PointIndex(*cloud, channels={"kind": kind}).frame(*other.extent, 16, 16, channel="kind")
    np.testing.assert_array_equal(frame.by_category, inside.by_category)


def test_a_channel_set_later_colours_the_map_and_is_told_to_its_views(map, cloud):
    map.set_channel("score", 2 * cloud[1])
    assert map.colour_by == "score"
    (meta,) = [content for content in map.sent if content["kind"] == "meta"]
    assert [channel["name"] for channel in meta["channels"]] == ["flux", "score"]
    low, high = map.index.values["score"]
    map.set_channel("score", 4 * cloud[1], show=False)
    assert map.index.values["score"] == (pytest.approx(2 * low), pytest.approx(2 * high))


def test_a_channel_of_another_length_changes_nothing(map):
    with pytest.raises(ParameterError, match="1000"):
        map.set_channel("score", np.zeros(999))
    with pytest.raises(ParameterError, match="density"):
        map.set_channel("density", np.zeros(1000))
    assert map._core.channels == ["flux"]
    assert map.sent == []


def test_classes_picked_in_the_legend_of_a_channel_that_changes_stay_picked(map, cloud):
    map.set_channel("cluster", np.where(cloud[0] > 0, "a", "b"))
    pick = {"kind": "category", "client": "x1", "channel": "cluster", "labels": ["a"], "how": "new"}
    map._on_message(map, pick, [])
    np.testing.assert_array_equal(map.selection.mask, cloud[0] > 0)
    map.set_channel("cluster", np.where(cloud[1] > 0, "a", "b"))
    np.testing.assert_array_equal(map.selection.mask, cloud[0] > 0)


def test_the_classes_of_a_selection_are_counted_anew_when_they_change(map, cloud):
    map.set_channel("cluster", np.where(cloud[0] > 0, "a", "b"))
    map.selection.box(-9, 9, -9, 9)
    map.set_channel("cluster", np.full(1000, "a"))
    counts = [content["clusters"] for content in map.sent if content["kind"] == "selection"]
    assert (counts[-2], counts[-1]) == (2, 1)


def test_whoever_follows_the_pointer_hears_of_each_row(map, cloud):
    rows = []
    map.on_pointer(rows.append)
    view = [-5.0, 5.0, -5.0, 5.0]
    hover = {"kind": "hover", "client": "x1", "id": 1, "view": view, "width": 640, "height": 480}
    map._on_message(map, {**hover, "at": cloud[:, 7].astype(float).tolist()}, [])
    map._on_message(map, {**hover, "at": [4.9, 4.9]}, [])
    assert rows == [7, None]


def test_a_page_holds_what_stands_below_the_map(map, tmp_path):
    map.to_html(tmp_path / "page.html", below="<p>two &lt; three</p>")
    assert "<main><p>two &lt; three</p></main>" in (tmp_path / "page.html").read_text()
