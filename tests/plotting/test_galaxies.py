import numpy as np
import pandas as pd
import pytest

from astrokit.data.simulate.galaxies import OPTICAL, simulate_galaxies, simulate_images
from astrokit.plotting import galaxies as figures
from astrokit.plotting import png_bytes

LOG_MASS = np.linspace(9, 12, 61)


@pytest.fixture(scope="module")
def images():
    drawn = simulate_images(simulate_galaxies(3, random_state=0))
    return drawn.flux / drawn.sky_error[:, None, None]


@pytest.fixture
def numbers():
    return pd.DataFrame(
        {"what": ["images", "$x$"], "value": [1.0, 1.5], "low": [0.9, 1.4], "high": [1.1, 1.6]}
    ).assign(truth=[1.2, np.nan], truth_low=[1.1, np.nan], truth_high=[1.3, np.nan])


def bell(middle):
    density = np.exp(-((LOG_MASS - middle) ** 2) / 0.02)
    return density / density.sum()


def test_every_figure_can_be_drawn(images, numbers):
    drawn = [
        figures.stamps(images, OPTICAL, ["a", "b", "$"]),
        figures.portrait(images[0], LOG_MASS, bell(10), 10.1, "one"),
        figures.portrait(images[0], LOG_MASS, bell(10), None, "mass unknown"),
        figures.posteriors(LOG_MASS, {"images": np.stack([bell(10), bell(11)])}, np.array([10, 11]), "ab"),
        figures.beside_truth(numbers, label="bits", zero=True),
        figures.between_bands({("g", "r"): 1.3, ("i", "u"): -0.2}, OPTICAL, label="synergy (bits)"),
        figures.ranks({"images": np.linspace(0, 1, 50)}),
    ]
    for figure in drawn:
        assert len(png_bytes(figure)) > 5000  # an empty canvas of this size compresses to less


def test_a_red_galaxy_is_drawn_red_and_a_bright_one_is_not_cut_off():
    image = np.zeros((5, 9, 9))
    image[3, 4, 4], image[2, 4, 4], image[1, 4, 4] = 900.0, 300.0, 100.0
    red, green, blue = figures.coloured(image)[4, 4]
    assert red > green > blue > 0
    assert figures.coloured(np.full((5, 9, 9), np.nan)).max() == 0


def test_the_range_of_posteriors_holds_the_highest_whatever_their_order():
    narrow, wide = bell(10), np.full(len(LOG_MASS), 1 / len(LOG_MASS))
    for sets in ({"a": narrow, "b": wide}, {"b": wide, "a": narrow}):
        figure = figures.posteriors(
            LOG_MASS, {name: rows[None] for name, rows in sets.items()}, np.array([10.0]), ["x"]
        )
        assert figure.axes[0].get_ylim()[1] >= narrow.max() / (LOG_MASS[1] - LOG_MASS[0])
