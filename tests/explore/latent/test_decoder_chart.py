"""The range of the decoder's picture: kept while curves fill it, and not given to the noise of a source."""

import numpy as np
import pytest

from astrokit.explore.latent.decoder_chart import DecoderChart
from astrokit.explore.latent.decoding import Decoded

X = np.linspace(0, 1, 40)
CURVE = np.sin(2 * np.pi * X)


@pytest.fixture
def drawing():
    return DecoderChart(X, ("phase", "flux"), (-1.5, 1.5))


def heights(drawing):
    return drawing._plot.y_range.start, drawing._plot.y_range.end


def test_curves_that_fit_are_drawn_on_one_scale(drawing):
    drawing.show(Decoded(CURVE, None), None, [], "")
    drawing.show(Decoded(0.6 * CURVE, None), None, [], "")
    assert heights(drawing) == (-1.5, 1.5)


def test_a_few_wild_values_of_a_real_source_do_not_press_the_curves_flat(drawing):
    wild = CURVE.copy()
    wild[3] = 60
    drawing.show(Decoded(CURVE, None), None, [wild, np.full(40, np.nan)], "")
    assert heights(drawing) == (-1.5, 1.5)


def test_a_curve_that_leaves_the_range_widens_it_and_a_small_one_narrows_it_again(drawing):
    drawing.show(Decoded(20 * CURVE, np.full(40, 5.0)), None, [], "")
    low, high = heights(drawing)
    assert low < -24.9
    assert high > 24.9
    drawing.show(Decoded(CURVE, None), None, [], "")
    low, high = heights(drawing)
    assert -1.3 < low < -1
    assert 1 < high < 1.3
