"""Figures of molecular ratios show what they are given."""

import numpy as np
import pandas as pd
import pytest

from astrokit.plotting import molecules


def test_the_grey_of_marginals_is_the_prior_and_the_blue_the_weighted_posterior():
    values, prior = np.array([[0.5, 0], [1.5, 0], [1.5, 0]]), np.array([[0.5, 0], [1.5, 0]])
    edges = [np.array([0.0, 1.0, 2.0])] * 2
    figure = molecules.marginals(
        values, np.array([0.7, 0.1, 0.2]), prior, np.array([0.6, 0]), ["x", "y"], edges
    )
    heights = [patch.get_height() for patch in figure.axes[0].patches]
    assert heights == pytest.approx([0.5, 0.5, 0.7, 0.3])


def test_each_panel_of_information_names_its_sets_and_the_halves_are_named_once():
    table = pd.DataFrame(
        {
            "ratios": [("CS/SO", "CN/HCN", "HNC/HCN")], "bits": [1.0], "low": [0.8], "high": [np.inf],
            "checked": [0.9], "checked_low": [0.7], "checked_high": [1.1],
        }
    )  # fmt: skip
    figure = molecules.information_bars({"one": table, "two": table})
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["CS/SO, CN/HCN\nHNC/HCN"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["where it was chosen", "on the other half"]


def test_changes_say_along_what_they_go():
    shares = np.full((2, 3, 2, 1), 0.5)
    edges = {"warmth": np.arange(4.0), "colour": np.arange(4.0)}
    figure = molecules.changing_shares(
        shares, shares, shares, edges, ["a/b", "c/d"], ["warmth"], ["warmth"], ["warmth (K)", "colour (mag)"]
    )
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "", "warmth (K)", "colour (mag)"]
