"""Bands of SDSS and of the mocks: what a simple model finds, where the answer is known, what is frozen."""

import numpy as np
import pandas as pd
import pytest

from astrokit.data import Provenance
from astrokit.errors import ParameterError
from astrokit.studies.stellar_mass import photometry as study
from astrokit.studies.stellar_mass.decompose import decompose


def test_a_colour_is_synergy_of_its_bands():
    rng = np.random.default_rng(0)
    magnitude = 20 + rng.normal(size=(400, 5))
    provenance = Provenance.of_simulation("colours", citation="this test")
    made = study.Photometry(magnitude, magnitude[:, 1] - magnitude[:, 2], "colour", provenance)
    knowing = study.knowing_photometry(made, n_bootstraps=50)
    found = decompose(knowing, "g", "r", measure="mmi")
    assert found.synergistic > 0.5 * found.total
    assert found.total > 1.5  # of log2(10) = 3.3 bits of ten classes
    assert study.compare_estimators(made, knowing)["value"].min() > 1


def test_real_galaxies_have_positive_redshifts_and_all_bands(real_sdss):
    loaded = study.load_photometry(n_galaxies=500)
    assert loaded.magnitude.shape == (500, 5)
    assert not loaded.provenance.simulated
    assert np.isfinite(loaded.values).all()
    assert (loaded.values < 1).all()  # log10


def test_the_euclid_mock_is_asked_for_age_and_dust(real_sdss):
    for target in ("age_gyr", "av_mag"):
        loaded = study.load_photometry("euclid-mock", target, n_galaxies=200)
        assert loaded.provenance.simulated
        assert len(np.unique(loaded.values)) > 5


def test_the_rail_mock_is_asked_for_redshift(real_sdss):
    loaded = study.load_photometry("rail-dc2", n_galaxies=200)
    assert loaded.provenance.simulated
    assert loaded.magnitude.shape == (200, 5)


def test_a_mass_is_not_to_be_had():
    with pytest.raises(ParameterError, match="euclid-mock: age_gyr, av_mag"):
        study.load_photometry("euclid-mock", "log_mass")


def test_what_is_frozen_is_real_and_adds_up():
    frozen = study.frozen_photometry()
    assert frozen["simulated"] is False
    table = frozen["pairs"]
    assert len(table) == 10 * 5
    for _, pair in table.groupby(["first", "second"]):
        value = pair.set_index("atom")["value"]
        assert value["total"] == pytest.approx(value.drop("total").sum(), abs=1e-3)
    assert isinstance(frozen["baselines"], pd.DataFrame)
    assert (frozen["bands"]["low"] <= frozen["bands"]["synergy"]).all()


def test_classes_too_small_for_folds_join_their_neighbours_and_keep_their_order():
    label = np.repeat([0, 1, 2, 3, 4], [50, 3, 40, 1, 2])
    found = study.with_enough(label, fewest=5)
    assert np.bincount(found).min() >= 5
    assert (np.diff(found) >= 0).all()
    assert (study.with_enough(np.repeat([0, 1], 30), fewest=5) == np.repeat([0, 1], 30)).all()
