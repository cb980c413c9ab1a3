import numpy as np
import pandas as pd
import pytest

from astrokit.explain.causal import discover
from astrokit.plotting import causal as figures
from astrokit.plotting import png_bytes

TRUTH = np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(0)
    first = rng.normal(size=500)
    second = first + rng.normal(size=500)
    third = second + rng.normal(size=500)
    return discover(np.column_stack([first, second, third]), names=["a", "b", "c$"], alpha=0.01)


def lines(figure, colour):
    return [
        line for line in figure.axes[0].lines if line.get_color() == colour and len(line.get_xdata()) == 2
    ]


def test_edges_are_told_apart_by_what_can_be_known_of_the_truth(found):
    assert len(lines(figures.graph(found, TRUTH), figures.OTHER)) == 2
    assert len(lines(figures.graph(found, TRUTH), figures.MEMBER)) == 0
    other = np.array([[0, 0, 1], [0, 0, 1], [0, 0, 0]])  # a -> c <- b: known, and a and b are not joined
    assert len(lines(figures.graph(found, other), figures.MEMBER)) == 1
    assert len(lines(figures.graph(found, other), figures.TURNED)) == 1
    assert len(lines(figures.graph(found, other), figures.QUIET)) == 1


def test_every_figure_can_be_drawn(found):
    numbers = {"value": [0.05, 0.9], "low": [0.02, 0.8], "high": [0.1, 0.95]}
    drawn = [
        figures.graph(found, labels={"a": "age"}),
        figures.rates(pd.DataFrame({"what": ["x", "y"], **numbers}), level=0.05),
        figures.power(pd.DataFrame({"correlation": [0.0, 0.2], **numbers}), level=0.05),
    ]
    for figure in drawn:
        assert len(png_bytes(figure)) > 5000
