"""What the figures show, read off their artists."""

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest

from astrokit.plotting import ulx as figures
from astrokit.plotting.figure import INK, MEMBER, OTHER


def colours(artist):
    return [matplotlib.colors.to_hex(each) for each in np.atleast_2d(artist.get_facecolor())]


@pytest.fixture
def points():
    return pd.DataFrame(
        {
            "source": ["p", "p", "q"],
            "mjd": [57000.0, 57010.0, 57020.0],
            "hardness": [0.1, 0.2, -0.5],
            "log_luminosity": [40.0, 40.5, 39.5],
            "log_luminosity_error": [0.1, 0.2, 0.3],
            "known_pulsar": [True, True, False],
        }
    )


@pytest.fixture
def sources():
    """More sources than a ranking shows; the last two are the most variable, the very last is a pulsar."""
    n = figures.N_RANKED + 4
    names = [f"X-{k}" for k in range(n)]
    scatter = np.linspace(0.1, 2, n)
    return pd.DataFrame(
        {
            "scatter_dex": scatter,
            "scatter_detections_dex": scatter / 2,
            "known_pulsar": np.arange(n) == n - 1,
        },
        index=names,
    )


def test_a_light_curve_shows_its_source_alone_with_errors_and_arrows(points):
    limits = points.assign(log_luminosity=[38.0, 38.1, 38.2])
    upper, lower = figures.light_curves(points, limits, ["p", "q"]).axes
    for axes, name, colour in ((upper, "p", MEMBER), (lower, "q", OTHER)):
        mine = points[points.source == name]
        dots, _, bars = axes.containers[0]
        np.testing.assert_array_equal(dots.get_ydata(), mine.log_luminosity)
        assert dots.get_color() == colour
        heights = [np.ptp(segment[:, 1]) for segment in bars[0].get_segments()]
        np.testing.assert_allclose(heights, 2 * mine.log_luminosity_error)
        arrows = axes.collections[-1]
        np.testing.assert_array_equal(
            arrows.get_offsets()[:, 1], limits[limits.source == name].log_luminosity
        )
        assert len(arrows.get_paths()[0].vertices) < 20  # a dot has 26
    assert "known pulsar, 2 detections, 2 upper limits" in upper.get_title(loc="left")


def test_the_plane_colours_by_score_and_rings_the_pulsars(points, sources):
    scores = np.array([0.9, 0.8, 0.1])
    plane = figures.portrait(points, scores, sources, "title").axes[0]
    dots, rings = plane.collections[:2]
    np.testing.assert_array_equal(dots.get_array(), scores)
    np.testing.assert_array_equal(dots.get_offsets(), points[["hardness", "log_luminosity"]])
    np.testing.assert_array_equal(
        rings.get_offsets(), points.loc[points.known_pulsar, ["hardness", "log_luminosity"]]
    )


def test_a_ranking_shows_the_most_variable_with_and_without_limits(sources):
    (axes,) = figures.variability_ranking(sources).axes
    shown = sources.tail(figures.N_RANKED)
    labels = axes.get_yticklabels()
    assert [label.get_text() for label in labels] == shown.index.tolist()
    assert labels[-1].get_color() == MEMBER
    assert labels[0].get_color() == OTHER
    assert min(label.get_fontsize() for label in labels) >= 10
    hollow, full = axes.collections[1:3]
    np.testing.assert_array_equal(hollow.get_offsets()[:, 0], shown.scatter_detections_dex)
    np.testing.assert_array_equal(full.get_offsets()[:, 0], shown.scatter_dex)
    assert set(colours(hollow)) == {"#ffffff"}
    assert colours(full)[-1] == MEMBER
    assert "log_luminosity" not in axes.get_xlabel()


def test_the_mean_recall_is_seen_on_the_bars():
    table = pd.DataFrame({"source": ["a", "b"], "recall": [1.0, 0.5]})
    (axes,) = figures.recall_left_out(table, 0.8).axes
    target, mean = axes.lines
    assert [line.get_xdata()[0] for line in (target, mean)] == [0.8, 0.75]
    assert {line.get_color() for line in (target, mean)} == {INK}
    assert [bar.get_width() for bar in axes.patches] == [0.5, 1.0]


def test_intervals_stand_at_their_rankings_and_decided_ones_stand_out():
    rankings = pd.DataFrame(
        {
            "ranking": ["reference", "good", "unclear"],
            "auc": [0.6, 0.9, 0.65],
            "low": [0.4, 0.7, 0.3],
            "high": [0.7, 0.95, 0.8],
        }
    )
    differences = pd.DataFrame(
        {
            "ranking": ["good", "unclear"],
            "n_samples": [27, 27],
            "difference": [0.3, 0.05],
            "low": [0.1, -0.3],
            "high": [0.4, 0.2],
        }
    )
    left, right = figures.ranking_intervals(rankings, differences).axes
    assert [label.get_text() for label in left.get_yticklabels()] == rankings.ranking.tolist()
    assert left.get_yticks().tolist() == [2, 1, 0]
    np.testing.assert_allclose(np.asarray(left.containers[0][0].get_xdata(), float), rankings.auc)
    np.testing.assert_array_equal(left.containers[0][0].get_ydata(), [2, 1, 0])
    ends = np.array([np.asarray(segment, float)[:, 0] for segment in left.containers[0][2][0].get_segments()])
    np.testing.assert_allclose(ends, rankings[["low", "high"]])
    drawn = {each[0].get_color(): each[0] for each in right.containers}
    assert drawn[MEMBER].get_xydata().tolist() == [[0.3, 1]]
    assert drawn[OTHER].get_xydata().tolist() == [[0.05, 0]]
    low, high = left.get_ylim()
    assert low < -0.3
    assert high > 2.3
    assert "same 27 sources" in right.get_xlabel()
