"""Bands of SDSS and of the mocks: what a simple model finds, where the answer is known, what is frozen."""

import numpy as np
import pytest

from astrokit.data import Provenance, describe
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
    assert study.compare_estimators(made, {"logistic": knowing})["value"].min() > 1


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
        # One population of stars, seen at several redshifts, has one age and one dust.
        assert 10 < len(np.unique(loaded.groups)) < 200
        assert all(np.ptp(loaded.values[loaded.groups == one]) == 0 for one in np.unique(loaded.groups))


def test_no_galaxy_learns_from_its_twin():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 10)
    magnitude = rng.normal(20, 1, (60, 5))[groups] + rng.normal(0, 0.01, (600, 5))
    target = rng.normal(size=60)[groups]  # nothing to do with the magnitudes
    provenance = Provenance.of_simulation("twins", citation="this test")
    leaking = study.Photometry(magnitude, target, "chance", provenance)
    known = [
        study.knowing_photometry(made, model="forest", n_bootstraps=50).information("optical").value
        for made in (leaking, leaking._replace(groups=groups))
    ]
    assert known[0] > 1
    assert known[1] < 0.1


def test_the_rail_mock_is_asked_for_redshift(real_sdss):
    loaded = study.load_photometry("rail-dc2", n_galaxies=200)
    assert loaded.provenance.simulated
    assert loaded.magnitude.shape == (200, 5)


def test_a_mass_is_not_to_be_had():
    for asked in (study.load_photometry, study.frozen_photometry):
        with pytest.raises(ParameterError, match="euclid-mock: age_gyr, av_mag"):
            asked("euclid-mock", "log_mass")


@pytest.mark.parametrize(
    ("name", "target"), [(name, target) for name, able in study.TARGETS.items() for target in able]
)
def test_what_is_frozen_adds_up_and_says_whether_it_is_simulated(name, target):
    frozen = study.frozen_photometry(name, target)
    one = frozen["sets"].iloc[0]
    assert one["simulated"] == describe(name).simulated
    table = frozen["pairs"]
    assert len(table) == 10 * 5
    for _, pair in table.groupby(["first", "second"]):
        value = pair.set_index("atom")["value"]
        assert value["total"] == pytest.approx(value.drop("total").sum(), abs=1e-3)
    models = frozen["baselines"].set_index("estimator").loc[list(study.MODELS), "value"]
    assert one["value"] == models.max()
    assert one["model"] == models.idxmax()
    assert (frozen["bands"]["low"] <= frozen["bands"]["synergy"]).all()


def test_what_is_reported_of_a_mock_is_simulated(tmp_path, monkeypatch):
    monkeypatch.setenv("ASTROKIT_RECORD", str(tmp_path / "reported"))
    study.frozen_photometry("euclid-mock", "av_mag")
    assert '"simulated": true' in (tmp_path / "reported").read_text()


def test_classes_too_small_for_folds_join_their_neighbours_and_keep_their_order():
    label = np.repeat([0, 1, 2, 3, 4], [50, 3, 40, 1, 2])
    found = study.with_enough(label, fewest=5)
    assert np.bincount(found).min() >= 5
    assert (np.diff(found) >= 0).all()
    assert (study.with_enough(np.repeat([0, 1], 30), fewest=5) == np.repeat([0, 1], 30)).all()
