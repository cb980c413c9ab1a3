"""The paper's sentences beside the simulation's truth, and what the frozen coverage says."""

import numpy as np
import pandas as pd
import pytest

from astrokit.evaluation.bootstrap import Estimate
from astrokit.studies import stellar_mass as study
from astrokit.studies.stellar_mass import claims, held
from astrokit.studies.stellar_mass.coverage import coverage


@pytest.fixture
def bands():
    columns = ["above_others", "above_low", "above_high"]
    return pd.DataFrame([[0.2, 0.1, 0.3]], index=["g"], columns=columns)


def test_synergy_of_a_band_is_the_mean_of_its_pairs():
    numbers = {
        "g, r: synergistic (pointwise)": Estimate(1.0, 0.9, 1.1),
        "g, i: synergistic (pointwise)": Estimate(0.5, 0.4, 0.6),
        "g, r: synergistic (mmi)": Estimate(9.0, 8.0, 9.9),
    }
    assert claims.synergy_by_band(numbers) == {"g": 0.75, "r": 1.0, "i": 0.5}


def test_sentences_are_put_beside_what_was_found_and_what_is_known(bands):
    known = study.known_numbers()
    found = {name: Estimate(*np.array(known[name]) - 1) for name in claims.SENTENCES.values() if name}
    table = study.compare(found, known, bands)
    assert list(table.index) == list(claims.SENTENCES)
    assert table.loc["synergy is strongest with g", "network"] == "0.20 [0.10, 0.30]"
    assert "strongest: g" in table.loc["synergy is strongest with g", "truth"]
    assert (table["network"] != table["truth"]).all()


def test_what_was_not_asked_is_said(bands):
    table = study.compare({}, {}, bands.drop(index="g"))
    assert (table[["network", "truth"]] == "not asked").all(axis=None)


def test_the_frozen_coverage_is_of_the_numbers_that_are_known():
    table = held.held_table()
    known = study.known_numbers()
    assert set(table.index) <= set(known)
    assert len(table) > 100
    assert table["truth"].to_numpy() == pytest.approx([known[name].value for name in table.index], abs=1e-4)
    assert table["held_own"].mean() > 0.8  # intervals of 90% tell the scatter between samples


def test_coverage_counts_the_samples_whose_intervals_hold_the_truth():
    seeds = [{"x": Estimate(v, v - 0.15, v + 0.15)} for v in (0.9, 1.0, 1.1, 1.4)]
    row = coverage(seeds, {"x": Estimate(1.0, 1.0, 1.0)}).loc["x"]
    assert (row["held"], row["held_own"]) == (0.75, 0.5)


def test_atoms_are_said_in_words():
    assert study.in_words("g, r: synergistic (pointwise)") == "g, r: only together"
