"""Figures of folded light curves show what they are given, and as text what comes from data."""

import numpy as np
import pytest

from astrokit.plotting import light_curves as figures

PHASE = np.arange(64) / 64
CURVE = 0.5 + 0.5 * np.cos(4 * np.pi * PHASE)


def test_a_folded_curve_is_drawn_beside_the_decoded_one_faint_below():
    figure = figures.folded_curve(PHASE, CURVE, np.full(64, 0.1), CURVE**2, "<b>EW</b> $x$, 0.3 d")
    (axes,) = figure.axes
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), CURVE)
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), CURVE**2)
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert "\\$x\\$" in axes.get_title("left")


@pytest.mark.parametrize("n", [1, 3, 5])
def test_each_example_has_a_panel_of_its_own(n):
    curves = np.tile(CURVE, (n, 1))
    figure = figures.folded_examples(
        PHASE, curves, 0 * curves + 0.1, curves, [f"source {k}" for k in range(n)]
    )
    titles = [axes.get_title("left") for axes in figure.axes]
    assert [title for title in titles if title] == [f"source {k}" for k in range(n)]


def test_a_histogram_is_shown_with_its_days():
    values = np.zeros((2, 20, 10))
    values[:, 3] = 1.0
    figure = figures.histogram_images(values, ["a", "b"], np.geomspace(0.04, 2500, 11))
    image = figure.axes[0].images[0].get_array()
    assert image[3].min() == 1
    assert image.sum() == 10
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["0.04", "1.1", "30", "829"]
