"""Settings that training folds choose for themselves: the better one, and nothing seen of the rows judged."""

import numpy as np
import pytest

from astrokit.studies import xray_spectra as study
from astrokit.studies.xray_spectra import classifier, settings
from tests.studies.test_xray_spectra import labelled

LAME_TREES = {"n_estimators": 1, "learning_rate": 1e-3}
LAME_NETWORK = {"alpha": 1e5}


def two_moons(n=200):
    rng = np.random.default_rng(0)
    code = np.arange(n) % 2
    return rng.normal(0, 0.3, (n, 2)) + np.column_stack([code, rng.integers(0, 2, n)]), code


@pytest.mark.parametrize("swapped", [False, True])
def test_settings_that_lose_less_are_chosen(monkeypatch, swapped):
    order = -1 if swapped else 1
    monkeypatch.setattr(settings, "TREES_TRIED", (LAME_TREES, {})[::order])
    monkeypatch.setattr(settings, "NETWORKS_TRIED", (LAME_NETWORK, {})[::order])
    points, code = two_moons()
    make_trees, make_network = settings.choose_makers(points, code, None, 0)
    assert make_trees(0).settings["n_estimators"] == 100
    assert make_network(0).alpha == 1.0


def test_each_training_fold_chooses_without_the_rows_it_is_judged_on(monkeypatch):
    seen = []

    def chosen(points, code, groups, seed):
        seen.append(len(points))
        return classifier.Trees, classifier.NetworkMaker

    monkeypatch.setattr(classifier, "choose_makers", chosen)
    data = labelled(40)
    scores = study.cross_validate(data, methods=(classifier.TUNED,), n_folds=2)
    assert seen == [20, 20]
    assert scores.hits(classifier.TUNED).mean() > 0.9
