"""What the figure of a fit shows, read off its artists."""

import numpy as np
import pandas as pd

from astrokit.plotting import training as figures

LOSSES = {"loss": [3.0, 2.0, 1.5], "validation_loss": [3.1, 2.2, 2.4]}


def lines_of(**columns):
    (axes,) = figures.losses(pd.DataFrame(columns)).axes
    return {line.get_label(): np.asarray(line.get_data()).tolist() for line in axes.lines}


def test_losses_are_drawn_by_epoch_and_the_lowest_held_out_one_is_marked():
    lines = lines_of(**LOSSES)
    assert lines["fitted to"] == [[0, 1, 2], [3.0, 2.0, 1.5]]
    assert lines["held out"] == [[0, 1, 2], [3.1, 2.2, 2.4]]
    assert lines["lowest, kept"][0] == [1, 1]


def test_without_validation_there_is_one_line():
    assert set(lines_of(loss=LOSSES["loss"])) == {"fitted to"}
