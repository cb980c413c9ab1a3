"""What figures of variables and of classifications show, read off their artists."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from astrokit.plotting import classes as class_figures
from astrokit.plotting import png_bytes
from astrokit.plotting import variables as figures
from astrokit.plotting.figure import MEMBER, OTHER

NASTY = r"A $\frac{ B$"
GROUPS = {"spectrum": ("a", "b"), "period": ("c",)}


@pytest.fixture
def islands():
    xy = np.random.default_rng(0).normal(size=(90, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 30, axis=0)
    return xy, np.repeat([0, 1, -1], 30)


def texts(axes):
    return [each.get_text() for each in axes.texts]


def test_an_island_has_its_name_written_on_one_of_its_members(islands):
    xy, labels = islands
    (axes,) = figures.map_of_islands(xy, labels, {0: "EW", 1: NASTY}, "title").axes
    assert texts(axes) == ["EW", NASTY.replace("$", r"\$")]
    for k, text in enumerate(axes.texts):
        assert text.xy in [tuple(place) for place in xy[labels == k]]


def test_dots_are_larger_where_there_are_few(islands):
    few = figures.map_of_islands(*islands, {0: "EW", 1: "EA"}).axes[0].collections[1].get_sizes()[0]
    many = [np.tile(each, (600, 1) if each.ndim == 2 else 600) for each in islands]
    assert few == 3 * figures.map_of_islands(*many, {0: "EW", 1: "EA"}).axes[0].collections[1].get_sizes()[0]


def test_a_map_has_a_panel_for_each_property_without_its_extremes(islands):
    xy, _ = islands
    values = np.append(np.linspace(0, 1, len(xy) - 1), 1e6)
    figure = figures.map_by_properties(xy, {"period": values, NASTY: values})
    dots = [axes.collections[0] for axes in figure.axes if len(axes.collections) == 1]
    assert len(dots) == 2
    assert all(each.get_clim()[1] < 2 for each in dots)
    assert png_bytes(figure)[1:4] == b"PNG"


def test_bright_is_up_and_only_the_classes_asked_for_are_drawn():
    period, magnitude = np.arange(4.0), np.array([10.0, 11, 12, 13])
    figure = figures.sequences(period, {"G": magnitude}, np.array(["M", "SR", "M", "EW"]), ["M", "SR"])
    (axes,) = figure.axes
    assert axes.yaxis_inverted()
    assert [each.get_text() for each in axes.get_legend().get_texts()] == ["M", "SR"]
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), [[0, 10], [2, 12]])


def test_a_fingerprint_has_bars_from_the_middle_and_what_was_observed():
    ranks = np.array([1.0, 0.5, 0.0])
    alone = figures.fingerprint(ranks, ["a", "b", "c"], GROUPS, NASTY)
    bars = alone.axes[0].patches
    assert [bar.get_height() for bar in bars] == [0.5, 0, -0.5]
    assert (
        to_hex(bars[0].get_facecolor()) == to_hex(bars[1].get_facecolor()) != to_hex(bars[2].get_facecolor())
    )
    curve, spectrum = ([0, 1], [3, 4]), ([400, 900], [1, 0])
    figure = figures.fingerprint(ranks, ["a", "b", "c"], GROUPS, "t", curve=curve, spectrum=spectrum)
    _, left, right = figure.axes
    assert left.yaxis_inverted()  # faint is down
    np.testing.assert_array_equal(right.lines[0].get_xydata(), np.transpose(spectrum))
    assert len(figures.fingerprint(ranks, ["a", "b", "c"], GROUPS, "t", spectrum=spectrum).axes) == 2


def test_a_class_whose_gain_excludes_zero_is_orange():
    table = pd.DataFrame(
        {
            "class": ["EW", NASTY, "EA"],
            "n": [5, 5, 5],
            "recall": [0.9, 0.5, 0.7],
            "low": 0.4,
            "high": 0.95,
            "rival": 0.6,
            "gain": [0.2, -0.2, 0.0],
            "gain_low": [0.1, -0.3, -0.1],
            "gain_high": [0.3, -0.1, 0.1],
        }
    )
    left, right = class_figures.recall_by_class(table, ("ours", "theirs")).axes
    assert [each.get_text() for each in left.get_yticklabels()] == [
        r"A \$\frac{ B\$  (5)",
        "EA  (5)",
        "EW  (5)",
    ]
    drawn = {
        to_hex(line.get_color()): line.get_xydata().tolist()
        for line in right.lines
        if line.get_marker() == "o"
    }
    assert drawn == {OTHER: [[0.0, 1]], MEMBER: [[-0.2, 0], [0.2, 2]]}


def test_a_recall_of_one_can_be_drawn_though_its_interval_is_rounded():
    table = pd.DataFrame(
        {"class": ["EW"], "n": 9, "recall": 1.0, "low": 0.9, "high": 1 - 1e-16, "rival": 1.0}
    )
    table = table.assign(gain=0.0, gain_low=0.0, gain_high=0.0)
    assert png_bytes(class_figures.recall_by_class(table, ("ours", "theirs")))[1:4] == b"PNG"


def test_shares_are_written_into_their_squares():
    whole = pd.DataFrame({"group": ["a", "b"], "share": [0.3, 0.1], "left_out": [0.2, 0.0]})
    for name in ("low", "high", "left_out_low", "left_out_high"):
        whole[name] = whole["left_out" if name.startswith("left") else "share"]
    by_class = pd.DataFrame({"a": [0.5, -0.1], "b": [0.0, 0.2]}, index=["EW", NASTY])
    _, right = class_figures.shares_of_score(whole, by_class).axes
    assert texts(right) == ["+0.50", "+0.00", "-0.10", "+0.20"]
