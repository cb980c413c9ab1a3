import numpy as np

from astrokit.explore.map.palette import category_colours
from astrokit.explore.map.shading import rgb_of


def test_the_first_twenty_eight_classes_are_not_grey_since_what_has_no_class_is():
    saturation = [max(rgb) - min(rgb) for rgb in map(rgb_of, category_colours())]
    assert len(saturation) == len(set(category_colours())) == 32
    assert np.min(saturation[:28]) > 0.1
    assert np.max(saturation[28:]) == 0
