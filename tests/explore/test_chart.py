import json

import numpy as np
import pytest
from bokeh.models import ColumnDataSource

from astrokit.explore.chart import Chart, Range, Tap, new_plot, set_ranges


@pytest.fixture
def chart(monkeypatch):
    source = ColumnDataSource({"x": [1.0, 2.0], "y": [3.0, float("nan")]})
    plot = new_plot("line", x_range=(0, 3))
    plot.line("x", "y", source=source)
    chart = Chart(plot, "a line")
    chart.source, chart.plot, chart.sent = source, plot, []
    monkeypatch.setattr(chart, "send", lambda content, buffers=None: chart.sent.append((content, buffers)))
    return chart


def ask(chart, **content):
    chart._on_message(chart, content, [])


def test_each_view_that_asks_gets_the_whole_document(chart):
    ask(chart, kind="draw", client="abc1")
    ((content, _),) = chart.sent
    assert (content["kind"], content["client"]) == ("draw", "abc1")
    assert content["item"]["root_id"] == chart.plot.id
    assert '"Figure"' in json.dumps(content["item"]["doc"])


def test_the_library_comes_from_the_installed_package_as_bytes(chart):
    ask(chart, kind="bokeh")
    ((content, (script,)),) = chart.sent
    assert content == {"kind": "bokeh"}
    assert len(script) > 500_000
    assert chart.bokeh_version.encode() in script


def test_changes_inside_one_block_are_one_message(chart):
    ask(chart, kind="draw", client="abc1")
    with chart.changing():
        chart.source.data = {"x": [5.0], "y": [6.0]}
        chart.plot.title.text = "<b>new</b>"
        with chart.changing():
            set_ranges(chart.plot, (4, 6), (5, 7))
        assert len(chart.sent) == 1
    content, _ = chart.sent[1]
    assert content["kind"] == "patch"
    patch = json.loads(content["patch"])
    assert "<b>new</b>" in content["patch"]
    assert [event["kind"] for event in patch["events"]][:2] == [
        "ColumnDataChanged",
        "ModelChanged",
    ]


def test_arrays_are_sent_beside_the_text_byte_for_byte(chart):
    ask(chart, kind="draw", client="abc1")
    x, y = np.arange(3.0), np.array([0.5, np.nan, -1.0], np.float32)
    with chart.changing():
        chart.source.data = {"x": x, "y": y}
    content, arrays = chart.sent[1]
    assert [bytes(array) for array in arrays] == [x.tobytes(), y.tobytes()]
    for name in content["arrays"]:
        assert f'"data":{{"id":"{name}"}}' in content["patch"]


def test_a_change_outside_of_a_block_is_sent_at_once_and_a_block_without_changes_not(chart):
    chart.plot.title.text = "one"
    assert len(chart.sent) == 1
    with chart.changing():
        pass
    assert len(chart.sent) == 1


def test_what_was_changed_before_a_block_failed_is_sent(chart):
    def change():
        with chart.changing():
            chart.plot.title.text = "one"
            raise KeyError("two")

    with pytest.raises(KeyError):
        change()
    assert len(chart.sent) == 1


def test_taps_and_ranges_reach_their_listeners(chart):
    taps, ranges = [], []
    chart.on_tap(taps.append)
    chart.on_range(ranges.append)
    ask(chart, kind="tap", plot="line", x=1, y=2.5)
    ask(chart, kind="range", plot="line", x0=0, x1=1, y0=2, y1=3)
    assert taps == [Tap("line", 1.0, 2.5)]
    assert ranges == [Range("line", 0.0, 1.0, 2.0, 3.0)]


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "tap", "plot": "line", "x": float("nan"), "y": 1},
        {"kind": "tap", "plot": "line", "x": "1", "y": 1},
        {"kind": "tap", "plot": ["line"], "x": 1, "y": 1},
        {"kind": "tap", "plot": "line"},
        {"kind": "range", "plot": "line", "x0": 0, "x1": None, "y0": 0, "y1": 1},
        {"kind": "draw", "client": "<script>"},
        {"kind": "draw", "client": 7},
        {"kind": "eval", "code": "1"},
        {},
        None,
    ],
)
def test_messages_that_no_chart_sends_are_dropped(chart, content):
    heard = []
    chart.on_tap(heard.append)
    chart.on_range(heard.append)
    chart._on_message(chart, content, [])
    assert heard == []
    assert chart.sent == []
