import json
import threading
from collections import Counter

import numpy as np
import pytest

from astrokit.errors import ParameterError
from astrokit.explore.index import PointIndex
from astrokit.explore.map import LatentMap, show
from astrokit.explore.map.protocol import dequantise, unpack
from astrokit.explore.selection import Selection

VIEW = [-4.0, 12.0, -4.0, 4.0]
FRAME = {"kind": "frame", "id": 7, "view": VIEW, "width": 64, "height": 48, "coarse": False}
SQUARE = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]


def inside(points):
    return np.flatnonzero((np.abs(points["x"]) < 1) & (np.abs(points["y"]) < 1))


def test_hello_is_answered_with_all_that_a_view_must_know(tell):
    (meta, _), (selection, _) = tell(kind="hello")
    assert meta["client"] == "a1"
    assert meta["n_points"] == 3000
    assert meta["stride"] == 1
    (by_class, by_flux) = meta["channels"]
    assert by_class["labels"] == ["blazar", "quasar", "star"]
    assert sum(by_class["totals"]) == 3000
    assert 0 <= by_flux["low"] < by_flux["high"] <= 1
    assert selection["n"] == 0
    json.dumps(meta)


def test_a_frame_holds_the_counts_of_the_index(tell, map):
    ((answer, (packed,)),) = tell(**FRAME, channel=None, parts=["counts"])
    frame = map.index.frame(*VIEW, 64, 48)
    codes = unpack(answer["planes"], packed, answer["nx"], answer["ny"])["counts"]
    assert answer["extent"] == list(frame.extent)
    assert np.array_equal(dequantise(codes[0], answer["planes"][0]["top"]), frame.counts)
    assert answer["id"] == 7


def test_a_coarse_frame_is_exact_on_fewer_cells(tell):
    ((fine, _),) = tell(**FRAME, channel=None, parts=["counts"])
    ((coarse, (packed,)),) = tell(**{**FRAME, "coarse": True}, channel=None, parts=["counts"])
    assert coarse["nx"] * coarse["ny"] <= 0.5 * fine["nx"] * fine["ny"]
    assert unpack(coarse["planes"], packed, coarse["nx"], coarse["ny"])["counts"].sum() == 3000


def test_a_layer_asked_for_later_lies_on_the_same_cells(tell, map):
    map.selection.lasso(SQUARE)
    ((first, _),) = tell(**FRAME, channel="class", parts=["counts", "categories"])
    ((later, (packed,)),) = tell(**FRAME, channel="class", parts=["members"])
    assert (later["nx"], later["ny"], later["extent"]) == (first["nx"], first["ny"], first["extent"])
    assert [plane["name"] for plane in later["planes"]] == ["members"]
    assert unpack(later["planes"], packed, later["nx"], later["ny"])["members"].sum() == len(map.selection)


def test_it_lies_on_the_same_cells_where_many_categories_make_the_frame_smaller(tell, map):
    map.selection.lasso(SQUARE)
    large = {**FRAME, "width": 1600, "height": 1200, "channel": "class"}
    ((first, _),) = tell(**large, parts=["counts", "categories"])
    ((later, _),) = tell(**large, parts=["members"])
    ((plain, _),) = tell(**{**large, "channel": None}, parts=["counts"])
    assert (later["nx"], later["ny"]) == (first["nx"], first["ny"])
    assert plain["nx"] * plain["ny"] > first["nx"] * first["ny"]


def test_a_lasso_in_the_browser_is_a_selection_in_python(tell, map, points):
    tell(kind="lasso", polygon=SQUARE, how="new")
    assert np.array_equal(map.selection.indices, inside(points))
    assert map.sent.of("selection")[-1]["n"] == len(inside(points))


def test_box_category_and_acts_combine(tell, map, points):
    tell(kind="box", box=[-1.0, 1.0, -1.0, 1.0], how="new")
    tell(kind="category", channel="class", labels=["blazar"], how="and")
    expected = np.intersect1d(inside(points), np.flatnonzero(points["class"] == "blazar"))
    assert np.array_equal(map.selection.indices, expected)
    tell(kind="act", action="undo")
    assert np.array_equal(map.selection.indices, inside(points))
    tell(kind="act", action="invert")
    assert len(map.selection) == 3000 - len(inside(points))
    tell(kind="act", action="clear")
    assert len(map.selection) == 0


def test_a_selection_from_python_is_told_to_the_browser(map):
    map.colour_by = "class"
    map.selection.ids([1, 2, 3])
    told = map.sent.of("selection")[-1]
    assert told["n"] == 3
    assert 1 <= told["clusters"] <= 3


