"""Causal discovery on simulated galaxies: distances to the known graph, and what is frozen of it."""

import numpy as np
import pytest

from astrokit.data.simulate.galaxies import VARIABLES, covariance_of_causes
from astrokit.explain.causal.equivalence import class_of
from astrokit.explain.causal.graph import differs
from astrokit.studies.stellar_mass.found_causes import (
    CORRELATIONS,
    EFFECTS_OF,
    SEARCHES,
    discover_causes,
    distances_to_truth,
    frozen_causes,
    truth_of_causes,
)


@pytest.fixture(scope="module")
def frozen():
    return frozen_causes()


def test_two_effects_cancel_and_with_turned_signs_do_not():
    for effects, cancels in (("as simulated", True), ("signs turned", False)):
        covariance = covariance_of_causes(EFFECTS_OF[effects])
        for pair in (("log_redshift", "log_age"), ("bulge_logit", "log_size")):
            i, j = map(VARIABLES.index, pair)
            correlation = covariance[i, j] / np.sqrt(covariance[i, i] * covariance[j, j])
            assert (abs(correlation) < 0.02) == cancels


def test_with_signs_turned_many_galaxies_and_the_clearest_colliders_give_the_graph_itself():
    table = distances_to_truth(["clearest colliders"], effects="signs turned", n_samples=20_000, seeds=[0, 1])
    assert table.iloc[0]["most"] == 0


def test_distances_are_those_of_the_graphs_part_by_part():
    table = distances_to_truth(["one search"], seeds=[3]).iloc[0]
    known = class_of(truth_of_causes(), 7, "cpdag")
    assert table["shd"] == differs(discover_causes("one search", random_state=3).marks, known).sum()
    assert table["missing"] + table["added"] + table["turned"] == table["shd"]
    assert table["least"] == table["most"]


def test_what_is_frozen_is_of_every_search(frozen):
    assert set(SEARCHES) == set(frozen["distances"]["search"])
    assert frozen["n_edges"] == truth_of_causes().sum()
    assert (frozen["distances"]["shd"] <= 21).all()


def test_frozen_distances_are_made_again(frozen):
    row = frozen["distances"].iloc[0]
    assert row["search"] == "one search"
    again = distances_to_truth(
        ["one search"], n_samples=int(row["n_samples"]), seeds=range(int(row["n_seeds"]))
    )
    assert again.iloc[0]["shd"] == pytest.approx(row["shd"], abs=1e-3)


def test_the_local_analysis_keeps_its_level_and_gains_power(frozen):
    pairs = frozen["false_positives"]
    rate = pairs["n_found"].sum() / pairs["n_trials"].sum()
    # 1,100 tests at 0.05, those of one sample not quite independent.
    assert rate == pytest.approx(0.05, abs=0.02)
    power = frozen["power"]
    assert power["correlation"].tolist() == list(CORRELATIONS)
    assert (np.diff(power["rate"]) > -0.05).all()
    assert power["rate"].iloc[0] < 0.15
    assert power["rate"].iloc[-1] > 0.9