def test_clusters_are_counted_in_the_colours_or_else_in_the_labels(make_map, points):
    map = make_map(labels=points["class"])
    map.selection.cluster("star", "quasar")
    assert map.sent.of("selection")[-1]["clusters"] == 2
    map.colour_by = "class"
    map.selection.cluster("star")
    assert map.sent.of("selection")[-1]["clusters"] == 1
    assert make_map()._core.class_counts(None) is None


def test_classes_of_the_selection_are_counted_for_the_legend(make_map, points, monkeypatch):
    monkeypatch.setattr("astrokit.explore.map.core.COUNTED_AT_ONCE", 7)
    map = make_map()
    map.selection.ids(np.arange(0, len(points["x"]), 3))
    assert map.sent.of("selection")[-1]["by_class"] is None  # coloured by density
    map.colour_by = "class"
    told = map.sent.of("selection")[-1]
    counts = Counter(points["class"][::3].tolist())
    assert told["channel"] == "class"
    assert told["by_class"] == [counts[name] for name in map._core.index.categories["class"]]
    map.selection.clear()
    assert map.sent.of("selection")[-1]["by_class"] is None


def test_the_row_under_the_pointer_is_the_nearest_on_the_screen(tell, map, points):
    at = [float(points["x"][5]), float(points["y"][5])]
    ((answer, _),) = tell(kind="hover", id=1, at=at, view=VIEW, width=640, height=480)
    assert answer["row"] == 5
    assert answer["at"] == pytest.approx(at)
    assert ["id", "5"] in answer["cells"]
    flat = {
        "view": [-4.0, 12.0, -400.0, 400.0],
        "width": 640,
        "height": 480,
    }  # a pixel is 67 times higher than wide
    ((lower, _),) = tell(kind="hover", id=3, at=[at[0], at[1] + 2.0], **flat)
    dx, dy = points["x"] - at[0], points["y"] - at[1] - 2.0
    assert lower["row"] == np.argmin(np.hypot(dx / 16 * 640, dy / 800 * 480))
    ((nothing, _),) = tell(kind="hover", id=2, at=[11.9, 3.9], view=VIEW, width=640, height=480)
    assert nothing["row"] is None


@pytest.mark.parametrize(
    "content",
    [
        None,
        "frame",
        {},
        {"kind": "eval", "client": "a1", "code": "1"},
        {**FRAME, "client": "a1", "parts": ["counts"], "channel": "nobody's"},
        {"kind": "category", "client": "a1", "channel": "class", "labels": ["planet"], "how": "new"},
        {"kind": "lasso", "client": "a1", "polygon": [[0, 0]], "how": "new"},
        {"kind": "act", "client": "a1", "action": "__init__"},
    ],
)
def test_a_bad_message_is_one_line_and_changes_nothing(map, content):
    map.selection.ids([4])
    before = map.state
    map.sent.clear()
    map._on_message(map, content, [])
    (error,) = map.sent.of("error")
    assert len(map.sent) == 1
    assert "expected" in error["text"]
    assert "\n" not in error["text"]
    assert map.state == before


@pytest.mark.parametrize(
    "data",
    [
        {"view": [0, 1, 2]},
        {"view": "home"},
        {"view": [0, float("nan"), 0, 1]},
        {"view": [1, 0, 0, 1]},
        {"colour_by": "nobody's"},
        {"colour_map": "jet"},
        {"stretch": 3},
        {"isolated": [1]},
        {"_esm": "alert(1)"},
        {"title": "x"},
        {"stretch": "linear", "colour_map": "jet"},
    ],
)
def test_a_browser_cannot_set_what_the_map_cannot_have(map, data):
    before, esm = map.state, map._esm
    map.set_state(data)
    assert map.state == before
    assert map._esm == esm
    assert map.sent.of("error")


def test_a_browser_may_set_the_view_and_the_colours(map):
    map.set_state(
        {"view": [0.0, 1.0, 0.0, 1.0], "colour_by": "flux", "stretch": "linear", "isolated": ["star"]}
    )
    assert map.window == (0.0, 1.0, 0.0, 1.0)
    assert (map.colour_by, map.stretch, map.isolated) == ("flux", "linear", ["star"])


def test_python_is_refused_in_words_too(map):
    for name, value in (("view", [1.0, 0.0, 0.0, 1.0]), ("colour_by", "nobody's")):
        with pytest.raises(ParameterError):
            setattr(map, name, value)
    with pytest.raises(ParameterError, match="state"):
        map.restore({"colour_map": "jet", "stretch": "linear"})
    with pytest.raises(ParameterError, match="zoom"):
        map.restore({"stretch": "linear", "zoom": 3})
    assert map.stretch == "log"


def test_state_is_json_and_restores_view_colours_and_selection(map, make_map):
    map.restore({"view": [0.0, 1.0, 0.0, 1.0], "colour_by": "class", "isolated": ["star"]})
    map.selection.lasso(SQUARE).invert()
    other = make_map()
    other.restore(json.loads(json.dumps(map.state)))
    assert other.state == map.state
    assert np.array_equal(other.selection.indices, map.selection.indices)


def test_no_point_is_in_a_trait(map):
    assert (
        len(json.dumps({k: v for k, v in map.get_state().items() if k not in ("_esm", "_css", "layout")}))
        < 1500
    )


def test_messages_from_several_threads_do_not_disturb_one_another(map, points):
    """Comm messages may come in a thread of their own while a cell of the notebook selects."""
    square = {"client": "a1", "kind": "lasso", "polygon": SQUARE, "how": "new"}
    frame = {**FRAME, "client": "a1", "channel": "class", "parts": ["counts", "categories", "members"]}
    threads = [
        threading.Thread(
            target=lambda message=message: [map._on_message(map, message, []) for _ in range(20)]
        )
        for message in (square, frame, frame)
    ]
    for thread in threads:
        thread.start()
    for _ in range(20):
        map.selection.ids([1], how="or")
    for thread in threads:
        thread.join()
    assert map.sent.of("error") == []
    assert len(map.sent.of("frame")) == 40
    assert len(map.selection.steps) == 40


def test_an_own_selection_is_shared_by_two_maps(make_map, points):
    index = PointIndex(points["x"], points["y"])
    selection = Selection(3000, index=index)
    one, other = make_map(selection=selection), make_map(selection=selection)
    one.selection.ids([1, 2])
    assert other.sent.of("selection")[-1]["n"] == 2


def test_before_the_index_is_there_the_map_draws_and_then_says_that_it_is(points, monkeypatch):
    gate, sent = threading.Event(), []

    class Slow(PointIndex):
        def __init__(self, *args, **options):
            gate.wait(20)
            super().__init__(*args, **options)

    monkeypatch.setattr("astrokit.explore.map.widget.PointIndex", Slow)
    map = LatentMap(points["x"], points["y"], table=points, channels=["class"])
    map.send = lambda content, buffers=None: sent.append((content, buffers))
    map._on_message(map, {**FRAME, "client": "a1", "channel": None, "parts": ["counts"]}, [])
    assert sent[-1][0]["kind"] == "frame"
    assert not map._core.describe()["can_select"]
    gate.set()
    map._core.thread.join()
    assert sent[-1][0]["kind"] == "meta"
    assert sent[-1][0]["can_select"]


def test_when_the_index_cannot_be_built_the_map_says_why(points):
    many = {"many": np.arange(3000).astype(str)}
    map = LatentMap(points["x"], points["y"], channels=many)
    with pytest.raises(ParameterError, match="32"):
        map.index  # noqa: B018


@pytest.mark.parametrize(
    "options",
    [{"colour_by": "nobody's"}, {"channels": ["nobody's"]}, {"table": {"a": np.zeros(2)}}, {"labels": ["a"]}],
)
def test_what_does_not_fit_the_points_is_refused_at_once(points, options):
    with pytest.raises(ParameterError):
        LatentMap(points["x"], points["y"], **options)


def test_one_array_alone_is_refused(points):
    with pytest.raises(ParameterError, match="x and y"):
        LatentMap(points["x"])


def test_show_takes_columns_by_name(points):
    map = show("x", "y", points, colour_by="class")
    assert map.index.categories == {"class": ["blazar", "quasar", "star"]}
    assert map.alt == "Map of 3,000 sources, coloured by class."


def test_labels_are_written_at_the_densest_place(make_map, points):
    map = make_map(labels=points["class"])
    assert {label.text: round(label.x / 4) for label in map._core.labels_on("density")} == {
        "blazar": 0,
        "quasar": 1,
        "star": 2,
    }
    given = make_map(labels={"here": (1.0, 2.0)})
    assert given._core.labels_on("class")[0][:3] == ("here", 1.0, 2.0)


def test_holoviews_gets_the_counts_of_the_view(map):
    image = map.to_holoviews(64, 48)
    assert image.dimension_values("counts").sum() == 3000
    map.colour_by = "flux"
    assert [dimension.name for dimension in map.to_holoviews().vdims] == ["flux", "counts"]
